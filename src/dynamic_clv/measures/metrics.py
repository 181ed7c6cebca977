"""How good predictions are: pure functions of what happened and what was predicted.

`actual` and `predicted` are (customers,), in shop currency unless said otherwise. A
metric that is undefined (no customers, one class, a NaN) is NaN, never an exception.
Customers with equal predictions are treated alike, so row order changes nothing.
"""

import numpy as np
from numpy.typing import ArrayLike

from dynamic_clv.measures.metrics_arrays import (
    COUNT_DECILES,
    Array,
    aligned,
    centred,
    fraction,
    highest_first,
    mean,
    ranks,
    ratio,
    tenths,
)
from dynamic_clv.measures.metrics_of_classes import (
    THRESHOLD,
    accuracy,
    area_under_curve,
    average_precision,
    best_f1_threshold,
    f1,
    precision,
    precision_of_top,
    recall,
)
from dynamic_clv.measures.metrics_of_differences import bootstrap_difference
from dynamic_clv.measures.metrics_of_intervals import (
    coverage_by_decile,
    interval_coverage,
    pinball_loss,
)

__all__ = [
    "COUNT_DECILES",
    "THRESHOLD",
    "Array",
    "accuracy",
    "all_metrics",
    "area_under_curve",
    "average_precision",
    "best_f1_threshold",
    "bootstrap_difference",
    "coverage_by_decile",
    "decile_mape",
    "deciles",
    "f1",
    "interval_coverage",
    "mean_absolute_error",
    "mean_squared_error",
    "normalised_gini",
    "pinball_loss",
    "precision",
    "precision_of_top",
    "recall",
    "root_mean_squared_error",
    "spearman",
    "top_share_capture",
    "total_bias",
]


