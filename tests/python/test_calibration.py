"""The total and the range, put right."""

import json

import numpy as np
import pytest

from dynamic_clv.model import calibration
from dynamic_clv.model.calibration import Stretch


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def test_the_total_goes_to_the_middle_of_both_forecasts():
    moved = calibration.shift(column(1.0, 3.0), column(4.0, 12.0))
    assert np.exp(moved) * 4 == pytest.approx(8)  # the root of 4 x 16


def test_a_total_moves_by_half_or_double_at_most_and_nothing_moves_nothing():
    assert calibration.shift(column(1.0), column(1e9)) == calibration.MOST_SHIFT
    assert calibration.shift(column(1.0), column(1e-9)) == -calibration.MOST_SHIFT
    assert calibration.shift(column(0.0), column(5.0)) == 0.0


def test_factors_by_hand():
    # of 99 customers and the one to come, 90 spent up to 90 and 10 up to 10
    happened = np.arange(1.0, 100.0)
    said = np.tile([20.0, 50.0, 60.0], (99, 1))
    found = calibration.stretch([said], [happened])
    assert found.high == pytest.approx(90 / 60)
    assert found.low == pytest.approx(10 / 20)


def test_a_range_that_begins_at_nothing_is_left_there():
    said = np.tile([0.0, 0.0, 0.0], (99, 1))
    assert calibration.stretch([said], [np.ones(99)]) == Stretch()


def test_few_customers_are_not_believed():
    said = np.tile([20.0, 50.0, 60.0], (49, 1))
    assert calibration.stretch([said], [np.full(49, 500.0)]) == Stretch()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_stretched_range_holds_its_share_of_new_customers(seed):
    dice = np.random.default_rng(seed)
    usual = dice.gamma(2.0, 20.0, 8_000)
    said = usual[:, None] * np.array([[0.9, 1.0, 1.1]])  # far too narrow
    happened = usual * dice.lognormal(0.0, 0.5, 8_000)
    learned = calibration.stretch([said[:4_000]], [happened[:4_000]])
    low, _, high = learned.apply(said[4_000:]).T
    held = (low <= happened[4_000:]) & (happened[4_000:] <= high)
    assert held.mean() == pytest.approx(0.8, abs=0.02)


def test_p10_and_p90_never_cross_the_median():
    found = Stretch(low=4.0, high=0.25).apply(np.array([[1.0, 2.0, 3.0]]))
    assert found.tolist() == [[2.0, 2.0, 2.0]]


def test_text_and_back():
    found = Stretch(0.5, 2.0)
    assert Stretch.from_dict(json.loads(json.dumps(found.to_dict()))) == found
