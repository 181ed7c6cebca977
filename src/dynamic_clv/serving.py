"""The warehouse's scores of a few customers, for a service that has their features."""

import json
from collections.abc import Sequence

import pyarrow as pa

from dynamic_clv import columns, scoring
from dynamic_clv.history import frames
from dynamic_clv.history.examples import Tables
from dynamic_clv.settings import Settings
from dynamic_clv.versions import policy

KEYS = (columns.CUSTOMER_ID, columns.CUSTOMER_BUCKET)
WINDOW_KEYS = (*KEYS, columns.PERIODS_BEFORE_TODAY)

ADVICE = "Pass whole rows of the table that docs/service.md names."


def score(
    trained: frames.Relation,
    promotions: frames.Relation,
    as_of_dates: frames.Relation,
    behaviour: frames.Relation,
    profile: frames.Relation,
    windows: frames.Relation,
) -> pa.Table:
    """Score the customers of some feature rows as `dbt build` would.

    Features are rows of the warehouse and not raw orders: what stands in for a missing
    age is learned from all customers of a date, so one customer's orders cannot say it.

    Args:
        trained: at least one published row of `ml_clv__trained_models`.
        promotions: `ml_clv__promotions`, which says who is champion.
        as_of_dates: at least the row with role "today" of `fea_clv__as_of_dates`.
        behaviour: rows of `fea_clv__customer_behaviour` at today's date.
        profile: rows of `fea_clv__customer_profile`, of the same customers.
        windows: rows of `fea_clv__customer_windows`, of the same customers.
            Each may be a pandas frame, an Arrow table or a DuckDB relation.

    Returns:
        One row per customer, of `scoring.SCHEMA`.

    Raises:
        BadInput: no trained row may be used, or a column is missing.
    """
    frames.require(windows, "windows", WINDOW_KEYS, ADVICE)
    tables = Tables(
        as_of_dates=_dated(as_of_dates, "as_of_dates"),
        labels=None,
        behaviour=_dated(behaviour, "behaviour", [*KEYS, *columns.BTYD_COLUMNS]),
        profile=_dated(profile, "profile", KEYS),
        windows=windows,
    )
    models, decisions = _dated(trained, "trained"), _dated(promotions, "promotions")
    job = scoring.Job(tables, models, _settings(models), lambda line: None, decisions)
    return pa.Table.from_batches(job.run(), schema=scoring.SCHEMA)


def _settings(models: pa.Table) -> Settings:
    """Return what the newest model learned with: the caller's rows are made alike."""
    rows = models.select(policy.COLUMNS).to_pylist()
    newest = max(rows, key=policy.age, default=None)
    return Settings.as_learned(json.loads(newest["settings_json"]) if newest else {})


def _dated(
    relation: frames.Relation, name: str, wanted: Sequence[str] = ()
) -> pa.Table:
    """Read rows and make their date a date: pandas only knows points in time."""
    rows = frames.table(relation)
    frames.require(rows, name, [columns.AS_OF_DATE, *wanted], ADVICE)
    place = rows.column_names.index(columns.AS_OF_DATE)
    dates = rows.column(place).cast(pa.date32())
    return rows.set_column(place, columns.AS_OF_DATE, dates)
