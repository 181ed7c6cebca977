"""A shop may keep one row per customer and date, and no single orders or events."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lively_shop
import pytest
from shops import Row, Shop, order

CONTRACT = Path(__file__).parents[2] / "docs" / "input_contract.md"

QUICKLY = {
    "clv_horizon_days": 60,
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 1000,
}

FEATURES = (
    "fea_clv__as_of_dates",
    "fea_clv__customer_behaviour",
    "fea_clv__customer_windows",
    "fea_clv__customer_profile",
    "fea_clv__labels",
)


@pytest.fixture(scope="module")
def shop(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop that is delivered again in every test."""
    return open_shop("snapshots")


def visits(count_customers: int = 24) -> list[tuple[int, int]]:
    """List customer and day of each visit; every visit is a purchase."""
    return [
        (customer, day)
        for day in range(lively_shop.DAYS)
        for customer in range(count_customers)
        if (day - 3 * customer) % (11 + 7 * (customer % 12)) == 0 and day >= customer
    ]


def snapshot(customer: int, day: int) -> Row:
    """Return one to three purchases of a day, its page views and a search."""
    count = 1 + (customer + day) % 3
    return {
        "customer_id": f"C{customer}",
        "snapshot_date": lively_shop.day_text(day),
        "count_purchases": str(count),
        "purchase_amount": f"{count * (20 + customer):.2f}",
        "count_page_views": str(day % 4),
        "search_keyword": ("优惠券", "cancel order", None)[day % 3],
        "age": str(20 + customer % 50 + day // 100),
        "gender": ("女", "男")[customer % 2],
    }


def snapshots(count_customers: int = 24) -> list[Row]:
    return [snapshot(*visit) for visit in visits(count_customers)]


def orders_of(row: Row) -> list[Row]:
    """Return the orders that a snapshot sums up."""
    count, day = int(row["count_purchases"] or 0), row["snapshot_date"] or ""
    amount = f"{float(row['purchase_amount'] or 0) / count:.2f}"
    first = order(row["customer_id"] or "", day, amount)
    return [{**first, "order_id": f"{first['order_id']}, {n}"} for n in range(count)]


def events_of(row: Row) -> list[Row]:
    """Return the events of one visit that a snapshot sums up."""
    happened = {"customer_id": row["customer_id"], "occurred_at": row["snapshot_date"]}
    views = [
        {**happened, "event_type": "page_view", "event_id": str(number)}
        for number in range(int(row["count_page_views"] or 0))
    ]
    keyword = row["search_keyword"]
    search = {**happened, "event_type": "search", "search_keyword": keyword}
    return [*views, search] if keyword else views


def log_of(rows: list[Row]) -> dict[str, list[Row]]:
    """Return the same facts as orders and events, one by one."""
    return {
        "orders": [order for row in rows for order in orders_of(row)],
        "events": [event for row in rows for event in events_of(row)],
    }


def test_snapshots_tell_what_a_log_of_the_same_days_tells(shop: Shop):
    rows = snapshots()
    shop.deliver(**log_of(rows))
    assert shop.build().success
    log = {name: shop.table(name) for name in FEATURES if "profile" not in name}
    shop.deliver(customer_snapshots=rows)
    build = shop.build()
    assert build.success, build.messages
    assert shop.lost() == [] and shop.quarantined() == []
    for name, table in log.items():
        assert shop.table(name) == table, name
        assert len(table) > 10


def test_attributes_come_from_the_first_snapshot_and_not_before_it(shop: Shop):
    first = {**snapshot(3, 50), "age": None, "gender": None}
    shop.deliver(customer_snapshots=[first, snapshot(3, 60), snapshot(3, 250)])
    assert shop.build(clv_horizon_days=28).success
    found = shop.rows(
        "select distinct is_age_missing, age, gender from fea_clv__customer_profile"
        f" where as_of_date > date '{lively_shop.day_text(60)}'"
    )
    assert found == [(0, 23.0, "male")]
    early = shop.rows(
        "select distinct is_age_missing from fea_clv__customer_profile"
        f" where as_of_date <= date '{lively_shop.day_text(60)}'"
    )
    assert early in ([], [(1,)])


def test_the_future_of_a_snapshot_changes_no_feature(shop: Shop):
    today = lively_shop.day_text(230)
    when = {"clv_as_of_date": today, "clv_horizon_days": 60}
    shop.deliver(customer_snapshots=snapshots())
    assert shop.build(**when).success
    before = {name: shop.table(name) for name in FEATURES}
    strange = {"purchase_amount": "99999", "age": "99", "count_page_views": "5000"}
    changed = [
        {**row, **strange} if (row["snapshot_date"] or "") >= today else row
        for row in snapshots()
    ]
    shop.deliver(customer_snapshots=changed[::-1])
    assert shop.build(**when).success
    assert {name: shop.table(name) for name in FEATURES} == before


@pytest.mark.parametrize("has_events", [False, True])
def test_nothing_is_counted_twice_beside(shop: Shop, has_events: bool):
    rows = snapshots()
    finer = log_of(rows)
    if not has_events:
        del finer["events"]
    shop.deliver(customer_snapshots=rows, **finer)
    build = shop.build()
    assert build.success, build.messages
    assert shop.lost() == []
    found = shop.rows(
        "select sum(count_orders), sum(net_amount), sum(count_page_views),"
        " sum(count_searches) from int_clv__customer_periods"
    )
    assert found == [
        (
            sum(int(row["count_purchases"] or 0) for row in rows),
            sum(float(row["purchase_amount"] or 0) for row in rows),
            sum(int(row["count_page_views"] or 0) for row in rows),
            sum(row["search_keyword"] is not None for row in rows),
        )
    ]
    assert shop.rows("select distinct gender from int_clv__customers_cleaned")


def publish(shop: Shop, rows: list[Row]) -> list[dict[str, Any]]:
    """Run everything on snapshots alone and return the predictions."""
    shop.deliver(customer_snapshots=rows)
    build = shop.build(("*",), **QUICKLY)
    assert build.success, build.messages
    return shop.records("from clv_predictions")


def test_snapshots_alone_become_predictions_of_a_network(shop: Shop):
    rows = snapshots(count_customers=120)
    predictions = publish(shop, rows)
    assert {row["customer_id"] for row in predictions} == {
        row["customer_id"] for row in rows
    }
    assert {row["fallback_reason"] for row in predictions} == {None}
    amounts = [row["predicted_clv"] for row in predictions]
    assert 0 <= min(amounts) < max(amounts)


@pytest.mark.parametrize("days", [1, 90])
def test_one_row_per_customer_ends_in_flagged_predictions(
    open_shop: Callable[[str], Shop], days: int
):
    rows = [snapshot(customer, customer % days) for customer in range(60)]
    predictions = publish(open_shop(f"one_row_in_{days}_days"), rows)
    assert len(predictions) == len(rows)
    for row in predictions:
        assert row["data_quality_flag"] == "fallback"
        assert "needed. Received" in row["fallback_reason"]
        assert row["predicted_clv"] > 0
    # a rate per year and more, over 60 days: less than all that is known to be spent
    spent = sum(float(row["purchase_amount"] or 0) for row in rows)
    assert sum(row["predicted_clv"] for row in predictions) < spent


def from_contract(title: str) -> str:
    """Return the query of an adapter view that the input contract shows."""
    text = CONTRACT.read_text().split(f"-- models/{title}.sql")[1]
    query = text.split("\n", 1)[1].split("```")[0]
    return re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"delivered.\1", query)


