"""When a new model is needed, and which one scores."""

import datetime as dt
import json

import pyarrow as pa
import pytest

from dynamic_clv.settings import Settings
from dynamic_clv.versions import policy

TODAY = dt.date(2024, 6, 30)
SETTINGS = Settings(retrain_after_days=28)
SEEN = {"numbers": ["frequency"], "categories": [], "channels": ["count_orders"]}


def row(version: str, days_old: int, **changes: object) -> dict[str, object]:
    date = TODAY - dt.timedelta(days=days_old)
    return {
        "model_version": version,
        "purpose": "published",
        "model_kind": "cnn_lstm",
        "trained_at": dt.datetime.combine(date, dt.time(12)),
        "as_of_date": date,
        "settings_json": json.dumps(SETTINGS.learned_from()),
        "feature_schema_json": json.dumps(SEEN),
        **changes,
    }


def reason(*rows: dict[str, object], settings: Settings = SETTINGS) -> str | None:
    table = pa.Table.from_pylist(list(rows), schema=_SCHEMA)
    return policy.reason_to_train(table, settings, SEEN, TODAY)


_SCHEMA = pa.Table.from_pylist([row("x", 0)]).schema


def test_the_first_model_and_a_fresh_one():
    assert reason() == "there is no model yet"
    assert reason(row("fresh", 27)) is None


def test_a_model_grows_old():
    assert reason(row("old", 28)) == "the newest model is 28 days old"
    assert reason(row("old", 300), row("fresh", 3)) is None


def test_the_future_is_not_asked():
    assert "looking ahead is not allowed" in reason(row("later", -1))


def test_a_back_test_model_is_not_for_scoring():
    assert reason(row("judged", 1, purpose="back_test")) is not None


def test_a_model_is_trained_on_demand():
    asked = Settings(retrain_after_days=28, force_retrain=True)
    assert reason(row("fresh", 0), settings=asked) == "`clv_force_retrain` asks for it"


def test_changed_settings_and_columns_ask_for_a_new_model():
    other = Settings(seed=1)
    assert reason(row("fresh", 1), settings=other) == "the settings have changed"
    columns = json.dumps({**SEEN, "numbers": []})
    changed = reason(row("fresh", 1, feature_schema_json=columns))
    assert changed == "the columns to learn from or the inputs in use have changed"


def test_going_back_to_old_settings_reuses_their_model():
    other = json.dumps(Settings(seed=1).learned_from())
    rows = [row("mine", 5), row("other", 1, settings_json=other)]
    assert reason(*rows) is None
    table = pa.Table.from_pylist(rows, schema=_SCHEMA)
    assert policy.choose(table, SETTINGS, TODAY) == "mine"


@pytest.mark.parametrize("kind", ["btyd", "cohort_mean"])
def test_a_fallback_is_tried_again_in_every_build(kind):
    """More orders may have been loaded since, with the same newest fact."""
    for days_old in (0, 1):
        found = reason(row("fallback", days_old, model_kind=kind))
        assert "may be enough data" in found


def test_the_newest_usable_model_scores():
    rows = [row("old", 9), row("new", 2), row("later", -3)]
    rows.append(row("judged", 1, purpose="back_test"))
    table = pa.Table.from_pylist(rows, schema=_SCHEMA)
    assert policy.choose(table, SETTINGS, TODAY) == "new"
    assert policy.choose(table.slice(2), SETTINGS, TODAY) is None
