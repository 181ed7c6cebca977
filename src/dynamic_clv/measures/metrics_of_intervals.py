"""How good a predicted range is; `metrics` says what holds for all metrics."""

import numpy as np
from numpy.typing import ArrayLike

from dynamic_clv.measures.metrics_arrays import Array, aligned, fraction, mean, tenths


def interval_coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Share of customers with low <= actual <= high.

    Quantiles 0.1 and 0.9 of a continuous amount hold 0.8. A customer who is all but
    certain to spend nothing has the range 0 to 0, which holds more than that.
    """
    return mean(_covered(*aligned(actual=actual, low=low, high=high)))


def coverage_by_decile(
    actual: ArrayLike, predicted: ArrayLike, low: ArrayLike, high: ArrayLike
) -> list[dict[str, float]]:
    """Find `interval_coverage` in the groups of `metrics.deciles`.

    Customers with equal predictions share it evenly, as they share their amounts.

    Returns:
        One dict per group: decile, count_customers, interval_coverage. Empty if a
        prediction is NaN.
    """
    actual, predicted, low, high = aligned(
        actual=actual, predicted=predicted, low=low, high=high
    )
    groups = tenths(predicted, _covered(actual, low, high))
    return [
        {
            "decile": number,
            "count_customers": len(covered),
            "interval_coverage": mean(covered),
        }
        for number, (_, covered) in enumerate(groups, start=1)
    ]


def pinball_loss(actual: ArrayLike, predicted: ArrayLike, quantile: float) -> float:
    """Mean of max(q e, (q - 1) e), e = actual - predicted, in shop currency.

    Koenker and Bassett 1978; the true q-quantile has the lowest. For q = 0.5 it is half
    the mean absolute error.

    Raises:
        BadInput: the arrays differ in length, or quantile is not 0 to 1.

    Example:
        >>> pinball_loss([10, 0], [6, 4], 0.75)  # (0.75 x 4 + 0.25 x 4) / 2
        2.0
    """
    actual, predicted = aligned(actual=actual, predicted=predicted)
    error, quantile = actual - predicted, fraction("quantile", quantile)
    return mean(np.maximum(quantile * error, (quantile - 1) * error))


def _covered(actual: Array, low: Array, high: Array) -> Array:
    unknown = np.isnan([actual, low, high]).any(axis=0)
    return np.where(unknown, np.nan, (low <= actual) & (actual <= high))
