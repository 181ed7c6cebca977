"""Each fault of the demo shop is there, and stays rare."""

from pathlib import Path

import pandas as pd
import pytest

from dynamic_clv.demo_shop.tables import COLUMNS

SEEDS = Path(__file__).parents[2] / "seeds"
CLOCK = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
FUTURE = "2999-12-31 00:00:00"


@pytest.fixture(scope="module")
def shop() -> dict[str, pd.DataFrame]:
    """Return the committed seeds as text."""
    return {
        name: pd.read_csv(SEEDS / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in COLUMNS
    }


@pytest.fixture(scope="module")
def views(shop: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return page views with a readable date."""
    table = shop["raw_events"].drop_duplicates("event_id")
    is_view = (table["event_type"] == "page_view") & _is_date(table["occurred_at"])
    table = table[is_view]
    return table.assign(occurred_at=pd.to_datetime(table["occurred_at"]))


def _is_date(column: pd.Series) -> pd.Series:
    in_format = column.str.fullmatch(CLOCK)
    return in_format & (column != FUTURE)


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("raw_customers", "age", ["", "-4", "999", "n/a"]),
        ("raw_customers", "gender", ["", "  Female", "f", "FEMALE", " MALE"]),
        ("raw_customers", "region", ["", "NORTH"]),
        ("raw_customers", "acquisition_channel", [""]),
        ("raw_customers", "signed_up_at", ["2024-13-45", "yesterday", "", FUTURE]),
        ("raw_orders", "ordered_at", ["2024-13-45", "yesterday", "", FUTURE]),
        ("raw_orders", "amount", ["abc", "NaN", ""]),
        ("raw_orders", "currency_code", ["XXX", "eur", " EUR"]),
        ("raw_orders", "order_type", ["test"]),
        ("raw_orders", "customer_id", [""]),
        ("raw_order_lines", "quantity", ["-1", "-2", "two"]),
        ("raw_order_lines", "unit_price", ["", "abc"]),
        ("raw_events", "customer_id", ["", "X1"]),
        ("raw_events", "event_type", ["", "PAGE_VIEW", "hover"]),
        ("raw_events", "occurred_at", ["2024-13-45", "yesterday", "", FUTURE]),
        ("raw_exchange_rates", "rate_to_reporting", ["", "n/a"]),
    ],
)
def test_each_kind_of_dirt_is_there(
    shop: dict[str, pd.DataFrame], table: str, column: str, values: list[str]
) -> None:
    assert set(values) <= set(shop[table][column])


def test_missing_attributes_are_as_common_as_promised(
    shop: dict[str, pd.DataFrame],
) -> None:
    missing = (shop["raw_customers"] == "").mean()
    assert missing["age"] == pytest.approx(0.15, abs=0.03)
    assert missing["gender"] == pytest.approx(0.10, abs=0.03)


@pytest.mark.parametrize("name", list(COLUMNS))
def test_every_file_repeats_some_rows_exactly(
    shop: dict[str, pd.DataFrame], name: str
) -> None:
    assert 0 < shop[name].duplicated().sum() < 0.02 * len(shop[name]) + 3


@pytest.mark.parametrize(
    ("name", "key"), [("raw_orders", "order_id"), ("raw_customers", "customer_id")]
)
def test_some_repeated_rows_contradict_each_other(
    shop: dict[str, pd.DataFrame], name: str, key: str
) -> None:
    assert shop[name].drop_duplicates()[key].duplicated().any()


def test_some_orders_belong_to_customers_nobody_knows(
    shop: dict[str, pd.DataFrame],
) -> None:
    known = set(shop["raw_customers"]["customer_id"])
    assert 5 < (~shop["raw_orders"]["customer_id"].isin(known)).sum() < 150


def test_a_few_bots_open_hundreds_of_pages_within_an_hour(views: pd.DataFrame) -> None:
    start = views.groupby("session_id")["occurred_at"].agg(["size", "min", "max"])
    bots = start[start["size"] > 200]
    assert 1 <= len(bots) <= 3
    assert (bots["max"] - bots["min"] <= pd.Timedelta(hours=1)).all()


def test_most_of_the_dates_are_fine(shop: dict[str, pd.DataFrame]) -> None:
    assert _is_date(shop["raw_orders"]["ordered_at"]).mean() > 0.99
    assert _is_date(shop["raw_events"]["occurred_at"]).mean() > 0.99
