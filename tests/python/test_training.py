"""A training run from tables to rows, on a shop in memory."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from memory_shop import LABEL_DAYS, QUICK, TODAY, Order, dates, orders, shuffled, tables

from dynamic_clv.errors import Interrupted
from dynamic_clv.history import frames
from dynamic_clv.learning import network_models, training
from dynamic_clv.model import artifacts
from dynamic_clv.networks import network


def quiet(line: str) -> None:
    """Say nothing."""


def rows_of(shop, trained=None, settings=QUICK, log=quiet) -> pa.Table:
    return training.train(shop, trained, settings, log)


def test_one_model_to_judge_and_one_to_publish(small_shop, small_models):
    assert small_models.schema == artifacts.SCHEMA
    judged, published = small_models.to_pylist()
    assert (judged["purpose"], published["purpose"]) == ("back_test", "published")
    for row in (judged, published):
        assert row["model_kind"] == "cnn_lstm"
        assert row["as_of_date"] == TODAY
        assert row["train_reason"] == "there is no model yet"
        assert (row["horizon_days"], row["label_horizon_days"]) == (90, LABEL_DAYS)
        assert json.loads(row["settings_json"]) == QUICK.learned_from()
    losses = json.loads(judged["metrics_json"])["validation_loss"]
    for head in network.HEADS:
        assert np.isfinite(losses[head]["blend"])
        assert {"btyd", "cnn_lstm", "blend"} <= set(losses[head])


def test_parameters_are_of_the_cut_offs_that_need_them(small_models):
    judged, published = map(artifacts.from_row, small_models.to_pylist())
    ago = [(TODAY - date).days // LABEL_DAYS for date in sorted(judged.parameters)]
    assert ago == [2, 1]  # validation and test
    assert list(published.parameters) == [TODAY]


def test_shuffled_rows_and_another_run_give_the_same_model(small_shop, small_models):
    again = rows_of(shuffled(small_shop))
    for name in ("model_version", "weights_hash", "scaler_json", "btyd_json"):
        assert again.column(name) == small_models.column(name), name


def test_a_fresh_model_is_not_trained_again(small_shop, small_models):
    said = []
    assert rows_of(small_shop, small_models, log=said.append).num_rows == 0
    assert said == ["no training: the newest model is still good"]


def test_a_model_that_cannot_be_read_is_trained_again(small_shop, small_models):
    rows = small_models.to_pylist()
    rows[1]["btyd_json"] = "{"
    broken = pa.Table.from_pylist(rows, schema=small_models.schema)
    said = []
    rows_of(small_shop, broken, log=said.append)
    assert said[0].startswith("training, because the newest model cannot be read.")


def test_the_clock_decides_when_a_model_is_old(small_shop, small_models):
    schema = training.feature_schema(small_shop)
    weeks_later = TODAY + dt.timedelta(days=28)
    reason = training.policy.reason_to_train(small_models, QUICK, schema, weeks_later)
    assert reason == "the newest model is 28 days old"


def test_an_interruption_returns_nothing(small_shop):
    with pytest.raises(Interrupted):
        training.train(small_shop, None, QUICK, quiet, interrupted=lambda: True)


def test_too_few_labels_leave_bg_nbd_to_answer():
    only_today = dates().filter(pa.array([True] + [False] * (dates().num_rows - 1)))
    said = []
    found = rows_of(tables(orders(200), only_today), log=said.append)
    row = found.to_pylist()[0]
    assert found.num_rows == 1 and row["purpose"] == "published"
    assert row["model_kind"] == "btyd" and row["weights"] is None
    why = json.loads(row["metrics_json"])["fallback_reason"]
    assert "At least 200 training rows are needed. Received 0." in why
    assert any(why in line for line in said)


def test_a_draw_that_holds_too_little_leaves_bg_nbd_to_answer(small_shop, monkeypatch):
    monkeypatch.setattr(network_models, "LEAST_TRAINING_ROWS", 1_100)
    few = replace(QUICK, max_training_rows=1_000)
    [row] = rows_of(small_shop, settings=few).to_pylist()
    assert row["model_kind"] == "btyd"
    why = json.loads(row["metrics_json"])["fallback_reason"]
    assert "At least 1100 training rows are needed." in why


@pytest.mark.parametrize("count", [1, 19])
def test_a_handful_of_customers_leaves_the_average_to_answer(count):
    day = TODAY - dt.timedelta(days=1)
    few = [Order(f"customer_{number}", day, 20.0) for number in range(count)]
    row = rows_of(tables(few)).to_pylist()[0]
    assert row["model_kind"] == "cohort_mean"
    why = json.loads(row["metrics_json"])["fallback_reason"]
    assert why.count("customers are needed") == 1
    cohort = artifacts.from_row(row).cohort
    assert cohort.amount_per_day * 365 == pytest.approx(20)


def test_a_day_without_repeat_buyers_leaves_the_average_to_answer():
    day = TODAY - dt.timedelta(days=1)
    many = [Order(f"customer_{number}", day, 20.0) for number in range(300)]
    assert rows_of(tables(many)).column("model_kind").to_pylist() == ["cohort_mean"]


def test_an_empty_shop_trains_nothing():
    assert rows_of(tables([])).schema == artifacts.SCHEMA
    nothing = replace(tables([]), as_of_dates=dates().slice(0, 0))
    assert rows_of(nothing).num_rows == 0


def test_the_schema_lists_what_there_is_to_learn_from(small_shop):
    schema = training.feature_schema(small_shop)
    assert schema["channels"] == ["count_orders", "net_amount"]
    assert schema["categories"] == ["lifecycle_stage", "main_channel"]
    assert {"age", "frequency", "tenure_days"} <= set(schema["numbers"])
    wider = replace(small_shop, profile=_with_column(small_shop.profile, "is_loud"))
    assert "is_loud" in training.feature_schema(wider)["numbers"]


def test_a_name_missing_from_the_cut_offs_is_explained(small_shop):
    less = replace(small_shop, as_of_dates=dates().drop_columns("role"))
    with pytest.raises(frames.BadInput, match="`role` missing"):
        rows_of(less)


def test_an_input_switched_on_or_off_is_noticed(small_shop):
    counts = {"input_name": ["orders", "events"], "count_cleaned": [9, 0]}
    silent = replace(small_shop, inputs=pa.table(counts))
    assert training.feature_schema(silent)["inputs"] == ["orders"]
    heard = replace(small_shop, inputs=pa.table({**counts, "count_cleaned": [9, 1]}))
    assert training.feature_schema(heard)["inputs"] == ["events", "orders"]


def _with_column(table: pa.Table, name: str) -> pa.Table:
    return table.append_column(name, pa.array([1] * table.num_rows))
