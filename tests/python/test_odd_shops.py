"""Sparse and odd shops end in sensible, flagged predictions."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from shops import Row, Shop, order

from dynamic_clv import columns
from dynamic_clv.expectation import btyd, levels

QUICKLY = {
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 3000,
}

TODAY = dt.date(2024, 11, 1)

Predictions = list[dict[str, Any]]
Open = Callable[[str], Shop]


def regulars(count_customers: int, days: int, gap_days: float) -> list[Row]:
    """Return orders of customers who came at their own pace until they left."""
    dice = np.random.default_rng(5)
    rows = []
    for number in range(count_customers):
        pace, usual = gap_days * dice.gamma(2.0) / 2, 10 * dice.gamma(3.0) + 1
        ago = days * (1 - number / count_customers)
        left = ago - dice.exponential(400.0)
        while ago >= max(left, 1):
            amount = f"{usual * dice.uniform(0.5, 1.5):.2f}"
            rows.append(order(f"C{number:03}", day_before(ago), amount))
            ago -= 1 + dice.exponential(pace)
    return rows


def day_before(days: float) -> str:
    """Return the day so many days before today."""
    return str(TODAY - dt.timedelta(days=int(days)))


def spent(orders: list[Row], last_days: float = math.inf) -> float:
    """Add up the amounts of the last days, or all of them."""
    first = "" if math.isinf(last_days) else day_before(last_days)
    return sum(float(row["amount"]) for row in orders if row["ordered_at"] >= first)


def predict(shop: Shop, orders: list[Row], **settings: object) -> Predictions:
    """Build a shop and return its predictions, after checking each by itself."""
    shop.deliver(orders=orders)
    settings = {**QUICKLY, "clv_as_of_date": str(TODAY), **settings}
    build = shop.build(("+clv_predictions",), **settings)
    assert build.success, build.messages
    rows = shop.records(
        "select published.*, model_kind, scores.predicted_clv as exact_clv"
        " from clv_predictions as published"
        " inner join ml_clv__scores as scores using (customer_id)"
    )
    buyers = {row["customer_id"] for row in orders}
    assert sorted(row["customer_id"] for row in rows) == sorted(buyers)
    for row in rows:
        check(row)
    return rows


def check(row: dict[str, Any]) -> None:
    """Assert what holds of every prediction, and that a fallback is flagged."""
    quantiles = [row[f"predicted_clv_{name}"] for name in ("p10", "median", "p90")]
    assert sorted(quantiles) == quantiles and quantiles[0] >= 0
    assert row["exact_clv"] >= 0 and math.isfinite(row["exact_clv"])
    assert row["predicted_order_count"] >= 0
    assert math.isfinite(row["predicted_order_count"])
    assert 0 <= row["churn_probability"] <= 1 and 0 <= row["p_alive"] <= 1
    is_fallback = row["model_kind"] != columns.CNN_LSTM
    assert is_fallback == (row["fallback_reason"] is not None)
    assert is_fallback == (row["data_quality_flag"] == "fallback")


def total(rows: Predictions, name: str = "exact_clv") -> float:
    return sum(row[name] for row in rows)


def test_thirty_customers_go_on_about_as_before(open_shop: Open):
    orders = regulars(30, 400, gap_days=45)
    rows = predict(open_shop("thirty"), orders, clv_horizon_days=365)
    assert {row["fallback_reason"] is None for row in rows} == {False}
    # the last 200 days hold nearly all customers: some leave, none come, so at most
    # twice that pace, and a third of it where many have left
    pace = spent(orders, 200) * 365 / 200
    assert pace / 3 < total(rows) < 2 * pace


def test_a_shop_to_which_nobody_returns_is_not_expected_to_live_on_returns(
    open_shop: Open,
):
    orders = [order(f"C{n:03}", day_before(1 + 1.4 * n), "20") for n in range(300)]
    rows = predict(open_shop("nobody_returns"), orders, clv_horizon_days=365)
    assert {row["model_kind"] for row in rows} == {columns.COHORT_MEAN}
    # not one return in 172 years of customers: whoever came once in ten years would
    # have been seen 17 times
    assert 0 < max(row["predicted_order_count"] for row in rows) < 0.1
    assert total(rows) < spent(orders) / 10


def test_years_of_silence_are_believed(open_shop: Open):
    orders = [
        order(f"C{customer:03}", day_before(1200 - 5 * visit - customer % 20), "20")
        for customer in range(150)
        for visit in range(1 + customer % 3)
    ]
    rows = predict(open_shop("silent"), orders, clv_horizon_days=365)
    assert {row["fallback_reason"] is None for row in rows} == {False}
    # 150 customers, three years, no order: less than one in ten will come back
    assert total(rows, "predicted_order_count") < len(rows) / 10
    assert total(rows) < spent(orders) / 20


def test_a_whale_is_expected_to_eat_as_before_and_to_lift_nobody(open_shop: Open):
    horizon = 90
    others = regulars(120, 400, gap_days=30)
    meal = f"{spent(others) / 36:.2f}"
    whale = [order("whale", day_before(5 + 10 * n), meal) for n in range(36)]
    rows = predict(open_shop("whale"), others + whale, clv_horizon_days=horizon)
    assert spent(whale) == pytest.approx(spent(others), rel=0.001)
    assert {row["model_kind"] for row in rows} == {columns.CNN_LSTM}
    [found] = [row["exact_clv"] for row in rows if row["customer_id"] == "whale"]
    # a meal every ten days: never more than nine meals in 90 days
    densest = 9 * float(meal)
    assert densest / 4 < found < 1.5 * densest
    # the others leave and slow down, but do not triple what they spent lately
    lately = spent(others, horizon)
    assert lately / 3 < total(rows) - found < 2 * lately


def december(year: int, count_customers: int = 120) -> list[Row]:
    """Return a December in which two in five customers come, one of them twice."""
    dice = np.random.default_rng(year)
    came = np.flatnonzero(dice.random(count_customers) < 0.4)
    days = [(number, dice.integers(1, 15)) for number in came]
    days += [(number, dice.integers(15, 30)) for number in came[::2]]
    return [
        order(f"C{number:03}", f"{year}-12-{day:02}", f"{10 + 10 * dice.gamma(3):.2f}")
        for number, day in days
    ]


# Right after a season everybody is known to be alive. Ten silent months later BG/NBD
# takes most for lost, by another factor each year, and last year's factor is all that
# the network and the level can add: that is far less certain.
@pytest.mark.parametrize(("today", "factor"), [("2024-01-01", 1.5), ("2024-11-01", 3)])
def test_a_shop_of_one_season_is_expected_to_have_one_in_a_year(
    open_shop: Open, today: str, factor: float
):
    seasons = [december(year) for year in range(2020, 2024)]
    orders = [row for season in seasons for row in season]
    when = {"clv_as_of_date": today, "clv_horizon_days": 365}
    rows = predict(open_shop("december"), orders, **when)
    # everybody comes with the same chance each year
    usual = spent(orders) / len(seasons)
    assert usual / factor < total(rows) < factor * usual


def expected_evenly(count_customers: int) -> btyd.BtydExpectations:
    """Expect a tenth of an order of 20 from everybody."""
    same = np.full(count_customers, 0.1)
    return btyd.BtydExpectations(same, 200 * same, 20 * same, same, same, same)


# What a year ago was, in orders of 200 customers of whom 20 were expected.
@pytest.mark.parametrize(("came", "least", "most"), [(0, 0, 10), (160, 80, 200)])
def test_a_season_is_expected_again_a_year_later(came: int, least: int, most: int):
    ordered = np.repeat([1.0, 0.0], [came, 200 - came])
    a_year_ago = TODAY - dt.timedelta(days=364)
    expected = expected_evenly(200)
    past = levels.measure(a_year_ago, 31, expected, False, 20 * ordered, ordered)
    level = levels.forecast([past], TODAY, 31)
    assert least <= np.exp(level.orders) * expected.order_count.sum() <= most


def test_six_weeks_are_stretched_to_a_year_and_no_further(open_shop: Open):
    orders = regulars(150, 42, gap_days=14)
    rows = predict(open_shop("six_weeks"), orders, clv_horizon_days=365)
    assert {row["horizon_days"] for row in rows} == {365}
    # at most everybody goes on for a year as in the days since their first order, the
    # first one included; six weeks cannot show who leaves, but some will
    firsts = {row["customer_id"]: row["ordered_at"] for row in orders[::-1]}
    days = sum((TODAY - dt.date.fromisoformat(day)).days for day in firsts.values())
    pace = spent(orders) / days * len(firsts) * 365
    assert pace / 10 < total(rows) < pace


def test_cents_and_millions_are_predicted_alike(open_shop: Open):
    dice = np.random.default_rng(2)
    orders = regulars(120, 400, gap_days=30)
    cents = dice.integers(1, 51, len(orders))
    found = []
    for name, scale in (("cents", 1), ("millions", 10**8)):
        prices = [f"{price * scale / 100:.2f}" for price in cents]
        priced = [
            {**row, "amount": price} for row, price in zip(orders, prices, strict=True)
        ]
        rows = predict(open_shop(name), priced, clv_horizon_days=90)
        found.append({row["customer_id"]: row["exact_clv"] / scale for row in rows})
        assert {row["fallback_reason"] for row in rows} == {None}
        lately = spent(priced, 90)
        assert lately / 3 < total(rows) < 2 * lately
    small, large = found
    # the same network in other units: only the last digits of 32-bit numbers differ
    assert large == pytest.approx(small, rel=1e-3, abs=1e-4)
