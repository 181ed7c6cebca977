"""A shop's level: measured on the past, expected for the future."""

import datetime as dt
import json

import numpy as np
import pytest
from scipy import special

from dynamic_clv.expectation import levels
from dynamic_clv.expectation.btyd import BtydExpectations
from dynamic_clv.expectation.levels import Level
from dynamic_clv.expectation.season import Season

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
    found = levels.measure(TODAY, 90, expected, False, bought * 40.0, bought)
    # twice the orders of the 200 buyers expected, as of ten more that came as expected
    orders = np.log((400 + 10) / (200 + 10))
    assert found.orders == pytest.approx(orders)
    assert found.spend == pytest.approx(orders)  # all spend what they should
    buyers = 200 * (500 + 10) / (200 + 10)
    shifted = special.expit(special.logit(0.2) + found.order)
    assert 1_000 * shifted == pytest.approx(buyers)


def test_one_whale_says_little_of_what_orders_are_worth():
    bought = np.repeat([0.0, 1.0], 500)
    amount = bought * 10.0
    amount[-1] = 5_000.0
    expected = expectations(spend=5.0, orders=0.5, chance=0.5)
    found = levels.measure(TODAY, 90, expected, False, amount, bought)
    # 9,990 of one and 10 of the others are like four equal buyers
    trust = 9_990**2 / (5_000**2 + 499 * 100)
    assert found.orders == 0
    assert found.spend == pytest.approx(trust / (trust + 50) * np.log(9_990 / 5_000))


@pytest.mark.parametrize("is_known", [True, False])
def test_a_till_that_books_a_thousand_orders_moves_nobody_else(is_known):
    bought = np.repeat([0.0, 1.0], 500)
    expected = expectations(spend=5.0, orders=0.5, chance=0.5)
    usual = levels.measure(TODAY, 90, expected, False, bought * 10.0, bought)
    count_orders = bought.copy()
    count_orders[-1] = 1_000.0
    if is_known:
        expected.order_count[-1] = 1_000.0
    found = levels.measure(TODAY, 90, expected, False, bought * 10.0, count_orders)
    assert found.spend == pytest.approx(usual.spend, abs=0.03)
    assert found.orders == pytest.approx(usual.orders, abs=0.03)


def test_few_buyers_are_hardly_believed():
    bought = np.zeros(1_000)
    bought[0] = 1.0
    expected = expectations(spend=1e-3, orders=1e-3, chance=1e-3)
    found = levels.measure(TODAY, 90, expected, False, bought * 1e6, bought)
    assert abs(found.spend) <= levels.MOST_LEVEL / 51 + 1e-9
    assert found.orders == pytest.approx(0, abs=1e-9)


def test_customers_who_were_expected_and_stayed_away_are_believed():
    nothing = np.zeros(1_000)
    expected = expectations(spend=10.0, orders=0.2, chance=0.19)
    found = levels.measure(TODAY, 90, expected, False, nothing, nothing)
    assert found.orders == -levels.MOST_LEVEL
    few = expectations(spend=10.0, orders=0.2, chance=0.19, count=20)
    found = levels.measure(TODAY, 90, few, False, nothing[:20], nothing[:20])
    assert found.orders == pytest.approx(np.log(10 / (3.8 + 10)))


def test_nothing_bought_and_nothing_expected_stay_finite():
    nothing = np.zeros(5)
    for expected in (expectations(10.0, 1.0, 0.5, 5), expectations(0.0, 1.0, 0.0, 5)):
        found = levels.measure(TODAY, 90, expected, False, nothing, nothing)
        assert np.isfinite([found.spend, found.orders, found.order]).all()


def test_the_season_ahead_replaces_that_of_the_past():
    class Spring(Season):
        def index(self, start, horizon_days):
            return (0.5, 0.6) if start == TODAY else (-0.2, -0.1)

    spring = Spring(TODAY, 7, [], [], [], [])
    found = levels.forecast([], TODAY, 90, spring)
    assert (found.orders, found.spend, found.order) == (0.5, 0.6, 0.5)
    known = [Level(days_before(180), 90, spend=0.2, orders=0.2, order=0.2)]
    found = levels.forecast(known, TODAY, 90, spring)
    # half a year holds two horizons: two thirds of what the season leaves are believed
    assert found.spend == pytest.approx(0.6 + 2 / 3 * (0.2 + 0.1))
    assert found.orders == pytest.approx(0.5 + 2 / 3 * (0.2 + 0.2))


def test_recent_levels_are_averaged_by_age():
    known = [Level(days_before(90), 90, 0.3), Level(days_before(90 + 182), 90, 0.0)]
    horizons = (90 + 182) / 90
    belief = horizons / (horizons + levels.HORIZONS_OF_NO_OPINION)
    found = levels.forecast(known, TODAY, 90).spend
    assert found == pytest.approx(belief * 0.3 * 2 / 3)


def test_levels_of_a_similar_horizon_count_more():
    known = [Level(days_before(360), 90, 0.4), Level(days_before(360), 360, 0.0)]
    assert levels.forecast(known, TODAY, 180).spend == pytest.approx(2 / 3 * 0.2)
    near = levels.forecast(known, TODAY, 90).spend
    assert near == pytest.approx(0.8 * 0.4 * 4 / 5)


def test_levels_of_the_same_model_of_orders_are_preferred():
    known = [
        Level(days_before(90), 90, 0.4, leaves_after_first=True),
        Level(days_before(90), 90, 0.0),
    ]
    assert levels.forecast(known, TODAY, 90, None, True).spend == pytest.approx(0.2)
    assert levels.forecast(known, TODAY, 90).spend == 0.0
    assert levels.forecast(known[:1], TODAY, 90).spend == pytest.approx(0.2)


def test_less_than_one_horizon_of_history_is_hardly_believed():
    known = [Level(days_before(90), 90, 0.4)]
    assert levels.forecast(known, TODAY, 810).spend == pytest.approx(0.1 * 0.4)


def test_a_level_that_was_not_over_is_not_known():
    known = [Level(days_before(89), 90, 0.9)]
    assert levels.forecast(known, TODAY, 90) == Level(TODAY, 90)
    assert levels.forecast([], TODAY, 90) == Level(TODAY, 90)


def test_text_and_back():
    level = Level(TODAY, 90, 0.1, 0.2, -0.3)
    assert Level.from_dict(json.loads(json.dumps(level.to_dict()))) == level
