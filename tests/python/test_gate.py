"""A bad score set stops before `clv_predictions`, and the last good table stays."""

from collections.abc import Callable

import lively_shop
import pytest
from shops import Shop

LEARN_QUICKLY = {
    "clv_horizon_days": 60,
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 1000,
}

ONE = "where customer_id = (select min(customer_id) from ml_clv__scores)"


A_PROSPECT = "where p_alive is null and customer_id = 'P2'"


def update(change: str, which: str = ONE) -> str:
    return f"update ml_clv__scores set {change} {which}"


POISONS = {
    "a score that is not a number": update("predicted_clv = 'nan'"),
    "an infinite score": update("predicted_clv = 'inf'"),
    "a negative score": update("predicted_clv = -1"),
    "a missing score": update("predicted_clv = null"),
    "a probability above one": update("churn_probability = 1.1"),
    "a p10 above the p90": update("predicted_clv_p10 = 1e9"),
    "a customer scored twice": f"insert into ml_clv__scores from ml_clv__scores {ONE}",
    "a customer without a score": f"delete from ml_clv__scores {ONE}",
    "a customer nobody knows": update("customer_id = 'X'"),
    "a score without a model": update("model_version = null"),
    "the same score for everybody": update("predicted_clv = 5", which=""),
    "no score at all": "delete from ml_clv__scores",
    "a prospect without a score": f"delete from ml_clv__scores {A_PROSPECT}",
    "a prospect who passes for a customer": update(
        "model_kind = 'cnn_lstm', fallback_reason = null, p_alive = 1", A_PROSPECT
    ),
    "a customer who has no p_alive": update("p_alive = null"),
    "a chance that is not a number": update("churn_probability = 'nan'"),
    "a negative chance": update("p_alive = -0.1"),
    "a p90 that is infinite": update("predicted_clv_p90 = 'inf'"),
    "a median below the p10": update("predicted_clv_median = predicted_clv_p10 - 1"),
    "orders without end": update("predicted_order_count = 'inf'"),
    "an order that is never expected": update("expected_days_to_next_order = null"),
    "yesterday's scores": update("as_of_date = as_of_date - 1", which=""),
    "a score of tomorrow": update("as_of_date = as_of_date + 1"),
    "a score over another horizon": update("horizon_days = horizon_days + 1"),
    "a score without a customer": update("customer_id = null"),
    "a score of a model nobody knows": update("model_version = 'unheard of'"),
    "scores of a model that is not in office": update(
        "model_version = (select back_test_version from ml_clv__trained_models"
        " where purpose = 'published')",
        which="where p_alive is not null",
    ),
    "a score without the time of training": update("model_trained_at = null"),
    "a fallback without a reason": update("model_kind = 'btyd'"),
    "nobody told apart by chance": update(
        "churn_probability = 0.5", which="where p_alive is not null"
    ),
}

# Everything from the scores on, as if the scores had just been written.
AFTER_THE_SCORES = ("ml_clv__scores,test_type:data", "clv_scores_ranked+")


@pytest.fixture(scope="module")
def shop(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop whose scores have been published, and kept for repair."""
    shop = open_shop("gate")
    inputs = lively_shop.with_prospects(lively_shop.delivered(count_customers=120))
    shop.deliver(**inputs)
    build = shop.build(("*",), "build", **LEARN_QUICKLY)
    assert build.success, build.messages
    shop.execute("create table good_scores as from ml_clv__scores")
    return shop


@pytest.mark.parametrize("poison", POISONS)
def test_nothing_is_published_after(shop: Shop, poison: str):
    good = shop.table("clv_predictions"), shop.table("clv_prediction_history")
    shop.execute("create or replace table ml_clv__scores as from good_scores")
    shop.execute(POISONS[poison])
    build = shop.build(AFTER_THE_SCORES, "build", **LEARN_QUICKLY)
    assert not build.success
    assert (shop.table("clv_predictions"), shop.table("clv_prediction_history")) == good


def test_good_scores_pass_the_same_gate(shop: Shop):
    shop.execute("create or replace table ml_clv__scores as from good_scores")
    build = shop.build(AFTER_THE_SCORES, "build", **LEARN_QUICKLY)
    assert build.success, build.messages
