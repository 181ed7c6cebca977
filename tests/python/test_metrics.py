"""Metrics: answers worked by hand, ties, and the undefined."""

import doctest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamic_clv.errors import BadInput
from dynamic_clv.measures import (
    metrics,
    metrics_arrays,
    metrics_of_classes,
    metrics_of_differences,
    metrics_of_intervals,
)

ACTUAL = [0, 0, 10, 50]
DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
MODULES = (
    metrics,
    metrics_arrays,
    metrics_of_classes,
    metrics_of_differences,
    metrics_of_intervals,
)
amounts = st.lists(st.integers(-5, 200), min_size=1, max_size=40)


def judge(amount, bought, mean, median, probability):
    """Ask for every metric, with a range from half the median to twice."""
    return metrics.all_metrics(
        amount,
        bought,
        mean,
        median,
        probability,
        predicted_low=median / 2,
        predicted_high=median * 2,
        threshold=0.4,
    )


def test_errors_by_hand():
    predicted = [0, 4, 10, 40]  # off by 0, 4, 0, -10
    assert metrics.mean_squared_error(ACTUAL, predicted) == 29
    assert metrics.root_mean_squared_error(ACTUAL, predicted) == np.sqrt(29)
    assert metrics.mean_absolute_error(ACTUAL, predicted) == 3.5
    assert metrics.total_bias(ACTUAL, predicted) == 0.9


def test_spearman_by_hand():
    # ranks 1.5 1.5 3 4 against 1 2 4 3: 3.5 / sqrt(4.5 * 5)
    found = metrics.spearman(ACTUAL, [1, 2, 9, 8])
    assert found == pytest.approx(3.5 / np.sqrt(22.5))


def test_gini_by_hand():
    # amounts - 15 are -15 -15 -5 35; ranks - 2.5 of the best order -1 -1 .5 1.5: 80
    # and of this order 1 3 4 2: -1.5 .5 1.5 -.5, which gives -10
    assert metrics.normalised_gini(ACTUAL, [1, 3, 4, 2]) == pytest.approx(-10 / 80)
    assert metrics.normalised_gini(ACTUAL, [1, 1, 2, 3]) == 1
    assert metrics.normalised_gini(ACTUAL, [3, 3, 2, 1]) == -1
    assert metrics.normalised_gini(ACTUAL, [7, 7, 7, 7]) == 0


def test_deciles_by_hand():
    predicted = np.arange(20.0)
    rows = metrics.deciles(predicted * 2, predicted)
    assert [row["decile"] for row in rows] == list(range(1, 11))
    assert rows[0] == {
        "decile": 1,
        "count_customers": 2,
        "predicted_amount": 37.0,
        "actual_amount": 74.0,
    }
    assert metrics.decile_mape(predicted * 2, predicted) == 0.5


def test_a_decile_without_spend_is_left_out():
    assert metrics.decile_mape([0, 10], [5, 15]) == 0.5
    assert np.isnan(metrics.decile_mape([0, 0], [1, 2]))


def test_a_constant_prediction_is_the_same_in_every_decile():
    rows = metrics.deciles(np.arange(30), np.full(30, 14.5))
    assert all(row["actual_amount"] == pytest.approx(43.5) for row in rows)


def test_top_share_by_hand():
    # positive spend is 60: the best quarter holds 50, a half 60, half of a customer 25
    assert metrics.top_share_capture(ACTUAL, [1, 2, 3, 4], 0.25) == 50 / 60
    assert metrics.top_share_capture(ACTUAL, [1, 2, 3, 4], 0.5) == 1
    assert metrics.top_share_capture(ACTUAL, [1, 2, 3, 4], 0.125) == 25 / 60
    assert metrics.top_share_capture(ACTUAL, [4, 3, 2, 1], 0.25) == 0
    # 50 and 10 are tied, so the first of them counts for 30
    assert metrics.top_share_capture(ACTUAL, [0, 0, 1, 1], 0.25) == 0.5
    assert metrics.top_share_capture([-7, 0, 10, 50], [9, 0, 0, 9], 0.5) == 50 / 60


