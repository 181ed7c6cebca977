"""A shop's level: measured on the past, expected for the future."""

import datetime as dt
import json

import numpy as np
import pytest
from scipy import special

from dynamic_clv import levels
from dynamic_clv.btyd import BtydExpectations
from dynamic_clv.levels import Level

TODAY = dt.date(2024, 9, 1)


def days_before(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def expectations(spend: float, orders: float, chance: float, count: int = 1_000):
    ones = np.ones(count)
    parts = [orders * ones, spend / orders * ones, spend * ones, ones, chance * ones]
    return BtydExpectations(*parts, days_to_next_order=ones)


def test_a_level_is_the_log_of_actual_over_expected():
    bought = np.repeat([0.0, 1.0], 500)
    expected = expectations(spend=10.0, orders=0.25, chance=0.2)
    found = levels.measure(TODAY, 90, expected, bought * 40.0, bought)
    trust = 500 / (500 + levels.BUYERS_OF_NO_OPINION)
    assert found.spend == pytest.approx(trust * np.log(20 / 10))  # all spend alike
    assert found.orders == pytest.approx(trust * np.log(0.5 / 0.25))
    assert found.order == pytest.approx(trust * (0 - special.logit(0.2)), rel=1e-6)


def test_one_whale_says_little_of_what_orders_are_worth():
    bought = np.repeat([0.0, 1.0], 500)
    amount = bought * 10.0
    amount[-1] = 5_000.0
    expected = expectations(spend=5.0, orders=0.5, chance=0.5)
    found = levels.measure(TODAY, 90, expected, amount, bought)
    # 9,990 of one and 10 of the others are like four equal buyers
    trust = 9_990**2 / (5_000**2 + 499 * 100)
    assert found.orders == 0
    assert found.spend == pytest.approx(trust / (trust + 50) * np.log(9_990 / 5_000))


def test_few_buyers_are_hardly_believed():
    bought = np.zeros(1_000)
    bought[0] = 1.0
    expected = expectations(spend=1e-3, orders=1e-3, chance=1e-3)
    found = levels.measure(TODAY, 90, expected, bought * 1e6, bought)
    assert abs(found.spend) <= levels.MOST_LEVEL / 51


def test_nothing_bought_and_nothing_expected_stay_finite():
    nothing = np.zeros(5)
    for expected in (expectations(10.0, 1.0, 0.5, 5), expectations(0.0, 1.0, 0.0, 5)):
        found = levels.measure(TODAY, 90, expected, nothing, nothing)
        assert np.isfinite([found.spend, found.orders, found.order]).all()


def test_the_level_of_a_year_ago_comes_back():
    known = [Level(days_before(364 + 7), 90, 0.4), Level(days_before(100), 90, -0.3)]
    assert levels.forecast(known, TODAY, 90).spend == 0.4


def test_another_horizon_a_year_ago_is_no_season():
    known = [Level(days_before(364), 180, 0.4)]
    assert levels.forecast(known, TODAY, 90).spend == pytest.approx(0.4)
    known.append(Level(days_before(90), 90, 0.0))
    assert 0 < levels.forecast(known, TODAY, 90).spend < 0.1


def test_recent_levels_are_averaged_by_age():
    known = [Level(days_before(91), 90, 0.3), Level(days_before(91 + 182), 90, 0.0)]
    assert levels.forecast(known, TODAY, 90).spend == pytest.approx(0.3 * 2 / 3)


def test_a_level_that_was_not_over_is_not_known():
    known = [Level(days_before(89), 90, 0.9)]
    assert levels.forecast(known, TODAY, 90) == Level(TODAY, 90)
    assert levels.forecast([], TODAY, 90) == Level(TODAY, 90)


def test_text_and_back():
    level = Level(TODAY, 90, 0.1, 0.2, -0.3)
    assert Level.from_dict(json.loads(json.dumps(level.to_dict()))) == level
