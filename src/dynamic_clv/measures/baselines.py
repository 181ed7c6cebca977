"""Simple rules that every learned model has to beat.

Each rule reads `BaselineFacts` (known before as_of_date) and gives a `Baseline`: mean
amount, a median-like amount and the probability of any order, over the horizon.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dynamic_clv.errors import BadInput
from dynamic_clv.expectation import btyd

Array = NDArray[np.float64]

LEAST_DAYS = 90.0  # a younger customer's rate is not scaled up from fewer days


@dataclass(frozen=True)
class BaselineFacts:
    """What the rules know of each customer; arrays are (customers,), NaN allowed.

    The first four are described in `btyd`. net_amount is over all history;
    recent_amounts maps a window's length in days to the net amount in it.
    """

    frequency: Array
    recency_days: Array
    t_days: Array
    monetary_value: Array
    net_amount: Array
    recent_amounts: Mapping[int, Array]


@dataclass(frozen=True)
class Baseline:
    """Predictions over the horizon, (customers,): amounts in shop currency."""

    amount: Array
    median_amount: Array
    probability: Array


def zero(facts: BaselineFacts) -> Baseline:
    """Nobody buys again."""
    nothing = np.zeros(len(facts.t_days))
    return Baseline(nothing, nothing, nothing)


def mean(facts: BaselineFacts, train_amount: Array, train_has_order: Array) -> Baseline:
    """Everybody is the average training customer.

    Args:
        facts: the customers to predict.
        train_amount: net amount in the same horizon, (training customers,).
        train_has_order: 1 if there was an order in it, (training customers,).
    """
    ones = np.ones(len(facts.t_days))
    if not len(train_amount):
        return Baseline(*(ones * np.nan for _ in range(3)))
    return Baseline(
        ones * max(float(np.mean(train_amount)), 0.0),
        ones * max(float(np.median(train_amount)), 0.0),
        ones * float(np.mean(train_has_order)),
    )


def past_rate(facts: BaselineFacts, horizon_days: float) -> Baseline:
    """Spending and returning go on at each customer's own rate since the first order.

    A rate is taken over at least 90 days (or the horizon, if that is shorter), so that
    yesterday's first order is not multiplied by 365. Repeat orders are Poisson, so the
    probability is 1 - exp(-expected orders).
    """
    days = np.maximum(facts.t_days, max(min(LEAST_DAYS, horizon_days), 1.0))
    amount = _spent(facts.net_amount) * horizon_days / days
    expected_orders = _spent(facts.frequency) * horizon_days / days
    probability = -np.expm1(-expected_orders)
    return Baseline(amount, median_like(amount, probability), probability)


def last_period(facts: BaselineFacts, horizon_days: float) -> Baseline:
    """The horizon repeats the days before as_of_date.

    The window as long as the horizon is used; else the shortest longer one, else the
    longest, scaled to the horizon.

    Raises:
        BadInput: there is no window at all.
    """
    if not facts.recent_amounts:
        raise BadInput.missing_columns(
            "fea_clv__customer_behaviour", ["net_amount_last_365d"], []
        )
    longer = [days for days in facts.recent_amounts if days >= horizon_days]
    window_days = min(longer) if longer else max(facts.recent_amounts)
    amount = _spent(facts.recent_amounts[window_days]) * horizon_days / window_days
    return Baseline(amount, amount, (amount > 0).astype(np.float64))


def bg_nbd_gamma_gamma(
    facts: BaselineFacts, parameters: btyd.BtydParameters, horizon_days: float
) -> Baseline:
    """BG/NBD orders times Gamma-Gamma amounts; see `btyd`."""
    expected = btyd.expectations(
        parameters,
        facts.frequency,
        facts.recency_days,
        facts.t_days,
        facts.monetary_value,
        horizon_days,
    )
    median = median_like(expected.spend, expected.p_order)
    return Baseline(expected.spend, median, expected.p_order)


def _spent(amount: Array) -> Array:
    """Amounts with refunds beyond purchases, and unknown ones, counted as nothing."""
    return np.maximum(np.nan_to_num(amount), 0.0)


def median_like(amount: Array, probability: Array) -> Array:
    """Return nothing where no order is the likelier outcome, and the mean elsewhere."""
    return np.where(probability >= 0.5, amount, 0.0)
