"""Metrics: answers worked by hand, ties, and the undefined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynamic_clv import metrics
from dynamic_clv.errors import BadInput

ACTUAL = [0, 0, 10, 50]
amounts = st.lists(st.integers(-5, 200), min_size=1, max_size=40)


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


def test_area_under_curve_by_hand():
    # pairs (buyer, other): 3 > 1, 3 > 2, 2 > 1 and the tie 2 = 2 is half
    assert metrics.area_under_curve([0, 0, 1, 1], [1, 2, 3, 2]) == 3.5 / 4
    assert metrics.area_under_curve([0, 1], [0.3, 0.3]) == 0.5


def test_classes_by_hand():
    probability = [0.9, 0.5, 0.4, 0.1, 0.2]  # predicted 1 1 0 0 0
    actual = [1, 0, 1, 1, 0]
    assert metrics.accuracy(actual, probability) == 2 / 5
    assert metrics.precision(actual, probability) == 1 / 2
    assert metrics.recall(actual, probability) == 1 / 3


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


def test_few_customers_give_few_deciles():
    assert len(metrics.deciles([1, 2, 3], [1, 2, 3])) == 3


@settings(deadline=None)
@given(amounts, st.randoms())
def test_row_order_changes_nothing(actual, random):
    predicted = [random.randint(0, 5) for _ in actual]
    order = random.sample(range(len(actual)), len(actual))
    arrays = np.array(actual), np.array(actual) > 0, *[np.array(predicted) / 5] * 3
    before = metrics.all_metrics(*arrays)
    after = metrics.all_metrics(*(array[order] for array in arrays))
    assert after == pytest.approx(before, nan_ok=True)


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
    found = metrics.all_metrics(values, values, values, values, values)
    assert np.isnan(list(found.values())).all()


@pytest.mark.filterwarnings("error")
def test_one_class_is_undefined():
    assert np.isnan(metrics.area_under_curve([1, 1], [0.2, 0.3]))
    assert np.isnan(metrics.precision([1, 0], [0.2, 0.3]))
    assert np.isnan(metrics.recall([0, 0], [0.2, 0.7]))
    assert np.isnan(metrics.normalised_gini([3, 3], [1, 2]))
    assert np.isnan(metrics.spearman([3, 3], [1, 2]))
    assert np.isnan(metrics.total_bias([0, 0], [1, 2]))


def test_all_metrics_uses_each_prediction_for_its_purpose():
    found = metrics.all_metrics([0, 10], [0, 1], [2, 8], [0, 9], [0.1, 0.8])
    assert found["mean_absolute_error"] == 2
    assert found["mean_absolute_error_of_median"] == 0.5
    assert found["area_under_curve"] == found["accuracy"] == 1


def test_unequal_lengths_are_refused():
    with pytest.raises(BadInput, match="actual 2, predicted 1"):
        metrics.mean_squared_error([1, 2], [1])
