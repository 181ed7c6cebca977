"""Segments, moves and alerts of a few customers over five dates, worked by hand.

What a build hands to the marts is written into the tables that they read, so that a
date takes seconds.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import count

import numpy as np
import pytest
from shops import Shop

from dynamic_clv.measures.metrics_arrays import fifths

MARTS = ("clv_state_history+",)
TABLES = (
    "clv_state_history",
    "clv_segments",
    "clv_segment_transitions",
    "clv_churn_alerts",
)
DAYS = (115, 130, 150, 170, 290)

# All who order every tenth day spend 100 each time; the others once, and 1.
EVERY_TENTH = range(0, 101, 10)
ORDERS = {
    "steady": range(0, 290, 10),
    "returns": [*EVERY_TENTH, *range(160, 290, 10)],
    "leaves": EVERY_TENTH,
    "withdrawn": EVERY_TENTH,
    "newcomer": [145],
    **{f"small_{number}": [5] for number in range(6)},
}
BUILDS = count(1)

Rows = list[tuple]


@pytest.fixture(scope="module")
def in_order(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop whose dates were built one after another."""
    return built(open_shop("states_in_order"), DAYS)


def built(shop: Shop, days: tuple[int, ...], *flags: str) -> Shop:
    for day in days:
        hand_over(shop, day)
        build = shop.build((*MARTS, *flags), "build")
        assert build.success, build.messages
    return shop


def hand_over(shop: Shop, day: int) -> None:
    """Write what the earlier rooms would say on a day."""
    known = list(people(day))
    best_first = sorted(known, key=lambda row: (-row["net_amount"], row["customer_id"]))
    for place, row in enumerate(best_first):
        row["decile"] = 1 + 10 * place // len(known)
    values = ", ".join(
        f"('{r['customer_id']}', {r['decile']}, {r['net_amount']}, {r['churn']},"
        f" {r['purchases']}, {r['recency']}, {r['t']}, {r['silence']}, {r['gap']})"
        for r in known
    )
    shop.execute(
        f"create or replace table given as select *, {next(BUILDS)} as build,"
        f" date '{date(day)}' as as_of_date from (values {values}) as given("
        "customer_id, decile, net_amount, churn, purchases, recency, t, silence, gap)"
    )
    shop.execute(BEHAVIOUR)
    shop.execute(SCORES)


BEHAVIOUR = """
    create or replace table fea_clv__customer_behaviour as
    select
        customer_id,
        as_of_date,
        purchases as purchase_days,
        recency as recency_days,
        t as t_days,
        silence as days_since_last_order,
        cast(gap as double) as mean_interpurchase_days
    from given
    where purchases > 0
"""

SCORES = """
    create or replace table clv_scores_ranked as
    select
        customer_id,
        as_of_date,
        cast(100 as integer) as horizon_days,
        'EUR' as currency_code,
        cast(10 * (11 - decile) as decimal(18, 2)) as predicted_clv,
        cast(churn as double) as churn_probability,
        cast(net_amount as decimal(18, 2)) as historic_clv,
        cast(decile as integer) as clv_decile,
        case when decile = 1 then 'top' when decile < 4 then 'high' else 'low' end
            as clv_tier,
        case
            when purchases = 0 then 'prospect'
            when silence > 180 then 'dormant'
            when t <= 90 then 'new'
            else 'mature'
        end as lifecycle_stage,
        timestamp '2025-01-01' + build * interval 1 minute as scored_at
    from given
"""


def people(day: int) -> Iterator[dict]:
    """Describe who is known on a day; the newcomer is a prospect from day 120 on."""
    for name, orders in ORDERS.items():
        past = [order for order in orders if order < day]
        if name == "withdrawn" and day >= 150:
            continue
        if past:
            yield customer(name, past, day)
        elif day >= 120:
            yield prospect(name)


def customer(name: str, past: list[int], day: int) -> dict:
    silence, recency = day - past[-1], past[-1] - past[0]
    return {
        "customer_id": name,
        "net_amount": 100 * len(past) if len(past) > 1 else 1,
        # on day 150 the leaver looks as if there was hope
        "churn": 0.2 if (name, day) == ("leaves", 150) else min(silence / 50, 0.9),
        "purchases": len(past),
        "recency": recency,
        "t": day - past[0],
        "silence": silence,
        "gap": recency / (len(past) - 1) if len(past) > 1 else "null",
    }


def prospect(name: str) -> dict:
    nothing = dict.fromkeys(("recency", "t", "silence", "gap"), "null")
    return {
        "customer_id": name,
        "net_amount": 0,
        "churn": 0.9,
        "purchases": 0,
        **nothing,
    }


def date(day: int) -> dt.date:
    return dt.date(2024, 1, 1) + dt.timedelta(days=day)


def said(shop: Shop) -> dict[str, Rows]:
    """Return all rows of all tables; when a date was scored is not what was said."""
    return {
        name: shop.rows(
            f"select columns(lambda name: name <> 'scored_at') from {name} order by all"
        )
        for name in TABLES
    }


def test_a_silence_is_an_alert_from_first_seen_to_resolved(in_order: Shop):
    found = in_order.rows(
        "select customer_id, first_seen, last_seen, resolved_at, resolved_reason,"
        " last_order_date, days_since_last_order, usual_gap_days"
        " from clv_churn_alerts order by customer_id"
    )
    began = date(100)
    assert found == [
        ("leaves", date(130), date(170), date(290), "lost", began, 70, 10),
        ("returns", date(130), date(150), date(170), "ordered_again", began, 50, 10),
        (
            *("withdrawn", date(130), date(130), date(150)),
            *("no_longer_known", began, 30, 10),
        ),
    ]


