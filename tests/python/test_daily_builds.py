"""Day after day: what is kept, what is cleaned again, and that it is all the same."""

import datetime as dt
from collections.abc import Callable

import lively_shop
import pytest
from shops import Shop

LEARN_QUICKLY = {
    "clv_horizon_days": 60,
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 1000,
    "clv_late_days": 6,
}

# What is kept from one build to the next, and what is made of it.
KEPT = (
    "int_clv__events_screened",
    "int_clv__event_days",
    "int_clv__customer_periods",
    "int_clv__customers_cleaned",
    "int_clv__quarantine",
    "int_clv__reconciliation",
)

ROOMS = ("+int_clv__reconciliation", "+int_clv__customer_periods")

OF_TODAY = (
    "fea_clv__customer_behaviour",
    "fea_clv__customer_profile",
    "fea_clv__customer_windows",
    "fea_clv__prospects",
)

DATES = {
    "orders": "ordered_at",
    "events": "occurred_at",
    "touches": "touched_at",
    "customers": "signed_up_at",
    "referrals": "referred_at",
}

FIRST_DAY, LAST_DAY = 270, 274
DAYS = range(FIRST_DAY, LAST_DAY + 1)

Row = dict[str, str | None]
Inputs = dict[str, list[Row]]


def delivered_by(day: int) -> Inputs:
    """Return what the shop has delivered by a day, some of it late or yet wrong."""
    every = lively_shop.with_prospects(lively_shop.delivered(count_customers=60))
    del every["customer_snapshots"]
    inputs = {
        name: [row for row in rows if (row[DATES[name]] or "") < text]
        if name in DATES
        else rows
        for text in [lively_shop.day_text(day)]
        for name, rows in every.items()
    }
    events = [
        new
        for number, row in enumerate(every["events"])
        if _age(row, day) > 0
        for new in _told(number, row, _age(row, day))
    ]
    # a robot, a row without a date, one from the future and a repeat
    robot = {"customer_id": "robot", "event_type": "page_view"}
    hour = f"{lively_shop.day_text(day - 2)} 03"
    events += [
        {**robot, "occurred_at": f"{hour}:{n // 60:02}:{n % 60:02}"} for n in range(202)
    ]
    events += [{**robot, "occurred_at": None}, {**robot, "occurred_at": "2999-01-01"}]
    return {**inputs, "events": [*events, dict(events[-3])]}


def _age(row: Row, day: int) -> int:
    happened = dt.date.fromisoformat((row["occurred_at"] or "")[:10])
    return (dt.date.fromisoformat(lively_shop.day_text(day)) - happened).days


def _told(number: int, row: Row, age: int) -> list[Row]:
    """Return an event as the shop tells of it so many days later."""
    if number % 5 == 0 and age <= 3:
        return []  # not yet delivered
    if number % 5 == 1 and age <= 3:
        return [{**row, "event_type": "share"}]  # corrected later
    if number % 5 == 2 and age > 3:
        return []  # withdrawn
    return [row]


