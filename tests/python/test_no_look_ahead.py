"""Nothing on or after a cut-off changes what is known at it."""

import random
from collections.abc import Callable

import lively_shop
import pytest
from shops import Shop

AS_OF_DAY = 230
AS_OF_DATE = lively_shop.day_text(AS_OF_DAY)
VARS = {"clv_as_of_date": AS_OF_DATE, "clv_horizon_days": 60}

FEATURES = (
    "fea_clv__customer_behaviour",
    "fea_clv__customer_profile",
    "fea_clv__customer_windows",
    "fea_clv__as_of_dates",
)

DATES = {
    "orders": "ordered_at",
    "events": "occurred_at",
    "touches": "touched_at",
    "customers": "signed_up_at",
    "referrals": "referred_at",
    "customer_snapshots": "snapshot_date",
    "exchange_rates": "rate_date",
}

Row = dict[str, str | None]
Inputs = dict[str, list[Row]]


@pytest.fixture(scope="module")
def shop(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop that is delivered again in every test."""
    return open_shop("look_ahead")


@pytest.fixture(scope="module")
def features(shop: Shop) -> dict[str, list[tuple]]:
    """Return the features and labels of the shop as it is."""
    built = build(shop, lively_shop.delivered())
    assert len(built["fea_clv__customer_behaviour"]) > 100
    assert len(built["fea_clv__labels"]) > 100
    return built


def build(shop: Shop, inputs: Inputs, **vars: object) -> dict[str, list[tuple]]:
    shop.deliver(**inputs)
    built = shop.build(**{**VARS, **vars})
    assert built.success, built.messages
    assert shop.lost() == []
    return {name: shop.table(name) for name in (*FEATURES, "fea_clv__labels")}


def from_day_on(inputs: Inputs, day: str, change: Callable[[str, Row], list[Row]]):
    """Replace each row on or after a day by what `change` makes of it."""
    changed: Inputs = {}
    for name, rows in inputs.items():
        date = DATES.get(name)
        changed[name] = [
            new
            for row in rows
            for new in (
                change(name, row) if date and (row[date] or "") >= day else [row]
            )
        ]
    return changed


def _dropped(name: str, row: Row) -> list[Row]:
    return []


def _mangled(name: str, row: Row) -> list[Row]:
    """Make every value of the future another one."""
    new = {"amount": "99999", "age": "99", "region": "moon", "rate_to_reporting": "50"}
    return [{**row, **{key: value for key, value in new.items() if key in row}}]


def _multiplied(name: str, row: Row) -> list[Row]:
    """Let the future repeat ids and customers of the past."""
    past = {"order_id": "O1-5", "customer_id": "C1", "referred_customer_id": "C3"}
    return [row, {**row, **{key: value for key, value in past.items() if key in row}}]


@pytest.mark.parametrize("change", [_dropped, _mangled, _multiplied])
def test_the_future_changes_no_feature(
    shop: Shop,
    features: dict[str, list[tuple]],
    change: Callable[[str, Row], list[Row]],
):
    changed = from_day_on(lively_shop.delivered(), AS_OF_DATE, change)
    built = build(shop, changed)
    for name in (*FEATURES, "fea_clv__labels"):
        assert built[name] == features[name], name


def test_a_historical_cutoff_knows_nothing_of_its_own_future(
    shop: Shop, features: dict[str, list[tuple]]
):
    cutoffs = sorted({row[0] for row in features["fea_clv__as_of_dates"][1:]})
    cutoff = cutoffs[len(cutoffs) // 2]
    changed = from_day_on(lively_shop.delivered(), str(cutoff), _mangled)
    built = build(shop, changed)
    for name in ("fea_clv__customer_behaviour", "fea_clv__customer_profile"):
        at = features[name][0].index("as_of_date")
        before = [row for row in features[name][1:] if row[at] <= cutoff]
        after = [row for row in built[name][1:] if row[at] <= cutoff]
        assert before == after, name
    changed_later = [row for row in built["fea_clv__customer_behaviour"]]
    assert changed_later != features["fea_clv__customer_behaviour"]


def test_a_later_record_changes_nothing_of_a_customer_without_a_date(shop: Shop):
    inputs = lively_shop.delivered()
    undated = {**inputs["customers"][1], "signed_up_at": None}
    later = {**undated, "signed_up_at": lively_shop.day_text(200), "region": "moon"}
    inputs["customers"][1] = undated
    before = build(shop, inputs)
    inputs["customers"].append(later)
    assert build(shop, inputs) == before


def test_shuffled_rows_change_nothing(shop: Shop, features: dict[str, list[tuple]]):
    shuffled = lively_shop.delivered()
    for rows in shuffled.values():
        random.Random(7).shuffle(rows)
    built = build(shop, shuffled)
    for name in (*FEATURES, "fea_clv__labels"):
        assert built[name] == features[name], name


def test_a_customer_record_is_unknown_before_its_sign_up(
    features: dict[str, list[tuple]],
):
    names, *rows = features["fea_clv__customer_profile"]
    profile = [dict(zip(names, row, strict=True)) for row in rows]
    signed_up = lively_shop.day_text(9 * 15)
    missing = {
        str(row["as_of_date"]): row["is_customer_record_missing"]
        for row in profile
        if row["customer_id"] == "C15"
    }
    assert set(missing.values()) == {0, 1}
    for as_of_date, is_missing in missing.items():
        assert is_missing == int(as_of_date <= signed_up)
