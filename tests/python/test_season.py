"""When in the year a shop sells, worked out on shops whose season is known."""

import datetime as dt
import json

import numpy as np
import pytest

from dynamic_clv.expectation import btyd, season
from dynamic_clv.expectation.season import Season

TODAY = dt.date(2024, 9, 1)
YEAR = 52
PARAMETERS = btyd.BtydParameters(r=0.8, alpha=8.0, a=0.5, b=3.0, p=6, q=4, v=15)


def flat(periods: int = 2 * YEAR + 14, **changes) -> Season:
    """A shop that sells the same every week; the first weeks are its warm-up."""
    many = [1e6] * periods
    values = {"orders": many, "expected": many, "amount": many, "squares": [1.0]}
    values = {name: list(series) for name, series in {**values, **changes}.items()}
    values["squares"] = [1.0] * periods
    return Season(TODAY, 7, **values)


def before(weeks: int) -> dt.date:
    return TODAY - dt.timedelta(days=7 * weeks)


def test_a_shop_without_seasons_has_none():
    assert flat().index(TODAY, 91) == pytest.approx((0.0, 0.0))
    assert flat().index(before(20), 91) == pytest.approx((0.0, 0.0))


def test_the_weeks_of_last_year_come_back():
    orders = np.full(YEAR + 14, 1e6)
    orders[YEAR - 13 : YEAR] = 2e6  # the 13 weeks that begin a year ago
    amount = orders * 10
    shop = flat(YEAR + 14, orders=orders, amount=amount)
    belief = 1 / (1 + season.YEARS_OF_NO_OPINION)
    usual = (39 + 13 * 2) / 52
    found = shop.index(TODAY, 91)
    assert found == pytest.approx([belief * np.log(2 / usual)] * 2, rel=1e-3)
    # the same weeks in the past, and those after them
    assert shop.index(before(YEAR), 91) == pytest.approx(found)
    later = shop.index(TODAY + dt.timedelta(days=91), 91)
    assert later == pytest.approx([belief * np.log(1 / usual)] * 2, rel=1e-3)


def test_a_whole_year_has_no_season():
    orders = np.linspace(1e6, 3e6, YEAR + 14)
    found = flat(YEAR + 14, orders=orders, amount=orders).index(TODAY, 364)
    assert found == pytest.approx((0.0, 0.0), abs=1e-9)


def test_dearer_orders_raise_spend_only():
    amount = np.full(YEAR + 14, 1e6)
    amount[YEAR - 13 : YEAR] = 2e6
    orders, spend = flat(YEAR + 14, amount=amount).index(TODAY, 91)
    assert orders == pytest.approx(0.0) and spend > 0.3


def test_less_than_a_year_after_the_warm_up_says_nothing():
    orders = np.linspace(1.0, 9.0, YEAR + 13)
    assert flat(YEAR + 13, orders=orders).index(TODAY, 91) == (0.0, 0.0)


def test_few_orders_are_hardly_believed():
    orders = np.full(YEAR + 14, 0.02)
    orders[YEAR - 13 : YEAR] = 0.08
    due = np.full(YEAR + 14, 0.03)
    found = flat(YEAR + 14, orders=orders, expected=due).index(TODAY, 91)
    assert 0 < found[0] < 0.05


def test_silence_where_many_orders_were_due_is_believed():
    orders = np.full(YEAR + 14, 100.0)
    orders[YEAR - 26 : YEAR] = 0.0  # shut in the half year that comes
    due = np.full(YEAR + 14, 50.0)
    shop = flat(YEAR + 14, orders=orders, expected=due, amount=orders)
    assert shop.index(TODAY, 182)[0] < -1.0


@pytest.mark.parametrize("horizon_days", [91, 182, 364])
def test_growth_is_no_season(horizon_days):
    orders = np.full(2 * YEAR - 1, 1e6)
    orders[:YEAR] = 2e6
    shop = flat(2 * YEAR - 1, orders=orders, amount=orders)
    assert shop.index(TODAY, horizon_days) == pytest.approx((0.0, 0.0), abs=0.01)


def test_a_year_and_a_day_counts_a_day_and_not_a_week_twice():
    orders = np.full(2 * YEAR + 14, 1e6)
    orders[YEAR - 1] = orders[2 * YEAR - 1] = 5e6  # the week that comes
    shop = flat(2 * YEAR + 14, orders=orders, amount=orders)
    assert shop.index(TODAY, 364) == pytest.approx((0.0, 0.0), abs=1e-9)
    # 365 days hold 56e6 + 5e6 / 7 orders, due are 52 + 1 / 7 weeks
    wanted = np.log((56 + 5 / 7) / 56) - np.log((52 + 1 / 7) / 52)
    belief = 2 / (2 + season.YEARS_OF_NO_OPINION)
    assert shop.index(TODAY, 365)[0] == pytest.approx(belief * wanted, rel=1e-3)


def test_one_customer_of_long_ago_makes_no_years():
    t_days = np.append(np.linspace(1, 300, 500), 25 * 365.0)
    found = season.measure(TODAY, 7, PARAMETERS, t_days, np.ones((1400, 3)))
    alone = season.measure(TODAY, 7, PARAMETERS, t_days[:-1], np.ones((1400, 3)))
    assert len(found.expected) > 1300 and found.years == alone.years == 0


@pytest.mark.parametrize(("month_ago", "grows"), [(12, True), (11, False)])
def test_months_find_their_own_month(month_ago, grows):
    orders = [1e6] * 18
    orders[month_ago - 1] = 3e6
    shop = Season(TODAY, 30, orders, [1e6] * 18, orders, [1.0] * 18)
    assert (shop.index(TODAY, 30)[0] > 0.3) == grows


def test_two_years_are_believed_more_than_one():
    once = np.full(2 * YEAR + 14, 1e6)
    once[YEAR - 13 : YEAR] = once[2 * YEAR - 13 : 2 * YEAR] = 2e6
    two = flat(orders=once, amount=once).index(TODAY, 91)
    one = flat(YEAR + 14, orders=once[: YEAR + 14], amount=once[: YEAR + 14])
    assert two[0] > one.index(TODAY, 91)[0] * 1.05


def test_repeat_orders_are_all_but_the_first_ones():
    # three customers came in the newest period, one in the one before
    totals = np.array([[5.0, 100.0, 2_500.0], [1.0, 30.0, 900.0]])
    t_days = np.array([1.0, 3.0, 7.0, 8.0])
    found = season.measure(TODAY, 7, PARAMETERS, t_days, totals)
    assert found.orders == [2.0, 0.0]
    assert found.amount == pytest.approx([100 * 2 / 5, 0.0])


def test_history_begins_with_the_first_order_not_with_a_visit():
    totals = np.zeros((200, 3))
    totals[:10, 0] = 5.0
    found = season.measure(TODAY, 7, PARAMETERS, np.array([70.0, 8.0]), totals)
    assert len(found.orders) == len(found.expected) == 10


def test_expected_orders_are_those_of_a_new_customer_times_customers():
    t_days = np.full(10, 21.0)  # ten customers, three weeks old
    found = season.measure(TODAY, 7, PARAMETERS, t_days, np.zeros((3, 3)))
    nothing = np.zeros(3)
    curve = btyd.expectations(
        PARAMETERS, nothing, nothing, nothing, nothing, [7.0, 14.0, 21.0]
    ).order_count
    assert sum(found.expected) == pytest.approx(10 * curve[-1])
    assert found.expected[-1] == pytest.approx(10 * curve[0])


def test_text_and_back():
    shop = flat(3)
    assert Season.from_dict(json.loads(json.dumps(shop.to_dict()))) == shop
