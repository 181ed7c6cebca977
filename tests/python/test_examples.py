"""Rows to learn from: parts of a shop in memory, and how they are sampled."""

import numpy as np
import pytest
from memory_shop import orders, tables

from dynamic_clv.history import examples, reading

EVERYBODY = (0, 255)


@pytest.fixture(scope="module")
def parts():
    shop = tables(orders(200))
    cuts = examples.cut_offs(shop.as_of_dates)
    return reading.read_labelled(shop, cuts, EVERYBODY, lambda: None)


def test_a_sample_fits_and_prefers_new_cut_offs(parts):
    drawn = examples.sample(parts, 600, seed=1)
    sizes = {part.cut_off.periods_before_today: len(part) for part in drawn}
    full = {part.cut_off.periods_before_today: len(part) for part in parts}
    assert 580 <= sum(sizes.values()) <= 600
    shares = [sizes[ago] / full[ago] for ago in sorted(sizes)]
    assert shares[0] == pytest.approx(2 * shares[-1], rel=0.15)


def test_a_small_shop_is_taken_whole(parts):
    drawn = examples.sample(parts, 1_000_000, seed=1)
    assert [len(part) for part in drawn] == [len(part) for part in parts]
    assert examples.sample([], 10, seed=1) == []


def test_the_seed_decides_who_is_drawn(parts):
    def drawn(seed):
        found = examples.sample(parts, 300, seed)
        return [part.facts.customer_ids.to_pylist() for part in found]

    assert drawn(1) == drawn(1) and drawn(1) != drawn(2)


def test_taking_customers_keeps_their_rows_together(parts):
    part = parts[0]
    places = np.array([5, 2])
    few = examples.take(part, places)
    assert len(few) == 2
    assert few.amount.tolist() == part.amount[places].tolist()
    expected = part.anchored.expected.spend[places].tolist()
    assert few.anchored.expected.spend.tolist() == expected
    assert few.facts.customer_ids[0] == part.facts.customer_ids[5]


@pytest.mark.parametrize(
    ("days", "wanted"), [(0, 2), (6, 2), (7, 2), (14, 4), (20, 4), (9_999, 52)]
)
def test_steps_are_even_and_no_more_than_asked_for(days, wanted):
    assert examples.count_steps(days, 7, 52) == wanted