def mean_squared_error(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean of (predicted - actual)^2, in squared currency."""
    actual, predicted = aligned(actual=actual, predicted=predicted)
    return mean((predicted - actual) ** 2)


def root_mean_squared_error(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Square root of `mean_squared_error`, in shop currency."""
    return float(np.sqrt(mean_squared_error(actual, predicted)))


def mean_absolute_error(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean of |predicted - actual|; rewards a median, not a mean."""
    actual, predicted = aligned(actual=actual, predicted=predicted)
    return mean(np.abs(predicted - actual))


def total_bias(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Sum predicted / sum actual: 1 is right, 0.8 is a fifth too low."""
    actual, predicted = aligned(actual=actual, predicted=predicted)
    return ratio(predicted.sum(), actual.sum())


def spearman(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Pearson correlation of average ranks (Spearman 1904)."""
    arrays = aligned(actual=actual, predicted=predicted)
    actual, predicted = (centred(ranks(array)) for array in arrays)
    scale = np.sqrt((actual @ actual) * (predicted @ predicted))
    return ratio(actual @ predicted, scale)


def normalised_gini(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Gini of actual spend ranked by prediction / Gini ranked by actual spend.

    A Gini coefficient is 2 cov(amount, rank) / (n mean) (Lerman and Yitzhaki 1984); all
    but the covariances cancels. Average ranks give a constant prediction 0, a perfect
    order 1 and the reverse order -1.

    Example:
        >>> normalised_gini([0, 0, 10, 50], [1, 2, 3, 4])
        1.0
    """
    actual, predicted = aligned(actual=actual, predicted=predicted)
    amount = centred(actual)
    best = amount @ centred(ranks(actual))
    return ratio(amount @ centred(ranks(predicted)), best)


def deciles(actual: ArrayLike, predicted: ArrayLike) -> list[dict[str, float]]:
    """Sum both amounts in ten equal-count groups, 1 highest predicted, 10 lowest.

    Customers with equal predictions share their actual amount evenly, so it does not
    matter where a tie is cut. Fewer than ten customers give one group each.

    Returns:
        One dict per group: decile, count_customers, predicted_amount, actual_amount.
        Empty if a prediction is NaN.
    """
    actual, predicted = aligned(actual=actual, predicted=predicted)
    return [
        {
            "decile": number,
            "count_customers": len(predicted_part),
            "predicted_amount": float(predicted_part.sum()),
            "actual_amount": float(actual_part.sum()),
        }
        for number, (predicted_part, actual_part) in enumerate(
            tenths(predicted, actual), start=1
        )
    ]


def decile_mape(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean over `deciles` of |sum predicted - sum actual| / |sum actual|.

    A group that spent exactly nothing has no percentage and is left out.
    """
    errors = [
        abs(row["predicted_amount"] - row["actual_amount"]) / abs(row["actual_amount"])
        for row in deciles(actual, predicted)
        if row["actual_amount"] != 0
    ]
    return mean(np.asarray(errors))


def top_share_capture(
    actual: ArrayLike, predicted: ArrayLike, share: float = 0.1
) -> float:
    """Part of all positive spend held by the share of customers ranked highest.

    One point of the cumulative gains curve (Berry and Linoff 2004, "Data Mining
    Techniques"), with straight lines between customers: a cut through a tie or a
    customer takes that much of its spend, so a constant prediction captures `share`.

    Raises:
        BadInput: the arrays differ in length, or share is not 0 to 1.

    Example:
        >>> top_share_capture([10, 50, 20, -5], [4, 3, 2, 1], share=0.5)  # 60 of 80
        0.75
    """
    actual, predicted = aligned(actual=actual, predicted=predicted)
    cut = fraction("share", share) * len(actual)
    if not len(actual) or np.isnan(predicted).any():
        return float("nan")
    _, spend = highest_first(predicted, np.maximum(actual, 0))
    held = np.concatenate([[0.0], np.cumsum(spend)])
    return ratio(np.interp(cut, np.arange(len(held)), held), held[-1])


def all_metrics(
    actual_amount: ArrayLike,
    actual_has_order: ArrayLike,
    predicted_amount: ArrayLike,
    predicted_median: ArrayLike,
    predicted_probability: ArrayLike,
    *,
    predicted_low: ArrayLike | None = None,
    predicted_high: ArrayLike | None = None,
    threshold: float = THRESHOLD,
) -> dict[str, float]:
    """Judge each prediction by what it is for; all arrays are (customers,).

    Args:
        actual_amount: net amount in the horizon.
        actual_has_order: 1 if there was an order in the horizon.
        predicted_amount: the mean: totals, ranking and squared error.
        predicted_median: the median: `mean_absolute_error_of_median` only.
        predicted_probability: of any order: classes and area under the curve.
        predicted_low: the quantile 0.1; None leaves out the metrics that need it.
        predicted_high: the quantile 0.9, likewise.
        threshold: probability from which on "buys" is predicted.

    Returns:
        Metric by name; docs/metrics.md says what each means.

    Raises:
        BadInput: the arrays differ in length.
    """
    amounts = actual_amount, predicted_amount
    classes = actual_has_order, predicted_probability
    of_amount = (
        mean_squared_error,
        root_mean_squared_error,
        mean_absolute_error,
        total_bias,
        spearman,
        normalised_gini,
        decile_mape,
    )
    of_probability = (area_under_curve, average_precision)
    of_class = (accuracy, precision, recall, f1)
    median_error = mean_absolute_error(actual_amount, predicted_median)
    return {
        **{metric.__name__: metric(*amounts) for metric in of_amount},
        "top_decile_capture": top_share_capture(*amounts, 1 / COUNT_DECILES),
        "mean_absolute_error_of_median": median_error,
        **{metric.__name__: metric(*classes) for metric in of_probability},
        **{metric.__name__: metric(*classes, threshold) for metric in of_class},
        **_of_interval(actual_amount, predicted_low, predicted_high),
    }


def _of_interval(
    actual: ArrayLike, low: ArrayLike | None, high: ArrayLike | None
) -> dict[str, float]:
    found = {}
    if low is not None and high is not None:
        found["interval_coverage"] = interval_coverage(actual, low, high)
    if low is not None:
        found["pinball_loss_p10"] = pinball_loss(actual, low, 0.1)
    if high is not None:
        found["pinball_loss_p90"] = pinball_loss(actual, high, 0.9)
    return found