@settings(deadline=None)
@given(amounts, st.floats(0, 1), st.randoms())
def test_top_share_lies_between_the_reverse_and_the_perfect_order(
    actual, share, random
):
    def captured(predicted):
        return metrics.top_share_capture(actual, predicted, share)

    if max(actual) <= 0:
        assert np.isnan(captured(actual))
        return
    predicted = [random.randint(0, 3) for _ in actual]
    worst = captured([-amount for amount in actual])
    assert worst - 1e-9 <= captured(predicted) <= captured(actual) + 1e-9
    assert captured([1] * len(actual)) == pytest.approx(share)
    assert worst - 1e-9 <= share <= captured(actual) + 1e-9


def test_a_share_is_not_a_percentage():
    with pytest.raises(BadInput, match="`share` must be 0 to 1"):
        metrics.top_share_capture([1, 2], [1, 2], 10)


def test_few_customers_give_few_deciles():
    assert len(metrics.deciles([1, 2, 3], [1, 2, 3])) == 3


@settings(deadline=None)
@given(amounts, st.randoms())
def test_row_order_changes_nothing(actual, random):
    predicted = [random.randint(0, 5) for _ in actual]
    order = random.sample(range(len(actual)), len(actual))
    arrays = np.array(actual), np.array(actual) > 0, *[np.array(predicted) / 5] * 3
    assert judge(*(array[order] for array in arrays)) == pytest.approx(
        judge(*arrays), nan_ok=True
    )


@settings(deadline=None)
@given(amounts, st.randoms())
def test_ranks_stay_in_their_range_and_money_is_kept(actual, random):
    predicted = [random.random() for _ in actual]
    gini = metrics.normalised_gini(actual, predicted)
    assert np.isnan(gini) or -1 - 1e-9 <= gini <= 1 + 1e-9
    kept = sum(row["actual_amount"] for row in metrics.deciles(actual, predicted))
    assert kept == pytest.approx(sum(actual), abs=1e-6)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[], [np.nan, np.nan]])
def test_nothing_and_nan_give_nan_without_warning(values):
    values = np.array(values)
    found = judge(values, values, values, values, values)
    assert np.isnan(list(found.values())).all()


@pytest.mark.filterwarnings("error")
def test_equal_amounts_are_undefined():
    assert np.isnan(metrics.normalised_gini([3, 3], [1, 2]))
    assert np.isnan(metrics.spearman([3, 3], [1, 2]))
    assert np.isnan(metrics.total_bias([0, 0], [1, 2]))
    assert np.isnan(metrics.top_share_capture([0, -3], [1, 2]))


def test_all_metrics_uses_each_prediction_for_its_purpose():
    found = metrics.all_metrics([0, 10], [0, 1], [2, 8], [0, 9], [0.1, 0.8])
    assert found["mean_absolute_error"] == 2
    assert found["mean_absolute_error_of_median"] == 0.5
    assert found["area_under_curve"] == found["accuracy"] == 1


def test_all_metrics_leaves_out_what_it_has_no_prediction_for():
    arrays = [0.0, 10.0], [0, 1], [2.0, 8.0], [0.0, 9.0], [0.1, 0.8]
    without, high = metrics.all_metrics(*arrays), np.array([5.0, 5.0])
    assert not [name for name in without if "interval" in name or "pinball" in name]
    only = metrics.all_metrics(*arrays, predicted_high=high)
    assert set(only) - set(without) == {"pinball_loss_p90"}
    both = metrics.all_metrics(*arrays, predicted_low=high * 0, predicted_high=high)
    assert set(both) - set(only) == {"pinball_loss_p10", "interval_coverage"}
    assert both["interval_coverage"] == 0.5
    assert both["pinball_loss_p10"] == pytest.approx(0.5)  # errors 0 and 10, x 0.1
    assert both["pinball_loss_p90"] == pytest.approx(2.5)  # errors -5 and 5


def test_all_metrics_classes_by_the_threshold():
    arrays = [0, 10], [0, 1], [2, 8], [0, 9], [0.1, 0.3]
    assert metrics.all_metrics(*arrays)["f1"] == 0
    found = metrics.all_metrics(*arrays, threshold=0.3)
    assert [found[x] for x in ("accuracy", "precision", "recall", "f1")] == [1] * 4


def test_every_metric_is_documented():
    found = judge(*np.ones((5, 2)))
    document = DOCUMENT.read_text("utf-8")
    assert [name for name in found if f"`{name}`" not in document] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_run(module):
    assert doctest.testmod(module).failed == 0


def test_unequal_lengths_are_refused():
    with pytest.raises(BadInput, match="actual 2, predicted 1"):
        metrics.mean_squared_error([1, 2], [1])
