"""Rivals of the benchmark and their report: what each promises, on few rows."""

from dataclasses import replace

import memory_shop
import numpy as np
import pytest
from benchmark_modules import imported
from threadpoolctl import threadpool_limits

from dynamic_clv import columns
from dynamic_clv.expectation import btyd
from dynamic_clv.measures.baselines import Baseline, BaselineFacts
from dynamic_clv.model import artifacts
from dynamic_clv.networks import network

accuracy, harness, report, rivals, questions, trees, boosting, networks = imported(
    "accuracy",
    "harness",
    "report",
    "rivals",
    "rivals_question",
    "rivals_trees",
    "rivals_boosting",
    "rivals_networks",
)


@pytest.fixture(autouse=True)
def one_thread():
    """Keep linear algebra from waiting for itself, as `rivals.respond` does."""
    with threadpool_limits(1):
        yield


ROWS, CUSTOMERS, STEPS, CHANNELS, FEATURES = 240, 30, 4, 2, 3
UNIT = 20.0


def _lesson(count: int, seed: int):
    """Rows whose spend follows the first feature; about half order nothing."""
    dice = np.random.default_rng(seed)
    features = dice.normal(size=(count, FEATURES)).astype(np.float32)
    orders = dice.poisson(np.exp(features[:, :1]) / 2).astype(np.float32)
    spend = orders * dice.uniform(0.5, 1.5, (count, 1)).astype(np.float32)
    inputs = {
        network.SEQUENCE: dice.normal(size=(count, STEPS, CHANNELS)).astype(np.float32),
        network.FEATURES: features,
        network.ANCHORS: np.tile(np.float32([-0.5, -0.5, 0.0, 0.2]), (count, 1)),
    }
    targets = {
        network.MEAN: spend,
        network.ORDER: (orders > 0).astype(np.float32),
        network.COUNT: orders,
        network.QUANTILES: spend,
    }
    return inputs, targets


def _narrow(inputs, targets):
    """Forget the last feature: the early rows of a shop may know fewer categories."""
    features = inputs[network.FEATURES][:, :-1]
    return {**inputs, network.FEATURES: features}, targets


def _facts() -> BaselineFacts:
    ones = np.ones(CUSTOMERS)
    frequency = np.arange(CUSTOMERS) % 5.0
    return BaselineFacts(
        frequency=frequency,
        recency_days=20 * frequency,
        t_days=200 * ones,
        monetary_value=UNIT * ones,
        net_amount=UNIT * (frequency + 1),
        recent_amounts={90: UNIT * frequency},
    )


