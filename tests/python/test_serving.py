"""A service that scores a few customers says what the warehouse says."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from memory_shop import QUICK, TODAY
from test_scoring import NUMBERS
from test_scoring import score as score_all

import dynamic_clv
from dynamic_clv import serving
from dynamic_clv.errors import BadInput
from dynamic_clv.model import artifacts
from dynamic_clv.versions import registry


def rows_of(table: pa.Table, customer_ids: list[str]) -> pa.Table:
    return table.filter(pc.is_in(table["customer_id"], pa.array(customer_ids)))


def asked(
    shop, models, customer_ids, shape=lambda table: table, decisions=()
) -> pa.Table:
    """Score some customers from nothing but their own rows."""
    today = pc.equal(shop.behaviour["as_of_date"], pa.scalar(TODAY))
    behaviour = rows_of(shop.behaviour.filter(today), customer_ids)
    is_today = pc.equal(shop.as_of_dates["role"], "today")
    return dynamic_clv.score(
        trained=shape(models),
        promotions=shape(registry.to_table(decisions)),
        as_of_dates=shape(shop.as_of_dates.filter(is_today)),
        behaviour=shape(behaviour),
        profile=shape(rows_of(shop.profile, customer_ids)),
        windows=shape(rows_of(shop.windows, customer_ids)),
    )


def same_as_the_warehouse(scores: pa.Table, everybody: pa.Table) -> None:
    expected = rows_of(everybody, scores["customer_id"].to_pylist())
    by_id = [("customer_id", "ascending")]
    scores, expected = scores.sort_by(by_id), expected.sort_by(by_id)
    for name in NUMBERS:
        mine, theirs = scores[name].to_numpy(), expected[name].to_numpy()
        np.testing.assert_allclose(mine, theirs, rtol=1e-6, atol=1e-6, err_msg=name)
    others = [name for name in scores.column_names if name not in NUMBERS]
    others = [name for name in others if not name.startswith("btyd")]
    assert scores.select(others) == expected.select(others)


@pytest.fixture(scope="module")
def everybody(small_shop, small_models):
    return score_all(small_shop, small_models, QUICK)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("kind", ["arrow", "pandas"])
def test_few_customers_get_what_the_warehouse_says(
    small_shop, small_models, everybody, count, kind
):
    shape = (lambda table: table.to_pandas()) if kind == "pandas" else lambda t: t
    chosen = everybody["customer_id"].to_pylist()[5 : 5 + count]
    scores = asked(small_shop, small_models, chosen, shape)
    assert sorted(scores["customer_id"].to_pylist()) == sorted(chosen)
    same_as_the_warehouse(scores, everybody)


def test_points_in_time_of_pandas_are_dates(small_shop, small_models, everybody):
    def as_points(table: pa.Table):
        frame = table.to_pandas()
        if "as_of_date" in frame:
            frame["as_of_date"] = frame["as_of_date"].astype("datetime64[us]")
        return frame

    chosen = everybody["customer_id"].to_pylist()[:2]
    scores = asked(small_shop, small_models, chosen, as_points)
    same_as_the_warehouse(scores, everybody)


def test_the_champion_scores_and_not_the_newest(small_shop, small_models, everybody):
    newest = artifacts.from_row(small_models.to_pylist()[1])
    older = replace(newest, as_of_date=TODAY - dt.timedelta(days=1))
    models = artifacts.to_table([older, newest])
    office = registry.promoted(older.model_version, None, TODAY, "rolled back")
    chosen = everybody["customer_id"].to_pylist()[:1]
    for shape in (lambda table: table, lambda table: table.to_pandas()):
        scores = asked(small_shop, models, chosen, shape, [office])
        assert scores["model_version"].to_pylist() == [older.model_version]


def test_a_service_counts_as_the_model_learned(small_models):
    """In its currency and periods: a caller has rows, and no settings."""
    assert serving._settings(small_models).learned_from() == QUICK.learned_from()
    other = pc.replace_substring(small_models["settings_json"], '"EUR"', '"JPY"')
    place = small_models.column_names.index("settings_json")
    models = small_models.set_column(place, "settings_json", other)
    assert serving._settings(models).reporting_currency == "JPY"


def test_a_missing_column_is_named(small_shop, small_models):
    shop = replace(small_shop, behaviour=small_shop.behaviour.drop(["frequency"]))
    with pytest.raises(BadInput, match="`frequency` missing from `behaviour`"):
        asked(shop, small_models, ["c1"])


def test_a_missing_date_is_named(small_shop, small_models):
    with pytest.raises(BadInput, match="as_of_date"):
        dynamic_clv.score(
            small_models,
            registry.to_table([]),
            small_shop.as_of_dates.drop_columns(["as_of_date"]),
            small_shop.behaviour,
            small_shop.profile,
            small_shop.windows,
        )
