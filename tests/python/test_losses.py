"""Losses: hand-worked values, and what minimises them."""

import numpy as np
import pytest

from dynamic_clv.networks import losses

SPEND = np.array([[0.0], [0.0], [1.0], [7.0]], np.float32)
GRID = np.arange(0.05, 8, 0.05, dtype=np.float32)


def mean_loss(loss, predicted) -> float:
    return float(np.mean(loss(SPEND, np.asarray(predicted, np.float32))))


def best_constant(loss) -> float:
    values = [mean_loss(loss, np.full((4, 1), guess)) for guess in GRID]
    return float(GRID[int(np.argmin(values))])


def test_tweedie_by_hand_and_at_its_best():
    # 2 y / sqrt(mu) + 2 sqrt(mu) with y = 1, mu = 4
    one = losses.tweedie(np.array([[1.0]], "float32"), np.array([[4.0]], "float32"))
    assert np.asarray(one).tolist() == [5.0]
    assert best_constant(losses.tweedie) == pytest.approx(SPEND.mean())


def test_tweedie_counts_refunds_against_the_mean():
    refunded = np.array([[5.0], [-3.0]], np.float32)
    values = [
        float(np.mean(losses.tweedie(refunded, np.full((2, 1), g)))) for g in GRID
    ]
    assert GRID[int(np.argmin(values))] == pytest.approx(1.0)


def test_squared_error_and_poisson_are_best_at_the_mean():
    assert best_constant(losses.squared) == pytest.approx(SPEND.mean())
    assert best_constant(losses.poisson) == pytest.approx(SPEND.mean())


def test_pinball_by_hand():
    # y = 2 against quantiles 1, 3 and 0: .1 * 1, .5 * 1 and .9 * 2, over three
    found = losses.pinball(
        np.array([[2.0]], "float32"), np.array([[1.0, 3.0, 0.0]], "float32")
    )
    assert np.asarray(found)[0] == pytest.approx((0.1 + 0.5 + 1.8) / 3)


def test_cross_entropy_by_hand():
    found = losses.cross_entropy(
        np.array([[1.0], [0.0]], "float32"), np.array([[0.5], [0.75]], "float32")
    )
    assert np.asarray(found) == pytest.approx([np.log(2), np.log(4)])