@pytest.fixture(scope="module")
def daily(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop that was built on five days in a row, with one model."""
    shop = open_shop("daily")
    shop.vars |= LEARN_QUICKLY
    for day in DAYS:
        shop.deliver(**delivered_by(day))
        date = lively_shop.day_text(day)
        build = shop.build(("+clv_prediction_history",), clv_as_of_date=date)
        assert build.success, build.messages
        assert "cleaned again" not in build.messages
        assert shop.lost() == []
        shop.execute(f"create table scores_{day} as from ml_clv__scores")
        for name in OF_TODAY:
            shop.execute(f"create table {name}_{day} as {_today(name, date)}")
    return shop


def _today(name: str, date: str) -> str:
    return f"from {name}" + (
        "" if name.endswith("windows") else f" where as_of_date = '{date}'"
    )


def both_ways(shop: Shop, one: str, other: str) -> list[tuple]:
    """Return the rows that one query gives and the other does not."""
    return shop.rows(
        f"((from ({one})) except all (from ({other}))) union all"
        f" ((from ({other})) except all (from ({one})))"
    )


def test_history_has_one_row_per_customer_and_date(daily: Shop):
    for day in DAYS:
        date = lively_shop.day_text(day)
        history = f"from clv_prediction_history where as_of_date = '{date}'"
        said = daily.rows(f"select customer_id {history}")
        scored = daily.rows(f"select customer_id from scores_{day}")
        assert sorted(said) == sorted(scored)
    [(dates, rows)] = daily.rows(
        "select count(distinct as_of_date), count(*) from clv_prediction_history"
    )
    assert dates == len(DAYS) and rows > 5 * 60
    assert (
        len(daily.rows("from ml_clv__trained_models where purpose = 'published'")) == 1
    )


def test_each_day_says_what_a_build_from_scratch_says(
    daily: Shop, open_shop: Callable[[str], Shop]
):
    """The model of the first day is carried over; a refresh scores with it."""
    for day in (FIRST_DAY + 2, LAST_DAY):
        date = lively_shop.day_text(day)
        scratch = open_shop(f"scratch_{day}")
        scratch.vars |= LEARN_QUICKLY
        scratch.deliver(**delivered_by(day))
        for name in ("ml_clv__trained_models", "ml_clv__promotions"):
            scratch.execute(
                f"attach if not exists '{daily.database}' as daily;"
                f"create table {name} as from daily.{name}"
            )
        build = scratch.build(("tag:clv_refresh",), clv_as_of_date=date)
        assert build.success, build.messages
        for name in OF_TODAY:
            kept = daily.rows(f"from {name}_{day} order by all")
            assert scratch.rows(f"{_today(name, date)} order by all") == kept, name
        columns = (
            "select customer_id, model_version, predicted_clv, predicted_order_count,"
            " churn_probability, coalesce(p_alive, -1)"
        )
        kept = daily.rows(f"{columns} from scores_{day} order by 1")
        fresh = scratch.rows(f"{columns} from ml_clv__scores order by 1")
        assert [row[:2] for row in fresh] == [row[:2] for row in kept]
        for one, other in zip(fresh, kept, strict=True):
            assert one[2:] == pytest.approx(other[2:], rel=1e-6, abs=1e-6)

        learning = scratch.build(("ml_clv__trained_models",), clv_as_of_date=date)
        assert not learning.success
        assert "those of today only, as the last build was a refresh" in (
            learning.messages
        )


def test_a_full_refresh_gives_the_tables_that_the_days_gave(daily: Shop):
    for name in KEPT:
        daily.execute(f"create or replace table kept_{name} as from {name}")
    build = daily.build((*ROOMS, "--full-refresh"))
    assert build.success, build.messages
    for name in KEPT:
        without = " exclude (settings_hash)" if name.endswith("event_days") else ""
        columns = f"select *{without} from"
        assert both_ways(daily, f"{columns} {name}", f"{columns} kept_{name}") == []
    assert daily.rows("select reason from int_clv__events_window") == [
        ("a full refresh was asked for",)
    ]


def test_a_clock_that_goes_back_knows_nothing_of_what_it_has_seen(
    daily: Shop, open_shop: Callable[[str], Shop]
):
    date = lively_shop.day_text(FIRST_DAY)
    fresh = open_shop("clock_back")
    fresh.vars |= LEARN_QUICKLY
    fresh.deliver(**delivered_by(LAST_DAY))
    features = tuple(f"+{name}" for name in OF_TODAY)
    for shop in (daily, fresh):
        build = shop.build(features, clv_as_of_date=date)
        assert build.success, build.messages
    for name in OF_TODAY:
        rows = f"from {name} order by all"
        assert daily.rows(rows) == fresh.rows(rows), name


@pytest.fixture(scope="module")
def changing(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop of which something else changes in every test."""
    shop = open_shop("changing")
    shop.vars |= LEARN_QUICKLY
    shop.deliver(**delivered_by(FIRST_DAY))
    assert shop.build(ROOMS).success
    return shop


def test_a_refresh_without_a_model_says_what_to_do(changing: Shop):
    build = changing.build(("tag:clv_refresh",))
    assert not build.success
    assert "Run `dbt build` once: it trains one." in build.messages
    assert build.failed == ()


def test_only_late_days_are_cleaned_again(changing: Shop):
    changing.execute("update int_clv__event_days set count_shares = 1000000")
    build = changing.build(ROOMS)
    assert build.success and "cleaned again" not in build.messages
    [(since,)] = changing.rows("select since_date from int_clv__events_window")
    newest = changing.rows("select max(event_date) from int_clv__event_days")[0][0]
    assert (newest - since).days == LEARN_QUICKLY["clv_late_days"]
    kept = changing.rows(
        "select max(event_date), min(event_date) from int_clv__event_days"
        " where count_shares = 1000000"
    )
    assert kept[0][0] < since
    assert changing.build((*ROOMS, "--full-refresh")).success


def test_another_setting_leaves_no_stale_row(
    changing: Shop, open_shop: Callable[[str], Shop]
):
    """The robot is a person where more events are allowed in an hour."""
    build = changing.build(ROOMS, clv_bot_events_per_hour=1000)
    assert build.success, build.messages
    assert "cleaned again: settings, inputs or code have changed" in build.messages
    fresh = open_shop("fresh")
    fresh.vars |= LEARN_QUICKLY
    fresh.deliver(**delivered_by(FIRST_DAY))
    assert fresh.build(ROOMS, clv_bot_events_per_hour=1000).success
    for name in KEPT:
        assert changing.table(name) == fresh.table(name), name
    robots = "from int_clv__event_days where customer_id = 'robot'"
    assert len(changing.rows(robots)) == 1


def test_rows_older_than_late_ones_may_be_are_missed_and_cleaned_again(changing: Shop):
    assert changing.build(ROOMS).success
    inputs = delivered_by(FIRST_DAY)
    inputs["events"] = inputs["events"][1:]
    changing.deliver(**inputs)
    build = changing.build(ROOMS)
    assert build.success, build.messages
    assert "clv: all events are cleaned again: before" in build.messages
    assert changing.lost() == []
    kept = {name: changing.table(name) for name in KEPT}
    assert changing.build((*ROOMS, "--full-refresh")).success
    for name in KEPT:
        assert changing.table(name) == kept[name], name


def test_an_empty_build_leaves_cleaned_events_alone(changing: Shop):
    """As `dbt build --empty` does, which tries the SQL on no rows."""
    changing.deliver(**delivered_by(FIRST_DAY))
    assert changing.build((*ROOMS, "--full-refresh")).success
    before = {name: changing.table(name) for name in KEPT}
    for _ in range(2):
        build = changing.build((*ROOMS, "--empty"))
        assert build.success, build.messages
        for name in ("int_clv__events_screened", "int_clv__event_days"):
            assert changing.table(name) == before[name], name
    assert changing.rows("from int_clv__customers_cleaned") == []
    build = changing.build(ROOMS)
    assert build.success and "cleaned again" not in build.messages
    for name in KEPT:
        assert changing.table(name) == before[name], name
