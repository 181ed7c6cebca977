"""Every customer scored once, whatever model answers."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from memory_shop import (
    QUICK,
    TODAY,
    Order,
    Visitor,
    orders,
    shuffled,
    tables,
    visitors,
    with_prospects,
)

from dynamic_clv import prospect_training, scoring
from dynamic_clv.errors import BadInput, Interrupted
from dynamic_clv.learning import training
from dynamic_clv.model import artifacts
from dynamic_clv.versions import registry


def quiet(line: str) -> None:
    """Say nothing."""


def score(shop, models, settings=QUICK, promotions=None, **more) -> pa.Table:
    without = replace(shop, labels=None)
    job = scoring.Job(without, models, settings, quiet, promotions)
    return pa.Table.from_batches(job.run(**more), schema=scoring.SCHEMA)


def check(shop, scores: pa.Table) -> None:
    """Check what must hold of any scores."""
    today = shop.behaviour.filter(
        pa.compute.equal(shop.behaviour["as_of_date"], pa.scalar(TODAY))
    )
    ids = scores.column("customer_id").to_pylist()
    assert sorted(ids) == sorted(today.column("customer_id").to_pylist())
    assert set(scores.column("as_of_date").to_pylist()) <= {TODAY}
    wide = {name: scores.column(name).to_numpy() for name in NUMBERS}
    assert all(np.isfinite(values).all() for values in wide.values())
    assert all((values >= 0).all() for values in wide.values())
    assert (wide["predicted_clv_p10"] <= wide["predicted_clv_median"]).all()
    assert (wide["predicted_clv_median"] <= wide["predicted_clv_p90"]).all()
    assert (wide["churn_probability"] <= 1).all() and (wide["p_alive"] <= 1).all()
    chance = 1 - wide["churn_probability"]
    assert (wide["predicted_order_count"] >= chance - 1e-12).all()


NUMBERS = [
    "predicted_clv",
    "predicted_clv_median",
    "predicted_clv_p10",
    "predicted_clv_p90",
    "predicted_order_count",
    "churn_probability",
    "p_alive",
    "expected_days_to_next_order",
]


def test_every_customer_gets_one_row(small_shop, small_models):
    scores = score(small_shop, small_models)
    check(small_shop, scores)
    published = small_models.to_pylist()[1]
    assert set(scores["model_version"].to_pylist()) == {published["model_version"]}
    assert set(scores["horizon_days"].to_pylist()) == {90}
    assert scores["fallback_reason"].null_count == scores.num_rows
    assert len(set(scores["predicted_clv"].to_pylist())) > 100


def test_the_champion_scores_and_not_the_newest(small_shop, small_models):
    newest = artifacts.from_row(small_models.to_pylist()[1])
    older = replace(newest, as_of_date=TODAY - dt.timedelta(days=1))
    models = artifacts.to_table([older, newest])
    assert versions(score(small_shop, models)) == {newest.model_version}
    office = registry.promoted(older.model_version, None, TODAY, "rolled back")
    log = registry.to_table([office])
    scores = score(small_shop, models, promotions=log)
    assert versions(scores) == {older.model_version}


def versions(scores: pa.Table) -> set[str]:
    return set(scores["model_version"].to_pylist())


def test_a_model_read_from_its_row_scores_the_same(small_shop, small_models):
    again = artifacts.to_table(
        [artifacts.from_row(row) for row in small_models.to_pylist()]
    )
    assert score(small_shop, again) == score(small_shop, small_models)


def test_shuffled_rows_and_smaller_groups_change_nothing(small_shop, small_models):
    once = score(small_shop, small_models).sort_by("customer_id")
    again = score(shuffled(small_shop), small_models).sort_by("customer_id")
    assert again == once
    assert list(scoring.groups({0: 5, 1: 5, 2: 5}, most=5)) == [(0, 0), (1, 1), (2, 2)]
    # groups of any size cover every bucket
    assert list(scoring.groups({3: 5, 9: 50, 12: 1}, most=10)) == [
        (3, 8),
        (9, 11),
        (12, 12),
    ]


def test_a_model_scores_on_a_later_day(small_shop, small_models):
    week = dt.timedelta(days=7)
    tomorrow = {name: _moved(rows, week) for name, rows in vars(small_shop).items()}
    scores = score(replace(small_shop, **tomorrow), small_models)
    assert scores.num_rows > 0
    assert set(scores["as_of_date"].to_pylist()) == {TODAY + week}


@pytest.mark.parametrize("change", [{"reporting_currency": "JPY"}, {"period": "day"}])
def test_a_refresh_does_not_score_with_a_model_of_other_units(
    small_shop, small_models, change
):
    """The currency of the build would be written beside amounts of another one."""
    with pytest.raises(BadInput, match="A published model that fits this build"):
        score(small_shop, small_models, replace(QUICK, **change))


def test_a_model_that_knows_the_future_is_not_used(small_shop, small_models):
    week = dt.timedelta(days=-7)
    earlier = {name: _moved(rows, week) for name, rows in vars(small_shop).items()}
    with pytest.raises(BadInput, match="knows nothing after 2024-10-25 is needed"):
        score(replace(small_shop, **earlier), small_models)


@pytest.mark.parametrize("days_ago", [1, 200])
def test_one_customer_gets_a_finite_score_and_a_reason(days_ago):
    alone = tables([Order("alone", TODAY - dt.timedelta(days=days_ago), 20.0)])
    scores = score(alone, training.train(alone, None, QUICK, quiet))
    check(alone, scores)
    row = scores.to_pylist()[0]
    assert row["model_kind"] == "cohort_mean" and row["btyd_clv"] is None
    assert "At least 20 customers are needed" in row["fallback_reason"]
    assert 0 < row["predicted_clv"] <= 20


def test_bg_nbd_answers_where_no_network_can():
    bought = [o for o in orders(100) if o.day > TODAY - dt.timedelta(days=40)]
    shop = tables(bought)
    scores = score(shop, training.train(shop, None, QUICK, quiet))
    check(shop, scores)
    assert set(scores["model_kind"].to_pylist()) == {"btyd"}
    assert scores["fallback_reason"].null_count == 0
    clv, btyd_clv = (scores[name].to_numpy() for name in ("predicted_clv", "btyd_clv"))
    assert clv == pytest.approx(btyd_clv, rel=1e-9)


def test_bg_nbd_alone_counts_orders_and_not_purchase_days():
    bought = [o for o in orders(100) if o.day > TODAY - dt.timedelta(days=40)]
    shop = tables(bought)
    behaviour = shop.behaviour
    # one day with one order is added: 2 n + 1 on n days make two a day
    two_a_day = pc.add(pc.multiply(pc.add(behaviour["frequency"], 1), 2), 1)
    twice = replace(shop, behaviour=behaviour.append_column("count_orders", two_a_day))
    once, again = (
        score(one, training.train(one, None, QUICK, quiet)).sort_by("customer_id")
        for one in (shop, twice)
    )
    assert again["predicted_clv"] == once["predicted_clv"]
    orders_once, orders_again = (
        scores["predicted_order_count"].to_numpy() for scores in (once, again)
    )
    likely = orders_once > 1.0  # below, the chance of any order is the least said
    assert likely.any()
    assert orders_again[likely] == pytest.approx(2 * orders_once[likely])


def test_an_empty_shop_has_no_scores():
    empty = tables([])
    scores = score(empty, artifacts.to_table([]))
    assert scores.num_rows == 0 and scores.schema == scoring.SCHEMA


def test_an_interruption_stops_scoring(small_shop, small_models):
    with pytest.raises(Interrupted):
        score(small_shop, small_models, interrupted=lambda: True)


def with_model(shop, models: pa.Table) -> pa.Table:
    """Return the models of customers, and one of prospects."""
    return pa.concat_tables([models, prospect_training.train(shop, None, QUICK, quiet)])


def test_prospects_come_last_and_change_no_score_of_a_customer(
    small_shop, small_models
):
    shop = with_prospects(small_shop, visitors(400))
    models = with_model(shop, small_models)
    customers, scores = score(small_shop, small_models), score(shop, models)
    assert scores.slice(0, customers.num_rows) == customers
    rest = scores.slice(customers.num_rows)
    today = shop.prospects.filter(
        pa.compute.equal(shop.prospects["as_of_date"], pa.scalar(TODAY))
    )
    ids = rest["customer_id"].to_pylist()
    assert sorted(ids) == sorted(today["customer_id"].to_pylist())
    assert set(rest["model_kind"].to_pylist()) == {"prospect_conversion"}
    assert rest["fallback_reason"].null_count == 0
    assert rest["p_alive"].null_count == rest.num_rows == rest["btyd_clv"].null_count
    for name in set(NUMBERS) - {"p_alive"}:
        values = rest[name].to_numpy()
        assert np.isfinite(values).all() and (values >= 0).all(), name
    again = score(shuffled(shop), models).slice(customers.num_rows)
    assert again.sort_by("customer_id") == rest.sort_by("customer_id")


def test_a_shop_with_prospects_only_gets_the_prior():
    shop = with_prospects(tables([]), [Visitor("visitor", TODAY - dt.timedelta(3))])
    [row] = score(shop, with_model(shop, artifacts.to_table([]))).to_pylist()
    assert row["customer_id"] == "visitor" and row["predicted_clv"] == 0
    assert 1 - row["churn_probability"] == pytest.approx(1 - 0.95 ** (90 / 365))
    assert "has not ordered yet" in row["fallback_reason"]


def test_prospects_without_a_model_are_an_error(small_shop, small_models):
    shop = with_prospects(small_shop, visitors(10))
    with pytest.raises(BadInput, match="A prospects model that knows nothing after"):
        score(shop, small_models)


def _moved(rows: pa.Table | None, by: dt.timedelta) -> pa.Table | None:
    """The same rows on another day."""
    if rows is None or "as_of_date" not in rows.column_names:
        return rows
    days = [date + by for date in rows.column("as_of_date").to_pylist()]
    place = rows.column_names.index("as_of_date")
    return rows.set_column(place, "as_of_date", pa.array(days, pa.date32()))
