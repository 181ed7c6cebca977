"""Baselines: four customers, worked by hand."""

from dataclasses import replace

import numpy as np
import pytest

from dynamic_clv.errors import BadInput
from dynamic_clv.expectation import btyd
from dynamic_clv.measures import baselines

# one_time_yesterday, regular, refunded, no_recent
FACTS = baselines.BaselineFacts(
    frequency=np.array([0.0, 9, 1, 3]),
    recency_days=np.array([0.0, 190, 10, 100]),
    t_days=np.array([1.0, 200, 100, 400]),
    monetary_value=np.array([30.0, 20, np.nan, 25]),
    net_amount=np.array([30.0, 200, -5, 100]),
    recent_amounts={
        30: np.array([30.0, 40, -5, 0]),
        90: np.array([30.0, 90, -5, np.nan]),
    },
)


def test_zero_predicts_nothing():
    found = baselines.zero(FACTS)
    assert not np.any([found.amount, found.median_amount, found.probability])


def test_mean_is_that_of_training_customers():
    found = baselines.mean(FACTS, np.array([0.0, 0, 30]), np.array([0, 0, 1]))
    assert found.amount.tolist() == [10] * 4
    assert found.median_amount.tolist() == [0] * 4
    assert found.probability == pytest.approx([1 / 3] * 4)


@pytest.mark.filterwarnings("error")
def test_mean_without_training_customers_is_unknown():
    found = baselines.mean(FACTS, np.array([]), np.array([]))
    assert np.isnan(found.amount).all()


def test_past_rate_does_not_multiply_a_young_customer():
    found = baselines.past_rate(FACTS, 180)
    # 30 / 90 days, 200 / 200 days, refunds count as nothing, 100 / 400 days
    assert found.amount == pytest.approx([60, 180, 0, 45])
    assert found.probability == pytest.approx(1 - np.exp([0, -8.1, -1.8, -1.35]))
    assert found.median_amount == pytest.approx([0, 180, 0, 45])


def test_past_rate_over_a_short_horizon():
    found = baselines.past_rate(FACTS, 10)
    assert found.amount == pytest.approx([30, 10, 0, 2.5])
    assert found.median_amount == pytest.approx([0, 0, 0, 0])


def test_last_period_takes_the_shortest_window_that_covers_the_horizon():
    exact = baselines.last_period(FACTS, 30)
    assert exact.amount.tolist() == [30, 40, 0, 0]
    assert exact.probability.tolist() == [1, 1, 0, 0]
    covered = baselines.last_period(FACTS, 45)
    assert covered.amount.tolist() == [15, 45, 0, 0]
    stretched = baselines.last_period(FACTS, 180)
    assert stretched.amount.tolist() == [60, 180, 0, 0]


def test_last_period_needs_a_window():
    with pytest.raises(BadInput, match="net_amount_last_365d"):
        baselines.last_period(replace(FACTS, recent_amounts={}), 30)


def test_bg_nbd_gamma_gamma_speaks_through_btyd():
    parameters = btyd.BtydParameters(0.243, 4.414, 0.793, 2.426, 6, 4, 15)
    found = baselines.bg_nbd_gamma_gamma(FACTS, parameters, 180)
    assert found.amount.argmax() == 1
    assert ((found.probability > 0) & (found.probability < 1)).all()
    assert (found.median_amount == found.amount * (found.probability >= 0.5)).all()