@pytest.fixture
def question():
    return questions.Question(
        early=_narrow(*_lesson(ROWS // 2, 1)),
        judged=_narrow(*_lesson(80, 1)),
        rows=_lesson(ROWS, 1),
        today=_lesson(CUSTOMERS, 2)[0],
        unit=UNIT,
        stretch=1.0,
        customer_ids=np.array([f"customer_{n}" for n in range(CUSTOMERS)]),
        facts=_facts(),
        parameters=btyd.BtydParameters(0.243, 4.414, 0.793, 2.426, 6, 4, 15),
        horizon_days=90,
        newest_amount=np.array([0.0, 0, 30]),
        newest_bought=np.array([0.0, 0, 1]),
        newest_stretch=1.0,
        period_totals=np.full(30, 70.0),
        period_days=7,
        settings=replace(memory_shop.QUICK, max_epochs=1),
    )


@pytest.mark.parametrize("name", rivals.RIVALS)
def test_every_rival_answers_for_every_customer(question, name):
    found, seconds = rivals.respond(name, question)
    for values in vars(found).values():
        assert values.shape == (CUSTOMERS,)
        assert np.isfinite(values).all() and (values >= 0).all()
    assert found.probability.max() <= 1 and seconds >= 0


@pytest.mark.parametrize(
    "name", ["ridge", "svr", "decision_tree", "lightgbm_tweedie", "lightgbm_hurdle"]
)
def test_twice_the_longest_label_is_twice_the_amount(question, name):
    once, _ = rivals.respond(name, question)
    twice, _ = rivals.respond(name, replace(question, stretch=2.0))
    assert twice.amount == pytest.approx(2 * once.amount)


def test_what_is_anchored_is_not_stretched(question):
    once = boosting.lightgbm_tweedie_anchored(question)
    twice = boosting.lightgbm_tweedie_anchored(replace(question, stretch=2.0))
    assert twice.amount == pytest.approx(once.amount)
    assert (twice.probability >= once.probability).all()


def test_boosting_without_a_hint_stays_at_the_anchor(question):
    def blind(inputs):
        return {**inputs, network.FEATURES: np.zeros_like(inputs[network.FEATURES])}

    today = blind(question.today)
    today[network.ANCHORS] = np.linspace(-2, 2, 4 * CUSTOMERS).reshape(-1, 4)
    nothing = replace(
        question,
        today=today,
        **{
            name: (blind(getattr(question, name)[0]), getattr(question, name)[1])
            for name in ("early", "judged", "rows")
        },
    )
    found = boosting.lightgbm_tweedie_anchored(nothing)
    assert found.amount == pytest.approx(UNIT * np.exp(today[network.ANCHORS][:, 0]))


def test_logs_are_corrected_until_the_training_total_is_right(question):
    same = replace(question, today=question.rows[0], customer_ids=np.zeros(ROWS))
    total = question.rows[1][network.MEAN].sum() * UNIT
    for rival in (trees.ridge, trees.svr):
        assert rival(same).amount.sum() == pytest.approx(total, rel=1e-5)


def test_a_classifier_of_one_class_says_so(question):
    inputs, targets = question.rows
    ones = {**targets, network.ORDER: np.ones_like(targets[network.ORDER])}
    found = trees.decision_tree(replace(question, rows=(inputs, ones)))
    assert found.probability.tolist() == [1.0] * CUSTOMERS


def test_mean_is_stretched_from_the_newest_label(question):
    found = rivals.mean(replace(question, newest_stretch=2.0))
    assert found.amount == pytest.approx([20.0] * CUSTOMERS)
    # two horizons at a hazard of one third each: 1 - (2/3)^2
    assert found.probability == pytest.approx([5 / 9] * CUSTOMERS)


def test_arima_shares_out_its_total(question):
    found = rivals.arima_on_total(question)
    total = rivals.forecast_total(question.period_totals, 90 / 7)
    assert found.amount.sum() == pytest.approx(total)
    assert total == pytest.approx(900)  # a flat shop, 70 a week, 12.86 weeks
    # customer 4 spent five times what customer 0 did, over the same days
    assert found.amount[4] == pytest.approx(5 * found.amount[0])


def test_arima_leaves_out_what_came_before_the_first_sale():
    totals = np.array([0.0, 0.0, 3.0, *[70.0] * 30])
    assert rivals.forecast_total(totals, 1.5) == pytest.approx(105)


def test_a_short_history_goes_on_as_it_was():
    assert rivals.forecast_total(np.array([1.0, 10, 20]), 2) == pytest.approx(30)
    assert rivals.forecast_total(np.zeros(5), 2) == 0


def test_zero_inflated_log_normal_by_hand():
    # logit 0, log 100, and a spread of softplus(log(e - 1)) = 1
    said = np.array([[0.0, np.log(100), np.log(np.e - 1)]])
    chance, level, spread = networks.ziln_parts(said)
    assert networks.ziln_mean(chance, level, spread) == pytest.approx(82.436, abs=1e-3)
    assert networks.ziln_median(chance, level, spread) == 0
    # rank 1 - 0.5 / 0.8 = 0.375 among buyers: 100 exp(-0.31864)
    middle = networks.ziln_median(np.array([0.8]), level, spread)
    assert middle == pytest.approx(72.714, abs=1e-2)


def test_zero_inflated_log_normal_loss_by_hand():
    said = np.array([[0.0, 0.0, np.log(np.e - 1)]] * 3, np.float32)
    actual = np.array([[0.0], [1.0], [-5.0]], np.float32)  # nothing, one unit, a refund
    found = np.asarray(networks.ziln_loss(actual, said))
    density = 0.5 * np.log(2 * np.pi)
    expected = [np.log(2), np.log(2) + density, np.log(2)]
    assert found == pytest.approx(expected, abs=1e-5)


def test_a_question_holds_the_rows_of_the_published_model(small_shop, small_models):
    read = questions.read(small_shop, memory_shop.QUICK)
    asked = questions.ask(read, small_models)
    rows = small_models.to_pylist()
    row = next(row for row in rows if row["purpose"] == columns.PUBLISHED)
    model = artifacts.from_row(row)
    assert len(asked.rows[1][network.MEAN]) == model.metrics["rows"]
    assert asked.unit == pytest.approx(model.recipe.spend_unit)
    assert asked.longest_label_days == memory_shop.LABEL_DAYS
    assert asked.stretch == pytest.approx(90 / 42)
    spent = small_shop.windows.column("net_amount").to_numpy().sum()
    assert asked.period_totals.sum() == pytest.approx(spent)


def test_customers_are_found_by_name():
    found = np.array(["b", "a", "c"])
    assert harness.places(found, np.array(["a", "b"])).tolist() == [1, 0]
    with pytest.raises(SystemExit, match="such as d"):
        harness.places(found, np.array(["d"]))


def test_draws_of_customers_that_are_all_alike_change_nothing():
    ones = np.ones(50)
    known = harness.Truth(np.arange(50), ones, ones)
    drawn = accuracy.resampled_rmse(known, Baseline(3 * ones, ones, ones))
    assert drawn == pytest.approx([2.0] * accuracy.COUNT_RESAMPLES)


def test_the_package_is_compared_with_the_best_rival_of_each_metric():
    dice = np.random.default_rng(3)
    spent = np.where(dice.random(300) < 0.5, 0.0, dice.gamma(2.0, 10.0, 300))
    known = harness.Truth(np.arange(300), spent, (spent > 0).astype(float))
    chance = np.linspace(0.01, 0.99, 300)
    answers = {
        report.PACKAGE: Baseline(spent + 1.0, spent + 1.0, (spent > 0) * 0.9),
        "near": Baseline(spent + 2.0, spent * 0.0, chance),
        "far": Baseline(spent * 0.0 + 5.0, spent + 9.0, chance),
    }
    models = {name: accuracy._judged(known, said) for name, said in answers.items()}
    models["stove"] = {"error": "ValueError: too hot"}
    found = accuracy.differences(known, answers, models)
    assert found["mae"] == {
        **{"rival": "near", "difference": pytest.approx(-1.0)},
        **{"low": pytest.approx(-1.0), "high": pytest.approx(-1.0)},
    }
    assert found["rmse"]["rival"] == "near"
    assert found["auc"]["difference"] > 0.3 and found["auc"]["low"] > 0


def _values(**changes: float) -> dict:
    same = {"mae": 10.0, "mae_of_mean": 8.0, "rmse": 20.0, "gini": 0.5, "auc": 0.7}
    more = {"spearman": None, "bias": 0.5, "seconds": 1.0}
    return {**same, **more, "rmse_low": 18.0, "rmse_high": 22.0, **changes}


def _run(seed: int, **models: dict) -> dict:
    return {
        **{"shop": "corner", "title": "Corner shop", "seed": seed, "currency": "EUR"},
        **{"count_customers": 1234, "horizon_days": 90, "longest_label_days": 42},
        **{"sql_seconds": 2.0, "reading_seconds": 1.0, "coverage": 0.81, "code": "x"},
        "models": models,
        "differences": {
            "gini": {"rival": "forest", "difference": 0.1, "low": -0.1, "high": 0.2},
            "rmse": {"rival": "forest", "difference": -9.0, "low": -9.5, "high": -8.0},
        },
    }


def test_the_report_averages_seeds_and_names_the_best_rival():
    runs = [
        _run(seed, dynamic_clv=_values(rmse=10.0 + seed, bias=0.9), forest=_values())
        for seed in (1, 2)
    ]
    text = report.markdown(runs)
    # the package by its median, the rival by its mean, which is the better of its two
    assert "| Corner shop | 10.00 / **8.00** forest | **11.50** / 20.00 forest" in text
    assert "| **dynamic_clv** | 10.00 | **11.50** (18.0 to 22.0) |" in text
    assert "1,234 customers, 90 days asked for, 42 in the longest label" in text
    assert "RMSE -9.00 (-9.50 to -8.00) beside the best, forest." in text
    # only what another draw of customers may turn round is marked
    assert "~forest" in text and "20.00 ~forest" not in text
    assert "81.0% of customers are inside" in text


def test_the_package_is_no_rival_of_itself():
    runs = [_run(1, dynamic_clv=_values(), dynamic_clv_best=_values(rmse=1.0))]
    assert "dynamic_clv_best" not in report.markdown(runs).split("## Corner shop")[0]


def test_a_rival_that_failed_is_reported():
    failed = {"error": "ValueError: too hot"}
    text = report.markdown([_run(3, dynamic_clv=_values(), stove=failed)])
    assert "stove failed with seed 3: ValueError: too hot" in text
    assert "| stove | - | - |" in text


def test_half_and_double_are_equally_biased():
    bias = next(metric for metric in report.METRICS if metric.name == "bias")
    assert bias.better(0.5) == pytest.approx(bias.better(2.0))
    assert bias.better(0.0) == float("inf")
    models = {"low": {"bias": 0.4}, "high": {"bias": 2.0}, "none": {"bias": None}}
    assert report.best(models, bias) == "high"
