"""A person takes a model out of office and puts it back; the log is only added to."""

from collections.abc import Callable, Sequence

import lively_shop
import pytest
from shops import Build, Shop

QUICKLY = {
    "clv_horizon_days": 60,
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 1000,
}
SECOND = {**QUICKLY, "clv_seed": 2}

LOG = "from ml_clv__promotions order by decided_at"


# What a build of the same day runs again: the features have not changed.
MODELS = (
    "ml_clv__trained_models",
    "ml_clv__promotions",
    "ml_clv__scores",
    "clv_scores_ranked",
    "clv_predictions",
    "clv_model_registry",
)


def build(shop: Shop, select: Sequence[str] = MODELS, **vars: object) -> Build:
    done = shop.build(select, **vars)
    assert done.success, done.messages
    return done


def scoring_version(shop: Shop) -> str:
    [(version,)] = shop.rows("select distinct model_version from clv_predictions")
    return version


def statuses(shop: Shop) -> dict[str, str]:
    return dict(shop.rows("select model_version, model_status from clv_model_registry"))


@pytest.fixture(scope="module")
def shop(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop that has had two champions."""
    shop = open_shop("rollback")
    rows = lively_shop.delivered(count_customers=120)["orders"]
    shop.deliver(orders=[row for row in rows if row["currency_code"] == "EUR"])
    build(shop, ("+clv_predictions", "+clv_model_registry"), **QUICKLY)
    build(shop, **SECOND)
    # whatever the gate thought of two models of one epoch each
    shop.execute(
        """
        update ml_clv__promotions as log
        set decision = 'promoted', champion_version = model_version
        where replaced_version is not null
        """
    )
    return shop


@pytest.fixture(scope="module")
def versions(shop: Shop) -> tuple[str, str]:
    """Return the first and the second champion."""
    first, second = shop.rows(f"select model_version {LOG}")
    return first[0], second[0]


def test_a_rollback_scores_with_the_champion_before_until_it_is_undone(
    shop: Shop, versions: tuple[str, str]
):
    first, second = versions
    before = shop.rows(LOG)
    build(shop, **SECOND)
    assert scoring_version(shop) == second
    assert statuses(shop) == {first: "retired", second: "champion"}

    done = shop.operate("clv_rollback", reason="it's too hopeful")
    assert done.success, done.messages
    assert f"clv: model {first} scores from the next build on" in done.messages
    build(shop, **SECOND)
    assert scoring_version(shop) == first
    assert statuses(shop) == {first: "champion", second: "retired"}
    assert shop.rows("select count(*) from ml_clv__trained_models") == [(4,)]

    assert shop.operate("clv_restore").success
    build(shop, **SECOND)
    assert scoring_version(shop) == second

    log = shop.rows(LOG)
    assert log[: len(before)] == before
    added = [row[:4] for row in log[len(before) :]]
    assert added == [
        (second, "rolled_back", first, second),
        (second, "restored", second, first),
    ]
    reasons = [row[6] for row in log[len(before) :]]
    assert reasons == ["it's too hopeful", "a person asked for it"]


def test_what_cannot_be_done_is_said_and_writes_nothing(
    shop: Shop, versions: tuple[str, str]
):
    first, second = versions
    assert shop.operate("clv_rollback", model_version=first).success
    log = shop.rows(LOG)
    for macro, arguments, message in (
        ("clv_rollback", {}, f"There is no champion before {first} to return to"),
        ("clv_rollback", {"model_version": first}, f"Model {first} scores already"),
        ("clv_restore", {"model_version": "x'y"}, "No published model is called x'y"),
    ):
        done = shop.operate(macro, **arguments)
        assert not done.success and message in done.messages, done.messages
    assert shop.rows(LOG) == log
    assert shop.operate("clv_restore").success
    done = shop.operate("clv_restore")
    assert not done.success
    assert f"No model was rolled back to {second}" in done.messages


def test_a_rejected_model_that_was_restored_can_be_rolled_back(
    shop: Shop, versions: tuple[str, str]
):
    first, rejected = versions
    shop.execute(f"""
        delete from ml_clv__promotions where decision in ('rolled_back', 'restored');
        update ml_clv__promotions
        set decision = 'rejected', champion_version = '{first}'
        where model_version = '{rejected}'
    """)
    assert shop.operate("clv_restore", model_version=rejected).success
    done = shop.operate("clv_rollback")
    assert done.success, done.messages
    assert f"clv: model {first} scores from the next build on" in done.messages
    done = shop.operate("clv_rollback")
    assert f"There is no champion before {first}" in done.messages
    assert shop.operate("clv_restore").success


def test_the_report_is_of_the_model_that_scored_and_not_of_the_champion(
    shop: Shop, versions: tuple[str, str]
):
    """As where `clv_as_of_date` is moved back: a model of that time scores then."""
    tables = ("clv_predictions", "clv_model_registry", "clv_model_evaluation")
    shop.execute(f"""
        update clv_scores_ranked set model_version = '{versions[0]}';
        update ml_clv__evaluations set as_of_date = date '2020-02-02'
        where model_version = (
            select back_test_version from ml_clv__trained_models
            where model_version = '{versions[0]}'
        )
    """)
    done = build(shop, tables, **SECOND)
    assert statuses(shop)[versions[1]] == "champion"
    [line] = [x for x in done.messages.splitlines() if "clv: tested on" in x]
    assert "days from 2020-02-02 on" in line
