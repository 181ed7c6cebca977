"""The demo shop is the same every time, plausible, dirty, and worth learning from."""

import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from dynamic_clv.demo_shop import write_shop
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
def orders(shop: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return placed orders whose customer, date and amount can be read."""
    table = shop["raw_orders"].drop_duplicates("order_id")
    is_clean = (
        (table["order_type"] == "order")
        & (table["customer_id"] != "")
        & _is_date(table["ordered_at"])
        & table["amount"].str.fullmatch(r"\d+\.\d\d")
    )
    table = table[is_clean]
    moment = pd.to_datetime(table["ordered_at"])
    return table.assign(ordered_at=moment, amount=table["amount"].astype(float))


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


def _area_under_curve(happened: pd.Series, score: pd.Series) -> float:
    ranks = score.rank()
    count = happened.sum()
    pairs = count * (len(happened) - count)
    return (ranks[happened].sum() - count * (count + 1) / 2) / pairs


# the same every time


def test_the_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_shop(tmp_path / name, customers=300, seed=5)
    for name in COLUMNS:
        first = (tmp_path / "first" / f"{name}.csv").read_bytes()
        assert first == (tmp_path / "second" / f"{name}.csv").read_bytes(), name


def test_another_seed_writes_another_shop(tmp_path: Path) -> None:
    write_shop(tmp_path / "first", customers=50, seed=1)
    write_shop(tmp_path / "second", customers=50, seed=2)
    first = (tmp_path / "first" / "raw_orders.csv").read_bytes()
    assert first != (tmp_path / "second" / "raw_orders.csv").read_bytes()


def test_the_committed_seeds_are_what_the_generator_writes(tmp_path: Path) -> None:
    write_shop(tmp_path)
    for name in COLUMNS:
        written = (tmp_path / f"{name}.csv").read_bytes()
        assert written == (SEEDS / f"{name}.csv").read_bytes(), name


def test_the_committed_seeds_stay_below_six_megabytes() -> None:
    assert sum(path.stat().st_size for path in SEEDS.glob("*.csv")) <= 6_000_000


def test_every_file_has_its_columns_and_one_kind_of_line_end(
    shop: dict[str, pd.DataFrame],
) -> None:
    for name, columns in COLUMNS.items():
        assert tuple(shop[name].columns) == columns
        assert b"\r" not in (SEEDS / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("customers", [1, 2, 20])
def test_a_tiny_shop_can_be_written(tmp_path: Path, customers: int) -> None:
    assert write_shop(tmp_path, customers)["raw_orders"] > 0


def test_a_shop_of_several_blocks_never_uses_an_id_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dynamic_clv.demo_shop.shop.BLOCK_CUSTOMERS", 100)
    write_shop(tmp_path, customers=250)
    table = pd.read_csv(tmp_path / "raw_orders.csv", dtype=str, keep_default_na=False)
    placed = table[table["order_type"] == "order"]
    copies = placed.duplicated("order_id", keep=False)
    moments = placed[copies].groupby("order_id")["ordered_at"].nunique()
    assert moments.max() == 1  # the only repeats are the repeats made on purpose
    assert copies.mean() < 0.1


# plausible


def test_there_are_about_two_thousand_customers_over_two_years(
    shop: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    assert 1900 <= shop["raw_customers"]["customer_id"].nunique() <= 2100
    assert orders["ordered_at"].min() < pd.Timestamp("2023-01-08")
    assert orders["ordered_at"].max() >= pd.Timestamp("2024-12-31")
    assert orders["ordered_at"].max() < pd.Timestamp("2025-01-01")


def test_most_buyers_order_only_once(orders: pd.DataFrame) -> None:
    share = (orders.groupby("customer_id").size() == 1).mean()
    assert 0.55 <= share <= 0.60


def test_some_customers_sign_up_and_never_order(
    shop: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    signed_up = set(shop["raw_customers"]["customer_id"])
    browsing = set(shop["raw_events"]["customer_id"])
    only_browse = (signed_up & browsing) - set(orders["customer_id"])
    assert len(only_browse) > 100


def test_a_tenth_of_the_buyers_hold_more_than_two_fifths_of_the_revenue(
    orders: pd.DataFrame,
) -> None:
    revenue = orders.groupby("customer_id")["amount"].sum().sort_values()
    assert revenue.tail(len(revenue) // 10).sum() > 0.4 * revenue.sum()


def test_december_is_crowded_and_summer_is_quiet(orders: pd.DataFrame) -> None:
    in_2024 = orders[orders["ordered_at"].dt.year == 2024]
    months = in_2024.groupby(in_2024["ordered_at"].dt.month).size()
    assert months[[11, 12]].mean() > 1.25 * months.mean()
    assert months[[7, 8]].mean() < 0.9 * months.mean()


def test_bought_customers_come_back_less_often_than_recommended_ones(
    shop: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    people = shop["raw_customers"].drop_duplicates("customer_id")
    channels = people.set_index("customer_id")["acquisition_channel"]
    counts = orders.groupby("customer_id").size()
    returned = (counts > 1).groupby(channels.reindex(counts.index)).mean()
    assert returned["referral"] > returned["organic"] > returned["affiliate"]


def test_clean_lines_add_up_to_their_order(shop: dict[str, pd.DataFrame]) -> None:
    lines = shop["raw_order_lines"].drop_duplicates(["order_id", "line_number"])
    price = pd.to_numeric(lines["unit_price"], errors="coerce")
    sums = (price * pd.to_numeric(lines["quantity"], errors="coerce")).groupby(
        lines["order_id"]
    )
    placed = shop["raw_orders"].drop_duplicates("order_id").set_index("order_id")
    amount = pd.to_numeric(placed["amount"], errors="coerce")
    difference = (sums.sum() - amount.reindex(sums.sum().index)).abs()
    assert (difference < 0.005).mean() > 0.99


def test_a_refund_follows_its_order_and_gives_back_no_more_than_was_paid(
    shop: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    table = shop["raw_orders"].drop_duplicates("order_id")
    back = table[table["order_type"].isin(["refund", "cancellation"])]
    back = back[_is_date(back["ordered_at"])]
    pairs = back.merge(
        orders, left_on="refunded_order_id", right_on="order_id", suffixes=("", "_paid")
    )
    assert len(pairs) > 300
    assert (pd.to_datetime(pairs["ordered_at"]) > pairs["ordered_at_paid"]).all()
    paid = pairs["amount_paid"] - pd.to_numeric(
        pairs["discount_amount_paid"], errors="coerce"
    )
    given_back = pd.to_numeric(pairs["amount"], errors="coerce")
    readable = paid.notna() & given_back.notna()
    assert (given_back <= paid + 0.005)[readable].all()


def test_the_dollar_has_a_rate_every_week(shop: dict[str, pd.DataFrame]) -> None:
    rates = shop["raw_exchange_rates"]
    dates = pd.to_datetime(rates["rate_date"].drop_duplicates()).tolist()
    assert all((later - earlier).days == 7 for earlier, later in pairwise(dates))
    assert 0.01 < (shop["raw_orders"]["currency_code"] == "USD").mean() < 0.2


# worth learning from


def test_nothing_hidden_is_written() -> None:
    hidden = re.compile("leave|interest|fade|whale|taste|rate$|lifetime")
    names = {column for columns in COLUMNS.values() for column in columns}
    assert not [name for name in names if hidden.search(name)]


@pytest.mark.parametrize("cut_off", ["2024-01-01", "2024-04-01", "2024-07-02"])
def test_page_views_foreshadow_orders_beyond_recency(
    orders: pd.DataFrame, views: pd.DataFrame, cut_off: str
) -> None:
    today = pd.Timestamp(cut_off)
    last = orders[orders["ordered_at"] < today].groupby("customer_id")["ordered_at"]
    silent_days = (today - last.max()).dt.days
    soon = orders["ordered_at"].between(today, today + pd.Timedelta(days=90))
    returns = silent_days.index.isin(orders.loc[soon, "customer_id"])
    is_recent = views["occurred_at"].between(today - pd.Timedelta(days=30), today)
    seen = views[is_recent].groupby("customer_id").size()
    seen = seen.reindex(silent_days.index, fill_value=0)
    groups = pd.qcut(silent_days, 4, labels=False, duplicates="drop")
    for _, members in seen.groupby(groups):
        happened = pd.Series(returns, silent_days.index)[members.index]
        assert 0.55 < _area_under_curve(happened, members) < 0.95


def test_looking_for_the_exit_foreshadows_leaving(
    shop: dict[str, pd.DataFrame], orders: pd.DataFrame
) -> None:
    events = shop["raw_events"]
    searches = events[
        _is_date(events["occurred_at"]) & (events["search_keyword"] != "")
    ]
    moment = pd.to_datetime(searches["occurred_at"])
    exits = ["cancel account", "unsubscribe", "return policy"]
    returned: dict[bool, list[bool]] = {True: [], False: []}
    for today in pd.to_datetime(["2023-10-01", "2024-01-01", "2024-04-01"]):
        later = set(orders.loc[orders["ordered_at"] > today, "customer_id"])
        recent = searches[moment.between(today - pd.Timedelta(days=45), today)]
        for customer, keywords in recent.groupby("customer_id")["search_keyword"]:
            returned[keywords.isin(exits).any()].append(customer in later)
    assert np.mean(returned[True]) < 0.75 * np.mean(returned[False])


def test_searches_hint_at_the_category_that_is_bought(
    shop: dict[str, pd.DataFrame],
) -> None:
    lines = shop["raw_order_lines"].merge(shop["raw_orders"], on="order_id")
    lamps = lines[lines["category"] == "lamp"].groupby("customer_id").size()
    events = shop["raw_events"]
    is_search = events["search_keyword"].isin(["lamp", "desk lamp", "floor lamp"])
    searches = events[is_search].groupby("customer_id").size()
    people = lines["customer_id"].unique()
    both = [table.reindex(people, fill_value=0) for table in (lamps, searches)]
    assert spearmanr(*both).statistic > 0.15
