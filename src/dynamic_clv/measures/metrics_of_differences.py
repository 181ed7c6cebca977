"""How sure it is that one prediction is better than another, by any metric."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from dynamic_clv.errors import BadInput
from dynamic_clv.measures.metrics_arrays import Array, aligned, fraction

Metric = Callable[[ArrayLike, ArrayLike], float]


def bootstrap_difference(
    metric: Metric,
    actual: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    draws: int = 200,
    level: float = 0.9,
    seed: int = 0,
) -> tuple[float, float, float]:
    """Subtract the metric of the second prediction from that of the first.

    Customers are drawn with replacement, and both predictions are judged on the same
    draw (the bootstrap, Efron 1979; its percentile interval, Efron 1981). They are
    sorted first, so row order changes nothing. Draws in which the metric is undefined
    are left out.

    Args:
        metric: of (actual, predicted), both (customers,); `functools.partial` sets a
            threshold or a quantile.
        actual: whatever the metric compares with, (customers,).
        first: one prediction of it, (customers,).
        second: another, (customers,).
        draws: each costs two calls of the metric.
        level: part of the draws inside the interval.
        seed: the same seed gives the same interval.

    Returns:
        The difference, and the low and high end of its interval. An interval that
        leaves 0 out says that another sample of customers would agree who is better.
        All NaN if the metric is undefined.

    Raises:
        BadInput: the arrays differ in length, level is not 0 to 1, or draws below 1.

    Example:
        >>> from dynamic_clv.measures.metrics import mean_absolute_error
        >>> bootstrap_difference(mean_absolute_error, [0, 9], [1, 10], [2, 11])
        (-1.0, -1.0, -1.0)
    """
    customers = np.array(aligned(actual=actual, first=first, second=second))
    customers = customers[:, np.lexsort(customers)]  # (3, customers)
    tail = (1 - fraction("level", level)) / 2
    if draws < 1:
        raise BadInput("`draws` must be 1 or more.", f"Received {draws}.", "Give 200.")
    difference = _difference(metric, customers)
    if np.isnan(difference):
        return difference, difference, difference
    found = _redrawn(metric, customers, draws, np.random.default_rng(seed))
    known = found[~np.isnan(found)]
    low, high = np.quantile(known, [tail, 1 - tail]) if len(known) else (np.nan, np.nan)
    return difference, float(low), float(high)


def _redrawn(
    metric: Metric, customers: Array, draws: int, generator: np.random.Generator
) -> Array:
    count = customers.shape[1]
    rows = (generator.integers(count, size=count) for _ in range(draws))
    return np.array([_difference(metric, customers[:, drawn]) for drawn in rows])


def _difference(metric: Metric, customers: Array) -> float:
    actual, first, second = customers
    return float(metric(actual, first) - metric(actual, second))
