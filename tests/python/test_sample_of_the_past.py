"""Of a large shop, a part is looked at in the past; what is seen of it is the same."""

from collections.abc import Callable

import lively_shop
import pytest
from shops import Shop

VARS = {"clv_as_of_date": lively_shop.day_text(230), "clv_horizon_days": 60}

# 240 customers, fewer of whom have ordered: two in five are looked at, or some more.
SAMPLED = {"clv_customers_per_cutoff": 100}

PEOPLE = (
    "fea_clv__customer_behaviour",
    "fea_clv__customer_profile",
    "fea_clv__prospects",
    "fea_clv__labels",
    "fea_clv__prospect_labels",
)

Tables = dict[str, list[dict]]


def delivered() -> lively_shop.Inputs:
    return lively_shop.with_prospects(lively_shop.delivered(240))


def build(shop: Shop, inputs: lively_shop.Inputs, **vars: object) -> Tables:
    shop.deliver(**inputs)
    built = shop.build(**VARS, **vars)
    assert built.success, built.messages
    tables = {}
    for name in (*PEOPLE, "fea_clv__as_of_dates"):
        names, *rows = shop.table(name)
        tables[name] = [dict(zip(names, row, strict=True)) for row in rows]
    return tables


@pytest.fixture(scope="module")
def shop(open_shop: Callable[[str], Shop]) -> Shop:
    return open_shop("sample_of_the_past")


@pytest.fixture(scope="module")
def whole(shop: Shop) -> Tables:
    return build(shop, delivered())


@pytest.fixture(scope="module")
def sampled(shop: Shop) -> Tables:
    return build(shop, delivered(), **SAMPLED)


def looked_at(tables: Tables) -> dict:
    """Return the number of buckets of each date."""
    dates = tables["fea_clv__as_of_dates"]
    return {row["as_of_date"]: row["count_buckets"] for row in dates}


def test_everybody_is_looked_at_today_and_in_a_shop_of_usual_size(whole, sampled):
    assert set(looked_at(whole).values()) == {256}
    today, *past = sorted(looked_at(sampled).items(), reverse=True)
    assert today[1] == 256
    assert {buckets for _, buckets in past} != {256}


# what stands in for a missing value is learned from the customers that are looked at
@pytest.mark.parametrize(
    "name", [n for n in PEOPLE if n != "fea_clv__customer_profile"]
)
def test_what_is_seen_of_the_sample_is_what_was_seen_of_it_before(whole, sampled, name):
    buckets = looked_at(sampled)
    wanted = [
        row
        for row in whole[name]
        if row["customer_bucket"] < buckets[row["as_of_date"]]
    ]
    assert sampled[name] == wanted
    assert 0 < len(sampled[name]) < len(whole[name])


def test_about_as_many_customers_are_looked_at_as_were_asked_for(sampled):
    rows = sampled["fea_clv__customer_behaviour"]
    today = max(looked_at(sampled))
    newest = max(date for date in looked_at(sampled) if date != today)
    assert 60 < sum(row["as_of_date"] == newest for row in rows) < 140
    assert sum(row["as_of_date"] == today for row in rows) > 200


def test_the_tests_of_a_build_hold_for_a_sample(shop, sampled):
    names = ("assert_behaviour_holds_every_fact_before_as_of_date_and_no_later_one",)
    tested = shop.build(names, "test", **VARS, **SAMPLED)
    assert tested.success, tested.messages


def test_customers_of_the_future_change_no_sample(shop, sampled):
    inputs = delivered()
    order = {**inputs["orders"][0], "ordered_at": lively_shop.day_text(240)}
    inputs["orders"] += [
        {**order, "customer_id": f"N{number}", "order_id": f"ON{number}"}
        for number in range(200)
    ]
    assert build(shop, inputs, **SAMPLED) == sampled
