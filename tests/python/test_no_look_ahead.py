"""Nothing on or after a cut-off changes what is known at it."""

import random
from collections.abc import Callable

import lively_shop
import pytest
from shops import Shop

AS_OF_DAY = 230
AS_OF_DATE = lively_shop.day_text(AS_OF_DAY)
VARS = {"clv_as_of_date": AS_OF_DATE, "clv_horizon_days": 60}

PEOPLE = (
    "fea_clv__customer_behaviour",
    "fea_clv__customer_profile",
    "fea_clv__prospects",
)

FEATURES = (
    "fea_clv__customer_behaviour",
    "fea_clv__customer_profile",
    "fea_clv__customer_windows",
    "fea_clv__as_of_dates",
    "fea_clv__prospects",
)

LABELS = ("fea_clv__labels", "fea_clv__prospect_labels")

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
    built = build(shop, delivered())
    assert len(built["fea_clv__customer_behaviour"]) > 100
    assert len(built["fea_clv__prospects"]) > 100
    assert all(len(built[name]) > 100 for name in LABELS)
    return built


def delivered() -> Inputs:
    """Return the rows of a shop with customers and prospects."""
    return lively_shop.with_prospects(lively_shop.delivered())


def build(shop: Shop, inputs: Inputs, **vars: object) -> dict[str, list[tuple]]:
    shop.deliver(**inputs)
    built = shop.build(**{**VARS, **vars})
    assert built.success, built.messages
    assert shop.lost() == []
    return {name: shop.table(name) for name in (*FEATURES, *LABELS)}


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
    changed = from_day_on(delivered(), AS_OF_DATE, change)
    built = build(shop, changed)
    for name in (*FEATURES, *LABELS):
        assert built[name] == features[name], name


def test_a_historical_cutoff_knows_nothing_of_its_own_future(
    shop: Shop, features: dict[str, list[tuple]]
):
    cutoffs = sorted({row[0] for row in features["fea_clv__as_of_dates"][1:]})
    cutoff = cutoffs[len(cutoffs) // 2]
    changed = from_day_on(delivered(), str(cutoff), _mangled)
    built = build(shop, changed)
    for name in PEOPLE:
        at = features[name][0].index("as_of_date")
        before = [row for row in features[name][1:] if row[at] <= cutoff]
        after = [row for row in built[name][1:] if row[at] <= cutoff]
        assert before == after, name
    changed_later = [row for row in built["fea_clv__customer_behaviour"]]
    assert changed_later != features["fea_clv__customer_behaviour"]


def test_a_later_record_changes_nothing_of_a_customer_without_a_date(shop: Shop):
    inputs = delivered()
    undated = {**inputs["customers"][1], "signed_up_at": None}
    later = {**undated, "signed_up_at": lively_shop.day_text(200), "region": "moon"}
    inputs["customers"][1] = undated
    before = build(shop, inputs)
    inputs["customers"].append(later)
    assert build(shop, inputs) == before


def test_shuffled_rows_change_nothing(shop: Shop, features: dict[str, list[tuple]]):
    shuffled = delivered()
    for rows in shuffled.values():
        random.Random(7).shuffle(rows)
    built = build(shop, shuffled)
    for name in (*FEATURES, *LABELS):
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


def test_a_prospect_is_known_from_its_sign_up_until_its_first_order(
    features: dict[str, list[tuple]],
):
    """P6 came on day 36 and ordered on day 66; P9 only signed up, on day 54."""
    names, *rows = features["fea_clv__prospects"]
    prospects = [dict(zip(names, row, strict=True)) for row in rows]
    cutoffs = {str(row[0]) for row in features["fea_clv__as_of_dates"][1:]}
    for customer, first, last in (("P6", 36, 66), ("P9", 54, AS_OF_DAY)):
        dates = {
            str(row["as_of_date"])
            for row in prospects
            if row["customer_id"] == customer
        }
        since, until = lively_shop.day_text(first), lively_shop.day_text(last)
        assert dates == {date for date in cutoffs if since < date <= until}
        assert dates


SCORES = {
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 1000,
}


def test_the_future_changes_no_score_of_a_prospect(open_shop: Callable[[str], Shop]):
    shop, scores = open_shop("look_ahead_of_scores"), []
    columns = "* exclude (model_trained_at, scored_at)"
    for change in (lambda name, row: [row], _mangled, _dropped):
        shop.deliver(**from_day_on(delivered(), AS_OF_DATE, change))
        built = shop.build(("*",), clv_force_retrain=True, **VARS, **SCORES)
        assert built.success, built.messages
        scores.append(shop.rows(f"select {columns} from clv_predictions order by 1"))
    assert scores[0] == scores[1] == scores[2]
    found = shop.records("from clv_predictions where data_quality_flag = 'prospect'")
    assert {"P2", "P3", "P4"} < {row["customer_id"] for row in found}