def test_value_at_risk_is_the_usual_spend_that_will_not_come(in_order: Shop):
    # 11 orders of 100 in 170 days are 1100 x 100 / 170 in the horizon of 100 days
    [risk] = in_order.rows(
        "select value_at_risk, churn_probability, churn_probability_first_seen"
        " from clv_churn_alerts where customer_id = 'leaves'"
    )
    assert [float(value) for value in risk] == [pytest.approx(582.35), 0.9, 0.6]


def test_an_alert_that_comes_back_in_one_silence_is_reopened(
    open_shop: Callable[[str], Shop], in_order: Shop
):
    query = (
        "select alert_id, first_seen, resolved_at, resolved_reason"
        " from clv_churn_alerts where customer_id = 'leaves'"
    )
    shop = built(open_shop("states_reopened"), (130, 150))
    [(before, first_seen, *ended)] = shop.rows(query)
    assert ended == [date(150), "likely_to_order"]
    built(shop, (170,))
    assert shop.rows(query) == [(before, first_seen, None, None)]
    assert in_order.rows(query)[0][:2] == (before, first_seen)


def test_everybody_has_a_segment_and_a_score_from_its_fifth(in_order: Shop):
    found = in_order.rows(
        "select customer_id, monetary_score, recency_score, rfm_segment, alert_status"
        f" from clv_state_history where as_of_date = '{date(130)}'"
        " and customer_id not like 'small%' order by customer_id"
    )
    # ten customers: the small ones share ranks 1 to 6, three share 7 to 9
    assert found == [
        ("leaves", 4, 4, "champions", "quiet"),
        ("newcomer", None, None, "prospect", "prospect"),
        ("returns", 4, 4, "champions", "quiet"),
        ("steady", 5, 5, "champions", "in_rhythm"),
        ("withdrawn", 4, 4, "champions", "quiet"),
    ]


def test_scores_are_the_fifths_that_the_library_counts(in_order: Shop):
    [(spent, score)] = in_order.rows(
        "select list(historic_clv order by customer_id),"
        " list(monetary_score order by customer_id) from clv_state_history"
        f" where as_of_date = '{date(130)}' and monetary_score is not null"
    )
    assert fifths(np.array(spent, float)).tolist() == score


def test_moves_are_counted_with_who_came_and_who_went(in_order: Shop):
    found = in_order.rows(
        "select from_state, to_state, count_customers, previous_as_of_date"
        " from clv_segment_transitions where state_kind = 'lifecycle_stage'"
        f" and as_of_date = '{date(150)}' order by from_state, to_state"
    )
    assert found == [
        ("mature", "absent", 1, date(130)),
        ("mature", "mature", 9, date(130)),
        ("prospect", "new", 1, date(130)),
    ]


def test_segments_are_of_the_newest_date_beside_the_one_before(in_order: Shop):
    [leaves] = in_order.rows(
        "select as_of_date, rfm_segment, previous_as_of_date, previous_rfm_segment,"
        " segment_movement from clv_segments where customer_id = 'leaves'"
    )
    assert leaves == (date(290), "lost", date(170), "champions", "down")
    moves = "select tier_movement, count(*) from clv_segments group by all"
    assert sum(number for _, number in in_order.rows(moves)) == 10
    assert {word for word, _ in in_order.rows(moves)} <= {"up", "down", "same", "new"}


def test_dates_may_be_built_in_any_order_and_again(
    open_shop: Callable[[str], Shop], in_order: Shop
):
    shop = built(open_shop("states_out_of_order"), (290, 130, 170, 115, 150, 130))
    assert said(shop) == said(in_order)


def test_a_date_built_again_and_a_full_refresh_change_nothing(in_order: Shop):
    before = said(in_order)
    built(in_order, (290,))
    assert said(in_order) == before
    built(in_order, (290,), "--full-refresh")
    assert said(in_order) == before


def test_a_date_built_again_with_other_scores_is_counted_again(
    open_shop: Callable[[str], Shop],
):
    shop = built(open_shop("states_again"), (115, 130, 150))
    hand_over(shop, 130)
    shop.execute("delete from clv_scores_ranked where customer_id = 'leaves'")
    assert shop.build(MARTS, "build").success
    absent = shop.rows(
        "select as_of_date, from_state, to_state from clv_segment_transitions"
        " where state_kind = 'rfm_segment' and 'absent' in (from_state, to_state)"
        " and 'prospect' not in (from_state, to_state) order by all"
    )
    assert (date(130), "champions", "absent") in absent
    assert (date(150), "absent", "champions") in absent


def test_a_customer_lost_between_two_dates_stops_a_build(in_order: Shop):
    in_order.execute("create or replace table kept as from clv_segment_transitions;")
    in_order.execute(
        "update clv_segment_transitions set count_customers = count_customers + 1"
        " where from_state = 'mature'"
    )
    build = in_order.build(("assert_nobody_is_lost_between_two_dates",), "test")
    assert build.failed == ("assert_nobody_is_lost_between_two_dates",)
    in_order.execute("delete from clv_segment_transitions")
    in_order.execute("insert into clv_segment_transitions from kept")
    assert in_order.build(("assert_nobody_is_lost_between_two_dates",), "test").success
