"""Metrics of "will there be an order": by hand, ties, and scikit-learn's opinion."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as oracle

from dynamic_clv.errors import BadInput
from dynamic_clv.measures import metrics

# Eight scores for up to forty customers: most are tied.
customers = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 7)), min_size=2, max_size=40
)


def split(rows):
    bought, score = np.array(rows).T
    return bought, score / 8


def test_area_under_curve_by_hand():
    # pairs (buyer, other): 3 > 1, 3 > 2, 2 > 1 and the tie 2 = 2 is half
    assert metrics.area_under_curve([0, 0, 1, 1], [1, 2, 3, 2]) == 3.5 / 4
    assert metrics.area_under_curve([0, 1], [0.3, 0.3]) == 0.5


def test_average_precision_by_hand():
    # the best is a buyer: precision 1; the tie finds the other: 2 of 3
    found = metrics.average_precision([1, 0, 1, 0], [3, 2, 2, 1])
    assert found == pytest.approx((1 + 2 / 3) / 2)
    assert metrics.average_precision([1, 0, 0, 0], [1, 1, 1, 1]) == 1 / 4
    assert metrics.average_precision([0, 1, 1], [1, 2, 3]) == 1


def test_precision_of_the_top_by_hand():
    # best first: hit, miss, hit, miss
    actual, score = [1, 0, 1, 0], [4, 3, 2, 1]
    assert metrics.precision_of_top(actual, score, 0.25) == 1
    assert metrics.precision_of_top(actual, score, 0.5) == 1 / 2
    assert metrics.precision_of_top(actual, score, 1) == 1 / 2
    # a customer and a half: all of the first, half of the second, who is no hit
    assert metrics.precision_of_top(actual, score, 0.375) == 1 / 1.5
    # less than one customer is one customer
    assert metrics.precision_of_top(actual, score, 0.01) == 1


def test_precision_of_the_top_shares_a_tie_and_knows_nothing_of_nobody():
    assert metrics.precision_of_top([1, 0, 0, 0], [2, 2, 2, 2], 0.25) == 1 / 4
    assert metrics.precision_of_top([1, 0, 0, 0], [2, 2, 1, 1], 0.25) == 1 / 2
    assert np.isnan(metrics.precision_of_top([], [], 0.1))
    assert np.isnan(metrics.precision_of_top([1, 0], [np.nan, 1], 0.1))
    with pytest.raises(BadInput, match="share"):
        metrics.precision_of_top([1], [1], 5)


def test_classes_by_hand():
    probability = [0.9, 0.5, 0.4, 0.1, 0.2]  # predicted 1 1 0 0 0
    actual = [1, 0, 1, 1, 0]
    assert metrics.accuracy(actual, probability) == 2 / 5
    assert metrics.precision(actual, probability) == 1 / 2
    assert metrics.recall(actual, probability) == 1 / 3
    assert metrics.f1(actual, probability) == 2 / 5


def test_classes_at_another_threshold_by_hand():
    probability = [0.9, 0.5, 0.4, 0.1, 0.2]  # predicted 1 1 1 0 0
    actual = [1, 0, 1, 1, 0]
    assert metrics.accuracy(actual, probability, 0.4) == 3 / 5
    assert metrics.precision(actual, probability, 0.4) == 2 / 3
    assert metrics.recall(actual, probability, 0.4) == 2 / 3
    assert metrics.f1(actual, probability, threshold=0.4) == 2 / 3


def test_best_threshold_by_hand():
    # f1 from the top: 2/4, 2/5, 4/6, 6/7, 6/8
    actual, probability = [1, 0, 1, 1, 0], [0.9, 0.5, 0.4, 0.2, 0.1]
    assert metrics.best_f1_threshold(actual, probability) == 0.2
    # 1 hit of 1 and 2 hits of 4 are both f1 2/3: the fewer are named
    assert metrics.best_f1_threshold([1, 0, 0, 1], [4, 3, 2, 1]) == 4


@settings(deadline=None)
@given(customers)
def test_scikit_learn_agrees(rows):
    bought, probability = split(rows)
    if 0 < bought.sum():
        found = metrics.average_precision(bought, probability)
        expected = oracle.average_precision_score(bought, probability)
        assert found == pytest.approx(expected)
    if 0 < bought.sum() < len(bought):
        found = metrics.area_under_curve(bought, probability)
        assert found == pytest.approx(oracle.roc_auc_score(bought, probability))
    for threshold in (0.125, 0.5, 0.8):
        classes = probability >= threshold
        options = {"zero_division": np.nan}
        for mine, theirs in {
            metrics.accuracy: oracle.accuracy_score(bought, classes),
            metrics.precision: oracle.precision_score(bought, classes, **options),
            metrics.recall: oracle.recall_score(bought, classes, **options),
            metrics.f1: oracle.f1_score(bought, classes, **options),
        }.items():
            found = mine(bought, probability, threshold)
            assert found == pytest.approx(theirs, nan_ok=True)


@settings(deadline=None)
@given(customers, st.randoms())
def test_no_threshold_beats_the_best(rows, random):
    best = metrics.best_f1_threshold(*split(rows))
    random.shuffle(rows)
    bought, probability = split(rows)
    assert best == metrics.best_f1_threshold(bought, probability) or np.isnan(best)
    assert np.isnan(best) == (bought.sum() == 0)
    if not np.isnan(best):
        reached = metrics.f1(bought, probability, best)
        for threshold in np.linspace(0, 1, 17):
            found = metrics.f1(bought, probability, threshold)
            assert found < reached or (found == reached and threshold <= best)


@pytest.mark.filterwarnings("error")
def test_one_class_is_undefined():
    assert np.isnan(metrics.area_under_curve([1, 1], [0.2, 0.3]))
    assert np.isnan(metrics.precision([1, 0], [0.2, 0.3]))
    assert np.isnan(metrics.recall([0, 0], [0.2, 0.7]))
    assert np.isnan(metrics.average_precision([0, 0], [0.2, 0.7]))
    assert np.isnan(metrics.best_f1_threshold([0, 0], [0.2, 0.7]))
    assert np.isnan(metrics.f1([0, 0], [0.2, 0.3]))
    assert metrics.f1([0, 1], [0.2, 0.3]) == 0


@pytest.mark.filterwarnings("error")
def test_nothing_and_nan_have_no_threshold():
    assert np.isnan(metrics.best_f1_threshold([], []))
    assert np.isnan(metrics.best_f1_threshold([1, 0], [0.2, np.nan]))
    assert np.isnan(metrics.best_f1_threshold([1, np.nan], [0.2, 0.3]))
    for metric in (metrics.accuracy, metrics.precision, metrics.recall, metrics.f1):
        assert np.isnan(metric([1, 0], [0.2, 0.3], np.nan))


def test_unequal_lengths_are_refused():
    with pytest.raises(BadInput, match="actual 2, predicted 1"):
        metrics.average_precision([1, 0], [0.5])
