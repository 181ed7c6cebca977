"""What models of each kind predict."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from dynamic_clv.errors import BadInput
from dynamic_clv.expectation import btyd
from dynamic_clv.history import examples, features
from dynamic_clv.history.examples import CutOff
from dynamic_clv.model import prediction
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.model.cohort import Cohort

DAY = dt.date(2024, 6, 1)
CUT = CutOff(DAY, 100, 0, 7, "today")
PARAMETERS = btyd.BtydParameters(0.25, 4.4, 0.8, 2.4, 6.0, 4.0, 15.0)
FACTS = features.known(
    pa.table(
        {
            "customer_id": ["al", "bo", "cy"],
            "frequency": [0.0, 4.0, 60.0],
            "recency_days": [0.0, 80.0, 99.0],
            "t_days": [10.0, 100.0, 100.0],
            "monetary_value": [10.0, 30.0, None],
        }
    ),
    pa.table({"customer_id": pa.array([], pa.string())}),
)


def model(kind: str, **more) -> TrainedModel:
    now = dt.datetime(2024, 6, 1)
    rest = ("why", 100, 0, {}, {})
    return TrainedModel("published", kind, now, DAY, *rest, **more)


def test_the_average_customer_by_hand():
    cohort = Cohort(amount_per_day=0.5, purchase_days_per_day=0.02)
    part = examples.unanchored(CUT, FACTS)
    found = prediction.predict(model("cohort_mean", cohort=cohort), part)
    assert found.amount.tolist() == [50, 50, 50]
    assert found.order_count.tolist() == [2, 2, 2]
    assert found.p_order == pytest.approx(1 - np.exp(-2))
    assert found.days_to_next_order == pytest.approx(np.log(2) / 0.02)
    assert found.quantiles.shape == (3, 3) and np.isnan(found.btyd_amount).all()


def test_an_average_customer_who_never_buys():
    part = examples.unanchored(CUT, FACTS)
    found = prediction.predict(model("cohort_mean", cohort=Cohort(0.0, 0.0)), part)
    assert not found.amount.any() and not found.quantiles.any()
    assert found.days_to_next_order.tolist() == [36_500] * 3


def test_fallbacks_count_orders_where_a_day_has_several():
    cohort = Cohort(0.5, 0.02, orders_per_purchase_day=1.5)
    unanchored = examples.unanchored(CUT, FACTS)
    found = prediction.predict(model("cohort_mean", cohort=cohort), unanchored)
    assert found.order_count.tolist() == [3, 3, 3]
    assert found.p_order == pytest.approx(1 - np.exp(-2))

    purchase_days = FACTS.btyd()[0] + 1
    numbers = {**FACTS.numbers, "count_orders": 2 * purchase_days + 1}
    busy = replace(FACTS, numbers=numbers)  # two a day, with the one that is added
    once, found = (
        prediction.predict(model("btyd"), examples.unlabelled(CUT, facts, PARAMETERS))
        for facts in (FACTS, busy)
    )
    assert found.btyd_order_count == pytest.approx(2 * once.btyd_order_count)
    twice = np.maximum(2 * once.btyd_order_count, once.p_order)
    assert found.order_count == pytest.approx(twice)
    assert found.amount == pytest.approx(once.amount)
    assert found.p_order == pytest.approx(once.p_order)


def test_bg_nbd_alone_may_expect_next_to_nothing():
    gone = replace(FACTS, numbers={**FACTS.numbers, "t_days": np.full(3, 9_000.0)})
    part = examples.unlabelled(CUT, gone, PARAMETERS)
    found = prediction.predict(model("btyd"), part)
    assert found.p_order == pytest.approx(part.anchored.expected.p_order, abs=1e-8)
    assert found.amount == pytest.approx(part.anchored.expected.spend, abs=1e-6)
    assert found.p_order.min() < 1e-3


def test_bg_nbd_alone_says_what_it_expects():
    part = examples.unlabelled(CUT, FACTS, PARAMETERS)
    found = prediction.predict(model("btyd"), part)
    expected = part.anchored.expected
    assert found.amount == pytest.approx(expected.spend)
    assert found.p_order == pytest.approx(expected.p_order)
    assert found.btyd_amount.tolist() == expected.spend.tolist()
    assert (found.order_count >= found.p_order).all()
    assert (np.diff(found.quantiles, axis=1) >= 0).all()
    likely = found.p_order > 0.5
    assert likely.tolist() == (found.quantiles[:, 1] > 0).tolist()


def test_the_median_is_never_above_the_mean():
    said = np.array([[4.0, 5.0, 6.0], [1.0, 2.0, 1.5], [0.0, 0.0, 0.0]])
    found = prediction._skewed(said, np.array([3.0, 9.0, 1.0]))
    assert found.tolist() == [[3.0, 3.0, 6.0], [1.0, 2.0, 2.0], [0.0, 0.0, 0.0]]


def test_who_will_most_likely_not_order_has_a_median_of_nothing():
    part = examples.unlabelled(CUT, FACTS, PARAMETERS)
    heads = {
        "mean": np.array([[9.0], [9.0], [9.0]]),
        "count": np.array([[1.0], [1.0], [1.0]]),
        "order": np.array([[0.95], [0.6], [0.4]]),
        "quantiles": np.array([[2.0, 5.0, 20.0]] * 3),
    }
    found = prediction._from_heads(heads, 1.0, part)
    assert found.quantiles.tolist() == [[2, 5, 20], [0, 5, 20], [0, 0, 20]]


def test_a_network_without_weights_is_refused():
    part = examples.unlabelled(CUT, FACTS, PARAMETERS)
    with pytest.raises(BadInput, match="must hold weights"):
        prediction.predict(model("cnn_lstm"), part)
