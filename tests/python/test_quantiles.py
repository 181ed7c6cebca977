"""Quantiles of a spend that may be nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynamic_clv.expectation import quantiles


def one(chance: float, log_level: float = 0.0, spread: float = 0.5) -> list[float]:
    found = quantiles.of_spend(
        np, np.array([[chance]]), np.array([[log_level]]), spread
    )
    return found[0].tolist()


def test_a_likely_non_buyer_has_a_median_of_nothing():
    assert one(0.5)[:2] == [0, 0]
    assert one(0.05) == [0, 0, 0]


def test_quantiles_by_hand():
    # 80% buy, so the median is rank (.5 - .2) / .8 = 3/8 of buyers: odds .6
    assert one(0.8)[1] == pytest.approx(np.sqrt(0.6), rel=1e-4)
    # a certain buyer's quantiles have odds 1/9, 1 and 9
    assert one(1.0, np.log(30)) == pytest.approx([10, 30, 90], rel=1e-4)


@given(st.floats(0, 1), st.floats(-9, 9), st.floats(0.05, 3))
def test_quantiles_never_cross(chance, log_level, spread):
    low, middle, high = one(chance, log_level, spread)
    assert 0 <= low <= middle <= high < np.inf


def test_the_mean_of_the_starting_shape():
    # the mean of a log-logistic is the integral of its quantiles
    rank = (np.arange(1_000_000) + 0.5) / 1_000_000
    mean = ((rank / (1 - rank)) ** quantiles.START_SPREAD).mean()
    assert quantiles.MEAN_OVER_MEDIAN == pytest.approx(mean, rel=1e-2)


def test_a_small_chance_of_an_order_rules_quantiles_out():
    said = np.array([[1.0, 2.0, 3.0]]).repeat(4, axis=0)
    found = quantiles.ruled_out(said, np.array([0.95, 0.6, 0.5, 0.05]))
    assert found.tolist() == [[1, 2, 3], [0, 2, 3], [0, 0, 3], [0, 0, 0]]
