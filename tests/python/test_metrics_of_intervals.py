"""Metrics of predicted ranges: by hand, by decile, and scikit-learn's opinion."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import mean_pinball_loss

from dynamic_clv.errors import BadInput
from dynamic_clv.measures import metrics

amounts = st.lists(st.integers(-5, 200), min_size=1, max_size=40)


def test_coverage_by_hand():
    # on the low end, on the high end, above, below
    found = metrics.interval_coverage([0, 9, 10, 1], [0, 2, 2, 2], [0, 9, 9, 9])
    assert found == 0.5


def test_coverage_without_bounds_is_whole():
    assert metrics.interval_coverage([1, 2], [-np.inf] * 2, [np.inf] * 2) == 1


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("where", range(3))
def test_coverage_of_a_nan_is_undefined(where):
    arrays = np.ones((3, 2))
    arrays[where, 0] = np.nan
    assert np.isnan(metrics.interval_coverage(*arrays))


def test_coverage_by_decile_by_hand():
    predicted = np.arange(20.0)
    high = np.where(predicted >= 18, 0, 100)  # the two highest are missed
    rows = metrics.coverage_by_decile(predicted, predicted, np.zeros(20), high)
    assert rows[0] == {"decile": 1, "count_customers": 2, "interval_coverage": 0.0}
    assert [row["interval_coverage"] for row in rows[1:]] == [1.0] * 9


def test_tied_customers_share_their_coverage():
    rows = metrics.coverage_by_decile([1, 9], [5, 5], [0, 0], [2, 2])
    assert [row["interval_coverage"] for row in rows] == [0.5, 0.5]


def test_a_nan_prediction_has_no_deciles():
    assert metrics.coverage_by_decile([1], [np.nan], [0], [2]) == []
    assert metrics.coverage_by_decile([], [], [], []) == []


@settings(deadline=None)
@given(amounts, st.randoms())
def test_deciles_are_those_of_the_amounts_and_average_to_the_whole(actual, random):
    predicted = [random.randint(0, 5) for _ in actual]
    low, high = np.array(predicted) - 3, np.array(predicted) * 20
    rows = metrics.coverage_by_decile(actual, predicted, low, high)
    counts = [row["count_customers"] for row in rows]
    same = metrics.deciles(actual, predicted)
    assert counts == [row["count_customers"] for row in same]
    whole = np.average([row["interval_coverage"] for row in rows], weights=counts)
    assert whole == pytest.approx(metrics.interval_coverage(actual, low, high))


def test_pinball_loss_by_hand():
    # errors 4 and -4: 0.9 x 4 and 0.1 x 4
    assert metrics.pinball_loss([10, 0], [6, 4], 0.9) == pytest.approx(2)
    assert metrics.pinball_loss([10, 0], [6, 4], 0.5) == 2  # half of 4


@settings(deadline=None)
@given(amounts, st.floats(0, 1), st.randoms())
def test_scikit_learn_agrees_on_pinball_loss(actual, quantile, random):
    predicted = [random.uniform(0, 100) for _ in actual]
    found = metrics.pinball_loss(actual, predicted, quantile)
    expected = mean_pinball_loss(actual, predicted, alpha=quantile)
    assert found == pytest.approx(expected)


@settings(deadline=None)
@given(amounts, st.sampled_from([0.1, 0.5, 0.9]), st.integers(-5, 200))
def test_no_constant_beats_the_quantile(actual, quantile, other):
    def loss(constant):
        return metrics.pinball_loss(actual, np.full(len(actual), constant), quantile)

    best = np.quantile(actual, quantile, method="inverted_cdf")
    assert loss(best) <= loss(other) + 1e-9


def test_a_quantile_is_not_a_percentage():
    with pytest.raises(BadInput, match="`quantile` must be 0 to 1"):
        metrics.pinball_loss([1], [1], 90)


def test_unequal_lengths_are_refused():
    with pytest.raises(BadInput, match="actual 2, low 2, high 1"):
        metrics.interval_coverage([1, 2], [1, 2], [1])
