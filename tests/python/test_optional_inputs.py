"""Beside orders each other input may be there or not, in any combination."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import lively_shop
import pytest
from shops import OPTIONAL_INPUTS, Row, Shop, order

# What tells that an input was used: a table, and a condition that some row meets.
TRACES = {
    "customers": ("fea_clv__customer_profile", "is_customer_record_missing = 0"),
    "order_lines": ("fea_clv__customer_behaviour", "favourite_category is not null"),
    "events": ("fea_clv__customer_behaviour", "count_page_views > 0"),
    "customer_snapshots": ("fea_clv__customer_profile", "region = 'west'"),
    "exchange_rates": ("int_clv__orders_cleaned", "delivered_currency_code = 'USD'"),
    "touches": ("fea_clv__customer_windows", "count_touches > 0"),
    "referrals": ("fea_clv__customer_profile", "is_referred = 1"),
}

# With none, all and each alone, every pair is seen in all four states.
SHOPS = [(), OPTIONAL_INPUTS, *((name,) for name in OPTIONAL_INPUTS)]


def test_the_shops_show_every_pair_on_and_off():
    for one, other in combinations(OPTIONAL_INPUTS, 2):
        states = {(one in there, other in there) for there in SHOPS}
        assert len(states) == 4, (one, other)


@pytest.fixture(scope="module")
def shop(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop that is delivered again in every test."""
    return open_shop("optional")


@pytest.mark.parametrize("there", SHOPS, ids=lambda there: "+".join(there) or "none")
def test_features_are_built_beside_orders_with(shop: Shop, there: tuple[str, ...]):
    inputs = lively_shop.delivered()
    shop.deliver(orders=inputs["orders"], **{name: inputs[name] for name in there})
    build = shop.build()
    assert build.success, build.messages
    assert shop.lost() == []
    for name, (table, condition) in TRACES.items():
        [(count,)] = shop.rows(f"select count(*) from {table} where {condition}")
        assert (count > 0) == (name in there), name
    [(count,)] = shop.rows("select count(*) from fea_clv__labels")
    assert count > 0


def test_orders_need_only_their_four_columns(shop: Shop):
    wanted = ("customer_id", "order_id", "ordered_at", "amount")
    orders = [
        {name: row[name] for name in wanted}
        for row in lively_shop.delivered()["orders"]
        if row["order_type"] == "order"
    ]
    shop.deliver(orders=orders)
    build = shop.build()
    assert build.success, build.messages
    assert shop.quarantined() == []
    found = shop.rows("select count(*) from int_clv__orders_cleaned")
    assert found == [(len(orders),)]


QUICKLY = {
    "clv_horizon_days": 60,
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 1000,
}


def publish(shop: Shop, orders: list[Row]) -> list[dict[str, Any]]:
    """Run everything on orders alone and return the predictions."""
    shop.deliver(orders=orders)
    build = shop.build(("*",), **QUICKLY)
    assert build.success, build.messages
    return shop.records("from clv_predictions")


def test_orders_alone_become_predictions(open_shop: Callable[[str], Shop]):
    """And know nothing of prospects: there are none, and no model of them."""
    orders = lively_shop.delivered(count_customers=120)["orders"]
    orders = [row for row in orders if row["currency_code"] == "EUR"]
    shop = open_shop("orders_alone")
    predictions = publish(shop, orders)
    assert shop.rows("from fea_clv__prospects") == []
    kinds = shop.rows("select purpose from ml_clv__trained_models order by 1")
    assert kinds == [("back_test",), ("published",)]
    buyers = {row["customer_id"] for row in orders}
    assert sorted(row["customer_id"] for row in predictions) == sorted(buyers)
    amounts = [row["predicted_clv"] for row in predictions]
    assert 0 <= min(amounts) < max(amounts)
    assert {row["fallback_reason"] for row in predictions} == {None}


def test_a_shop_that_has_sold_nothing_yet_scores_its_prospects(
    open_shop: Callable[[str], Shop],
):
    shop = open_shop("nothing_sold_yet")
    inputs = lively_shop.with_prospects({"orders": [], "events": [], "customers": []})
    shop.deliver(**{**inputs, "orders": []})
    build = shop.build(("*",), "build", **QUICKLY)
    assert build.success, build.messages
    assert "clv: 0 customers" in build.messages and "40 prospects" in build.messages
    predictions = shop.records("from clv_predictions")
    assert len(predictions) == 40
    for row in predictions:
        assert row["lifecycle_stage"] == row["data_quality_flag"] == "prospect"
        assert row["historic_clv"] == row["predicted_clv"] == 0
        assert row["p_alive"] is None and 0 < row["churn_probability"] < 1
        assert "no prospect could be followed" in row["fallback_reason"]


def late_orders() -> list[Row]:
    """Return orders of 61 customers, all but one of whom came in the last months."""
    late = [
        order(f"C{customer}", lively_shop.day_text(150 + customer % 20 + visit * 9))
        for customer in range(60)
        for visit in range(customer % 9 + 1)
    ]
    return [order("early", lively_shop.day_text(0)), *late]


SMALL_SHOPS = {
    "without orders": ([], 0),
    "of one customer": ([order("C1", "2024-01-01"), order("C1", "2024-02-01")], 1),
    "of late customers": (late_orders(), 61),
}


@pytest.mark.parametrize("name", SMALL_SHOPS)
def test_flagged_predictions_come_from_a_shop(
    open_shop: Callable[[str], Shop], name: str
):
    orders, buyers = SMALL_SHOPS[name]
    predictions = publish(open_shop(name.replace(" ", "_")), orders)
    assert len(predictions) == buyers
    for row in predictions:
        assert row["predicted_clv"] >= 0
        assert row["data_quality_flag"] == "fallback"
        assert "needed. Received" in row["fallback_reason"]
