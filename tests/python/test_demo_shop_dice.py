"""The demo shop's dice: the same on every platform, and fair."""

import numpy as np
import pytest

from dynamic_clv.demo_shop.dice import Dice, exponential_of
from dynamic_clv.demo_shop.tables import money


def test_the_dice_show_fixed_numbers_on_every_platform() -> None:
    assert Dice(1, 2).whole(0, 999, 5).tolist() == [448, 430, 419, 277, 821]


def test_the_dice_have_the_promised_means() -> None:
    dice = Dice(7)
    assert dice.uniform(40_000).mean() == pytest.approx(0.5, abs=0.01)
    assert dice.normal(40_000).mean() == pytest.approx(0.0, abs=0.02)
    assert dice.normal(40_000).std() == pytest.approx(1.0, abs=0.02)
    assert dice.exponential(40_000).mean() == pytest.approx(1.0, abs=0.03)
    assert dice.poisson(np.full(40_000, 2.5)).mean() == pytest.approx(2.5, abs=0.05)
    shares = np.bincount(dice.choose((1, 0, 3), 40_000)) / 40_000
    assert shares == pytest.approx([0.25, 0.0, 0.75], abs=0.02)


def test_rows_are_different_and_never_more_than_there_are() -> None:
    assert Dice(3).rows(5, 3).tolist() == [0, 1, 2]
    assert len(set(Dice(3).rows(50, 100).tolist())) == 50


def test_the_exponential_is_close_to_the_true_one() -> None:
    powers = np.linspace(-6, 6, 50)
    assert exponential_of(powers) == pytest.approx(np.exp(powers), rel=1e-3)


def test_money_has_two_decimals() -> None:
    assert money([0, 5, 1234]).tolist() == ["0.00", "0.05", "12.34"]
