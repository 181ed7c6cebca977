"""Models judged beside their rivals, once."""

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from memory_shop import QUICK, TODAY

from dynamic_clv import columns
from dynamic_clv.gates import evaluation, rival_answers
from dynamic_clv.history import examples
from dynamic_clv.learning import training
from dynamic_clv.measures import alerts, learned_baselines
from dynamic_clv.measures.answers import Answers
from dynamic_clv.measures.baselines import Baseline, BaselineFacts
from dynamic_clv.model import artifacts

RIVALS = [
    "bg_nbd_gamma_gamma",
    "decision_tree",
    "gradient_boosting",
    "last_period",
    "mean",
    "past_rate",
    "random_forest",
    "ridge",
    "zero",
]


def quiet(line: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def judged(small_shop, small_models):
    return evaluation.evaluate(small_shop, small_models, None, quiet)


def value(rows: pa.Table, **wanted) -> float:
    found = [
        row["value"]
        for row in rows.to_pylist()
        if all(row[name] == is_ for name, is_ in wanted.items())
    ]
    assert len(found) == 1, wanted
    return found[0]


def facts() -> BaselineFacts:
    """Return four customers who ordered twice in a year."""
    same = np.ones(4)
    return BaselineFacts(same, 9 * same, 365 * same, 50 * same, 100 * same, {})


def test_every_rival_is_judged_on_both_splits(judged, small_models):
    assert judged.schema == evaluation.SCHEMA
    rows = judged.to_pylist()
    assert {row["split"] for row in rows} == {"validation", "test"}
    names = ["cnn_lstm", *RIVALS, *alerts.silence_rules(facts())]
    assert sorted({row["model_name"] for row in rows}) == sorted(names)
    version = small_models.to_pylist()[0]["model_version"]
    assert {row["model_version"] for row in rows} == {version}
    names = [(r["model_name"], r["split"], r["metric"], r["decile"]) for r in rows]
    assert len(names) == len(set(names))


def test_what_compression_cost_is_told_beside_the_rivals(small_shop):
    settings = replace(QUICK, compression="int8")
    models = training.train(small_shop, None, settings, quiet)
    rows = evaluation.evaluate(small_shop, models, None, quiet)
    trained, kept = (
        value(rows, model_name=f"cnn_lstm_as_{name}", metric="kilobytes")
        for name in ("trained", "kept")
    )
    assert kept < trained / 3
    losses = [
        value(rows, model_name=f"cnn_lstm_as_{name}", metric="loss_of_mean")
        for name in ("trained", "kept")
    ]
    assert losses[1] == pytest.approx(losses[0], rel=0.01)


def test_metrics_are_of_all_customers_and_sums_of_deciles(judged):
    rows = judged.to_pylist()
    for row in rows:
        of_decile = row["metric"] in ("predicted_amount", "actual_amount")
        if row["metric"] != "interval_coverage":  # known of both
            assert of_decile == (row["decile"] > 0)
    of = {"model_name": "cnn_lstm", "split": "test", "metric": "actual_amount"}
    sums = [row for row in rows if all(row[name] == of[name] for name in of)]
    assert [row["decile"] for row in sums] == list(range(1, 11))


def test_coverage_of_all_is_that_of_the_deciles(judged):
    covered = [
        row
        for row in judged.to_pylist()
        if row["metric"] == "interval_coverage" and row["split"] == "test"
    ]
    assert {row["model_name"] for row in covered} == {"cnn_lstm"}
    whole, *tenths = sorted(covered, key=lambda row: row["decile"])
    count = sum(row["count_customers"] for row in tenths)
    held = sum(row["value"] * row["count_customers"] for row in tenths)
    assert len(tenths) == 10 and count == whole["count_customers"]
    assert held / count == pytest.approx(whole["value"])


def test_the_zero_rival_by_hand(judged):
    of = {"split": "test", "decile": 0, "model_name": "zero"}
    assert value(judged, metric="total_bias", **of) == 0
    mean = value(judged, metric="mean_absolute_error", **of)
    assert value(judged, metric="mean_absolute_error_of_median", **of) == mean > 0
    assert value(judged, metric="area_under_curve", **of) == 0.5


def test_the_network_ranks_better_than_chance(judged):
    of = {"split": "test", "decile": 0, "model_name": "cnn_lstm"}
    assert value(judged, metric="area_under_curve", **of) > 0.6
    assert value(judged, metric="normalised_gini", **of) > 0.2
    assert 0.3 < value(judged, metric="total_bias", **of) < 3


@pytest.mark.parametrize("name", learned_baselines.QUICK)
def test_a_textbook_learner_ranks_better_than_chance(judged, name):
    of = {"split": "test", "decile": 0, "model_name": name}
    assert value(judged, metric="area_under_curve", **of) > 0.7
    assert 0.3 < value(judged, metric="total_bias", **of) < 3


def test_rivals_learn_from_a_label_that_was_over(small_shop):
    """Neither the cut-off asked about nor one whose label it overlaps."""
    cuts = examples.cut_offs(small_shop.as_of_dates)
    for cut in cuts:
        if cut.role not in (columns.VALIDATION, columns.TEST):
            continue
        learned = rival_answers._training_cut(cut, cuts)
        over = learned.as_of_date + dt.timedelta(days=learned.horizon_days)
        assert over <= cut.as_of_date
        assert learned.horizon_days == cut.horizon_days


def test_rivals_know_the_validation_label_when_it_is_over_at_the_test(small_shop):
    cuts = examples.cut_offs(small_shop.as_of_dates)
    validation, test = (
        next(cut for cut in cuts if cut.role == role)
        for role in (columns.VALIDATION, columns.TEST)
    )
    assert rival_answers._training_cut(test, cuts) == validation


def test_alerts_are_judged_on_the_same_customers_for_everybody(judged):
    rows = [
        row
        for row in judged.to_pylist()
        if row["metric"] == "alert_precision_top_10_percent" and row["split"] == "test"
    ]
    assert len(rows) == len(RIVALS) + 3
    [count] = {row["count_customers"] for row in rows}
    assert 20 < count < 160  # two fifths of 400 at most
    found = {row["model_name"]: row["value"] for row in rows}
    assert found["zero"] == found["mean"]  # neither tells customers apart
    assert found["cnn_lstm"] > found["zero"]


def test_who_only_ranks_by_silence_is_judged_by_alerts_alone(judged):
    of_silence = {
        row["metric"]
        for row in judged.to_pylist()
        if row["model_name"] in alerts.silence_rules(facts())
    }
    assert of_silence == {f"alert_precision_top_{n}_percent" for n in (1, 5, 10)}


def test_undefined_values_are_null(judged):
    values = judged.column("value").to_pylist()
    assert not any(value is not None and not math.isfinite(value) for value in values)


def test_a_threshold_is_the_probability_that_names_buyers_best():
    chance = np.array([0.1, 0.2, 0.3, 0.4])
    said = Answers(
        horizon_days=90,
        facts=facts(),
        amount=np.zeros(4),
        bought=np.array([0.0, 0.0, 1.0, 1.0]),
        by_name={"cnn_lstm": Baseline(chance, chance, chance)},
        ranges={},
    )
    assert said.thresholds() == {"cnn_lstm": 0.3}


def test_classes_are_told_apart_at_the_threshold_of_validation(judged):
    of = {"split": "validation", "decile": 0, "model_name": "cnn_lstm"}
    assert value(judged, metric="recall", **of) > 0
    assert value(judged, metric="f1", **of) > 0


def test_nobody_is_judged_twice(small_shop, small_models, judged):
    again = evaluation.evaluate(small_shop, small_models, judged, quiet)
    assert again.num_rows == 0 and again.schema == evaluation.SCHEMA


def test_a_model_of_an_earlier_build_is_judged_late(small_shop, small_models, judged):
    """That build may have broken off before it judged."""
    cuts = examples.cut_offs(small_shop.as_of_dates)
    version = small_models.to_pylist()[0]["model_version"]
    for days, waiting in ((-1, [version]), (0, [version]), (1, [])):
        trained = dated(small_models, TODAY + dt.timedelta(days=days))
        assert evaluation._waiting(trained, None, cuts) == waiting
    assert evaluation._waiting(small_models, judged, cuts) == []


def dated(models: pa.Table, date: dt.date) -> pa.Table:
    rows = [{**row, "as_of_date": date} for row in models.to_pylist()]
    return pa.Table.from_pylist(rows, schema=models.schema)


def test_too_few_repeat_buyers_leave_bg_nbd_out_of_the_rivals(small_shop, small_models):
    model = artifacts.from_row(small_models.to_pylist()[0])
    cut = next(c for c in examples.cut_offs(small_shop.as_of_dates) if c.role == "test")
    part = evaluation.read_part(small_shop, model, cut, cut.buckets)
    enough, few = (
        rival_answers._buy_till_you_die(one, rival_answers.past_facts(one))
        for one in (part, examples.take(part, np.arange(3)))
    )
    assert list(enough) == ["bg_nbd_gamma_gamma"] and few == {}


def test_a_fallback_is_not_judged(small_shop, small_models):
    only = small_models.slice(1)
    assert evaluation.evaluate(small_shop, only, None, quiet).num_rows == 0
    none = artifacts.to_table([])
    assert evaluation.evaluate(small_shop, none, None, quiet).num_rows == 0


def test_windows_of_past_spend_are_found_by_name():
    numbers = {"net_amount_last_90d": np.zeros(1), "net_amount_last_order": np.ones(1)}
    assert list(rival_answers.past_days(numbers)) == [("net_amount_last_90d", 90)]
