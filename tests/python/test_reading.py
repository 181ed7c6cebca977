"""From the warehouse to rows to learn from, without a look ahead."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from memory_shop import (
    HORIZON_DAYS,
    LABEL_DAYS,
    TODAY,
    Order,
    orders,
    shuffled,
    tables,
)

from dynamic_clv.history import examples, reading
from dynamic_clv.history.examples import CutOff
from dynamic_clv.model import recipe

EVERYBODY = (0, 255)
STEPS = 20


def learn(shop):
    """Read all parts with their history, and fit the recipe on the training ones."""
    cuts = examples.cut_offs(shop.as_of_dates)
    parts = reading.read_labelled(shop, cuts, EVERYBODY, lambda: None)
    names = reading.channels(shop.windows)
    parts = reading.with_history(parts, shop.windows, names, STEPS, EVERYBODY)
    train = [part for part in parts if part.cut_off.role == "train"]
    return parts, recipe.fit(train, names, STEPS)


@pytest.fixture(scope="module")
def bought():
    return orders(200)


def test_labels_and_history_of_one_customer():
    friends = orders(60)
    day = TODAY - dt.timedelta(days=LABEL_DAYS)  # the test cut-off
    mine = [
        Order("a_regular", day - dt.timedelta(days=100), 10.0),
        Order("a_regular", day - dt.timedelta(days=1), 20.0),
        Order("a_regular", day, 40.0),
        Order("a_regular", day + dt.timedelta(days=LABEL_DAYS - 1), 80.0),
    ]
    parts, _ = learn(tables(friends + mine))
    part = next(part for part in parts if part.cut_off.role == "test")
    assert part.facts.customer_ids[0].as_py() == "a_regular"
    assert (part.amount[0], part.count_orders[0]) == (120, 2)
    count_orders, net_amount, existed = part.sequence[0].T
    assert np.flatnonzero(count_orders).tolist() == [STEPS - 1 - 99 // 7, STEPS - 1]
    assert net_amount.sum() == 30
    assert existed.sum() == 15  # 100 days are 14 whole weeks and a part


def test_what_happens_later_changes_nothing(bought):
    """Everything known at a cut-off stays when all that follows is different."""
    before, fitted = learn(tables(bought))
    cut = next(p.cut_off for p in before if p.cut_off.role == "validation")
    kept = [order for order in bought if order.day < cut.as_of_date]
    wild = [replace(o, amount=999.0) for o in bought if o.day >= cut.as_of_date][::2]
    after, refitted = learn(tables(kept + wild))
    assert refitted == fitted  # no training label ends after the validation cut-off
    for old, new in zip(before, after, strict=True):
        if old.cut_off.as_of_date <= cut.as_of_date:
            one = recipe.inputs(fitted, old, old.level)
            two = recipe.inputs(fitted, new, old.level)
            assert all(np.array_equal(one[name], two[name]) for name in one)


def test_row_order_changes_nothing(bought):
    shop = tables(bought)
    once, fitted = learn(shop)
    again, refitted = learn(shuffled(shop))
    assert refitted == fitted
    for one, two in zip(once, again, strict=True):
        assert np.array_equal(one.sequence, two.sequence)
        assert np.array_equal(one.amount, two.amount) and one.level == two.level


def test_a_customer_without_a_label_is_left_out(bought):
    shop = tables(bought)
    cut = next(c for c in examples.cut_offs(shop.as_of_dates) if c.role == "test")
    facts = reading.read_facts(shop, cut.as_of_date, EVERYBODY)
    first = facts.customer_ids[0]
    rest = shop.labels.filter(pc.not_equal(shop.labels["customer_id"], first))
    few = replace(shop, labels=rest)
    parameters = reading.fit_btyd(facts)
    part = reading.labelled(few, cut, facts, parameters, EVERYBODY)
    assert len(part) == len(facts) - 1 == len(part.amount)


def test_buckets_part_the_customers(bought):
    shop = tables(bought)
    low = reading.read_facts(shop, TODAY, (0, 99))
    high = reading.read_facts(shop, TODAY, (100, 255))
    everybody = reading.read_facts(shop, TODAY, EVERYBODY)
    ids = low.customer_ids.to_pylist() + high.customer_ids.to_pylist()
    assert sorted(ids) == everybody.customer_ids.to_pylist()


def test_a_large_shop_is_learned_from_by_some_buckets(bought):
    shop = tables(bought)
    cuts, rows = examples.cut_offs(shop.as_of_dates), shop.behaviour.num_rows
    assert reading.learned_from(shop.behaviour, cuts, rows) == EVERYBODY
    first, last = reading.learned_from(shop.behaviour, cuts, rows // 20)
    assert first == 0 and last == pytest.approx(127, abs=2)
    assert reading.bucket_range(10**9, 1_000, 256) == (0, 0)


def test_customers_who_are_not_looked_at_in_the_past_are_not_asked_for(bought):
    """64 buckets of the past hold a quarter of what all would: half of that is 32."""
    shop = tables(bought)
    cuts = [
        cut if cut.role == "today" else replace(cut, count_buckets=64)
        for cut in examples.cut_offs(shop.as_of_dates)
    ]
    past = (cut.as_of_date for cut in cuts if cut.role != "today")
    looked_at = pc.is_in(shop.behaviour["as_of_date"], pa.array(set(past)))
    low = pc.less(shop.behaviour["customer_bucket"], 64)
    held = pc.and_(looked_at, low)
    today = pc.equal(shop.behaviour["as_of_date"], pa.scalar(TODAY))
    behaviour = shop.behaviour.filter(pc.or_(held, today))
    rows = behaviour.filter(low.filter(pc.or_(held, today))).num_rows
    assert reading.sampled(behaviour, cuts, 10 * rows) == (0, 63)
    first, last = reading.sampled(behaviour, cuts, rows // 2)
    assert first == 0 and last == pytest.approx(31, abs=3)


def test_an_interruption_is_noticed_between_cut_offs(bought):
    shop = tables(bought)

    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reading.read_labelled(
            shop, examples.cut_offs(shop.as_of_dates), EVERYBODY, stop
        )


def test_many_cut_offs_are_thinned_but_not_the_ones_that_matter():
    def cut(ago, role):
        date = TODAY - dt.timedelta(days=7 * ago)
        return CutOff(date, HORIZON_DAYS, ago, 7, role)

    roles = {0: "today", 13: "test", 26: "validation"}
    cuts = [cut(ago, roles.get(ago, "train")) for ago in range(0, 200)]
    chosen = reading.choose_dates(cuts)
    ago = [(TODAY - date).days // 7 for date in chosen]
    assert ago == sorted(ago) and len(ago) <= reading.MOST_CUT_OFFS
    # the judged dates, the newest and the oldest
    assert {1, 13, 26, 199} <= set(ago) and 0 not in ago


def test_channels_are_every_number_but_the_keys():
    rows = pa.table(
        {"customer_id": ["a"], "periods_before_today": [1], "b": [1.0], "a": [1]}
    )
    assert reading.channels(rows) == ["a", "b"]