def deliver_through(shop: Shop, view: str, table: str, rows: list[dict]) -> None:
    """Deliver rows with names of the shop's own through an adapter view."""
    shop.deliver(customer_snapshots=[])
    values = ", ".join(str(tuple(row.values())) for row in rows)
    names = ", ".join(f'"{name}"' for name in rows[0])
    shop.execute(
        f"create or replace table delivered.{table} as"
        f" select * from (values {values}) as t({names})"
    )
    shop.execute(
        "create or replace table delivered.customer_snapshots as " + from_contract(view)
    )


NAMES = "客户编号 日期 年龄 性别 购买频次 购买金额 浏览页数 搜索关键词".split()


def test_columns_in_chinese_are_mapped_as_the_contract_shows(shop: Shop):
    rows = [
        ("甲", "2024-03-01", 34, "女", 2, 59.90, 12, "优惠"),
        ("甲", "2024-03-08", 34, "女", 0, 0, 3, ""),
        ("乙", "2024-03-02", 51, "男", 1, 20, 0, "客服"),
    ]
    named = [dict(zip(NAMES, row, strict=True)) for row in rows]
    deliver_through(shop, "clv_input_customer_snapshots", "daily_customers", named)
    build = shop.build(clv_reporting_currency="CNY")
    assert build.success, build.messages
    assert shop.lost() == [] and shop.quarantined() == []
    assert shop.rows(
        "select customer_id, count_orders, net_amount, frequency, count_page_views,"
        " count_price_searches, count_service_searches from fea_clv__customer_behaviour"
        " where as_of_date = date '2024-03-09' order by net_amount"
    ) == [("乙", 1, 20, 0, 0, 0, 1), ("甲", 2, 59.90, 0, 15, 1, 0)]
    assert shop.rows(
        "select customer_id, age, gender from int_clv__customers_cleaned order by age"
    ) == [("甲", 34, "female"), ("乙", 51, "male")]


def test_running_totals_become_differences_as_the_contract_shows(shop: Shop):
    names = ("customer", "day", "orders_so_far", "spent_so_far", "views_so_far")
    rows = [
        ("C1", "2024-01-31", 2, 30.5, 10),
        ("C1", "2024-02-29", 2, 30.5, 14),
        ("C1", "2024-03-31", 5, 90.0, 14),
    ]
    named = [dict(zip(names, row, strict=True)) for row in rows]
    deliver_through(shop, "clv_input_customer_totals", "customer_totals", named)
    assert shop.build().success
    assert shop.quarantined() == []
    assert shop.rows(
        "select cast(activity_date as varchar), count_orders, net_amount,"
        " count_page_views from int_clv__customer_periods order by activity_date"
    ) == [
        ("2024-01-31", 2, 30.5, 10),
        ("2024-02-29", 0, 0, 4),
        ("2024-03-31", 3, 59.5, 0),
    ]
