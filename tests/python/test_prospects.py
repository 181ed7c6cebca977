"""What people who have not ordered yet will do: answers worked by hand."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest
from memory_shop import (
    LABEL_DAYS,
    TODAY,
    Visitor,
    dates,
    shuffled,
    tables,
    visitors,
    with_prospects,
)

from dynamic_clv import prospects
from dynamic_clv.history.features import Facts
from dynamic_clv.prospects import ProspectModel, Watched

DAY = dt.timedelta(days=1)


def people(**numbers: Sequence[float]) -> Facts:
    """Return prospects of whom some numbers are known."""
    arrays = {name: np.array(values, float) for name, values in numbers.items()}
    count = len(next(iter(arrays.values())))
    ids = prospects.pa.array([f"prospect_{place}" for place in range(count)])
    return Facts(ids, arrays, {})


def followed(days: int, converts: int, others: int, **each: float) -> Watched:
    """Return converts who all did the same, and others who did nothing."""
    count_orders = np.repeat([each.get("orders", 1.0), 0.0], [converts, others])
    amount = each.get("amount", 0.0) * (count_orders > 0)
    return Watched(days, people(x=np.zeros(converts + others)), amount, count_orders)


def silent_or_not(silent_order: bool) -> Watched:
    """Return 100 seen yesterday and 100 silent for 200 days; one hundred orders."""
    days = np.repeat([1.0, 200.0], 100)
    orders = (days == 200.0) == silent_order
    facts = people(days_since_last_seen=days)
    return Watched(60, facts, 20.0 * orders, orders.astype(float))


def test_without_a_label_one_in_twenty_orders_within_a_year():
    model = prospects.fit([], average_order_amount=20.0)
    year = prospects.predict(model, people(x=[1, 2]), 365)
    assert year.p_order == pytest.approx([0.05, 0.05])
    assert year.amount == pytest.approx([1.0, 1.0])
    two = prospects.predict(model, people(x=[1]), 730)
    assert two.p_order == pytest.approx([1 - 0.95**2])
    assert "5% order within a year" in model.fallback_reason
    assert model.model_kind == "prospect_rate"


def test_too_few_converts_share_a_rate_that_is_shrunk_towards_one_in_twenty():
    seen = followed(365, converts=9, others=71, amount=50.0, orders=2.0)
    model = prospects.fit([seen], average_order_amount=15.0)
    assert model.rate == pytest.approx((9 + 20 * 0.05) / (80 + 20))  # one in ten
    assert model.amount_if_order == pytest.approx((9 * 50 + 5 * 15) / 14)  # 37.5
    assert model.orders_if_order == pytest.approx((9 * 2 + 5) / 14)
    found = prospects.predict(model, people(x=[0.0]), 365)
    assert found.amount == pytest.approx([3.75])
    assert model.fallback_reason == (
        "This person has not ordered yet. 9 of 80 earlier observations of prospects "
        "led to an order within 365 days: too few to tell prospects apart, so all "
        "score the same."
    )


def test_refunds_never_make_a_prospect_worth_less_than_nothing():
    seen = followed(90, converts=10, others=10, amount=-80.0)
    model = prospects.fit([seen], average_order_amount=15.0)
    assert model.amount_if_order == 0.0
    found = prospects.predict(model, people(x=[0.0]), 90)
    assert found.amount == [0.0] and (found.quantiles < 1e-6).all()


def test_a_longer_horizon_is_reached_with_a_constant_hazard():
    model = ProspectModel(100, 50, 10, rate=0.2, amount_if_order=30, orders_if_order=2)
    found = prospects.predict(model, people(x=[0.0]), 200)
    assert found.p_order == pytest.approx([0.36])  # 1 - 0.8 ** 2
    assert found.order_count == pytest.approx([0.36 * 3])  # the first, and 2 more
    assert found.amount == pytest.approx([0.36 * 45])  # 15 per order
    assert found.days_to_next_order == pytest.approx([200 * np.log(0.5) / np.log(0.64)])
    assert np.isnan([*found.p_alive, *found.btyd_amount]).all()


def test_the_middle_prospect_spends_nothing_where_most_do_not_order():
    model = ProspectModel(100, 50, 10, rate=0.2, amount_if_order=30, orders_if_order=1)
    [(p10, median, p90)] = prospects.predict(model, people(x=[0.0]), 100).quantiles
    assert p10 == median == 0 < p90


@pytest.mark.parametrize("silent_order", [False, True])
def test_who_browsed_yesterday_scores_above_the_silent_if_the_past_says_so(
    silent_order,
):
    model = prospects.fit([silent_or_not(silent_order)], average_order_amount=20.0)
    asked = people(days_since_last_seen=[1.0, 200.0])
    yesterday, silent = prospects.predict(model, asked, 60).amount
    assert (silent > 2 * yesterday) if silent_order else (yesterday > 2 * silent)
    assert model.model_kind == "prospect_conversion"
    assert "100 of 200 earlier observations" in model.fallback_reason


def test_expected_orders_of_the_past_add_up_to_those_that_came():
    dice = np.random.default_rng(3)
    views = dice.exponential(10.0, 500)
    orders = (dice.uniform(size=500) < views / (views + 20)).astype(float)
    seen = Watched(60, people(views=views), orders * 10, orders)
    model = prospects.fit([seen], average_order_amount=10.0)
    chances = prospects.chance(model, seen.facts)
    assert chances.sum() == pytest.approx(orders.sum(), rel=1e-3)
    assert np.corrcoef(chances, views)[0, 1] > 0.7


def test_the_longest_horizon_that_can_tell_prospects_apart_is_learned_from():
    few, enough = followed(365, 29, 500), followed(180, 30, 500)
    short = followed(90, 200, 500)
    assert prospects.fit([few, enough, short], 20.0).label_horizon_days == 180
    assert prospects.fit([few, followed(90, 3, 500)], 20.0).label_horizon_days == 365
    nobody = followed(730, 0, 0)
    assert prospects.fit([nobody, enough], 20.0).label_horizon_days == 180


def test_a_model_read_from_its_text_predicts_the_same():
    model = prospects.fit([silent_or_not(False)], average_order_amount=20.0)
    again = ProspectModel.from_json(model.to_json())
    assert again == model
    asked = people(days_since_last_seen=[3.0, np.nan])
    one, two = (prospects.predict(m, asked, 90).amount for m in (model, again))
    assert one.tolist() == two.tolist() and np.isfinite(one).all()


def test_rows_and_labels_meet_by_customer_and_cut_off():
    test = TODAY - LABEL_DAYS * DAY
    late = Visitor("late", test - 1 * DAY, ordered=TODAY - DAY, amount=7.0)
    early = Visitor("early", test - 90 * DAY, ordered=test - 80 * DAY, count_orders=2)
    shop = with_prospects(tables([], dates()), [late, early])
    [seen] = prospects.watched(shop.prospects, shop.prospect_labels)
    assert seen.horizon_days == LABEL_DAYS
    ids = np.array(seen.facts.customer_ids.to_pylist())
    [at_test] = np.flatnonzero(ids == "late")  # at older cut-offs nobody had seen them
    assert (seen.amount[at_test], seen.count_orders[at_test]) == (7.0, 1)
    assert seen.facts.numbers["days_since_last_seen"][at_test] == 1
    assert set(seen.count_orders[ids == "early"]) == {2}


def test_row_order_changes_nothing():
    shop = with_prospects(tables([], dates()), visitors(300))
    once, again = (
        prospects.fit(prospects.watched(s.prospects, s.prospect_labels), 20.0)
        for s in (shop, shuffled(shop))
    )
    assert once.scaler is not None and once == again
