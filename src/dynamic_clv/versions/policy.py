"""When to train: rarely enough to be cheap, often enough to be right."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.settings import Settings

Row = Mapping[str, Any]

# Enough to decide by; the weights stay in the warehouse.
COLUMNS = (
    "model_version",
    "purpose",
    "model_kind",
    "trained_at",
    "as_of_date",
    "settings_json",
    "feature_schema_json",
)

# Kinds that answer where there was too little data.
FALLBACKS = (columns.BTYD, columns.COHORT_MEAN, columns.PROSPECT_RATE)


def reason_to_train(
    rows: pa.Table,
    settings: Settings,
    feature_schema: Mapping[str, list[str]],
    as_of_date: dt.date,
    purpose: str = columns.PUBLISHED,
) -> str | None:
    """Say why a new model is needed, or None while a trained one is still good.

    Args:
        rows: `ml_clv__trained_models`, at least the columns of this module.
        settings: those of this build.
        feature_schema: columns to learn from in this build by kind, and inputs in use.
        as_of_date: date of this build.
        purpose: what the model is for; others are another matter.
    """
    if purpose not in rows.column("purpose").to_pylist():
        return "there is no model yet"
    usable = published(rows, as_of_date, purpose)
    if not usable:
        return f"every model knows more than {as_of_date}: looking ahead is not allowed"
    fitting = [row for row in usable if same_settings(row, settings)]
    if not fitting:
        return "the settings have changed"
    fitting = [row for row in fitting if _same_schema(row, feature_schema)]
    if not fitting:
        return "the columns to learn from or the inputs in use have changed"
    if settings.force_retrain:
        return "`clv_force_retrain` asks for it"
    return _too_old(max(fitting, key=age), settings, as_of_date)


def choose(
    rows: pa.Table,
    settings: Settings,
    as_of_date: dt.date,
    purpose: str = columns.PUBLISHED,
) -> str | None:
    """Return the version to score with where nobody decided otherwise.

    The newest with these settings, else the newest.
    """
    found = preferred(published(rows, as_of_date, purpose), settings)
    return found[0]["model_version"] if found else None


def preferred(rows: Sequence[Row], settings: Settings) -> list[Row]:
    """Sort models: first those with these settings, the newest first."""
    newest_first = sorted(rows, key=age, reverse=True)
    return sorted(newest_first, key=lambda row: not same_settings(row, settings))


def published(
    rows: pa.Table, as_of_date: dt.date, purpose: str = columns.PUBLISHED
) -> Sequence[Row]:
    """Return the models to score with that know nothing after a date."""
    return [
        row
        for row in rows.to_pylist()
        if row["purpose"] == purpose and row["as_of_date"] <= as_of_date
    ]


def _too_old(row: Row, settings: Settings, as_of_date: dt.date) -> str | None:
    days = (as_of_date - row["as_of_date"]).days
    if days >= settings.retrain_after_days:
        return f"the newest model is {days} days old"
    if row["model_kind"] in FALLBACKS:  # cheap, and written only if it differs
        return "there may be enough data for a better one now"
    return None


def same_settings(row: Row, settings: Settings) -> bool:
    """Tell whether a model learned with these settings."""
    return json.loads(row["settings_json"]) == settings.learned_from()


def obstacle(row: Row, settings: Settings, channels: Sequence[str]) -> str | None:
    """Say why a model cannot score in this build, or None if it can.

    Args:
        row: of `ml_clv__trained_models`.
        settings: of this build.
        channels: of the windows of this build.
    """
    learned = json.loads(row["settings_json"])
    if learned["reporting_currency"] != settings.reporting_currency:
        return f"it counts in {learned['reporting_currency']}"
    if row["model_kind"] != columns.CNN_LSTM:
        return None
    if learned["period"] != settings.period:
        return f"its periods are a {learned['period']}"
    read = json.loads(row["feature_schema_json"])["channels"]
    gone = sorted(set(read) - set(channels))
    return f"it reads channels that are gone: {', '.join(gone)}" if gone else None


def _same_schema(row: Row, feature_schema: Mapping[str, list[str]]) -> bool:
    return json.loads(row["feature_schema_json"]) == dict(feature_schema)


def age(row: Row) -> tuple[dt.date, dt.datetime]:
    """Return what newer models have more of."""
    return row["as_of_date"], row["trained_at"]
