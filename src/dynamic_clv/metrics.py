"""How good predictions are: pure functions of what happened and what was predicted.

`actual` and `predicted` are (customers,), in shop currency unless said otherwise. A
metric that is undefined (no customers, one class, a NaN) is NaN, never an exception.
Customers with equal predictions are treated alike, so row order changes nothing.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamic_clv.errors import BadInput

Array = NDArray[np.float64]

COUNT_DECILES = 10
THRESHOLD = 0.5


def mean_squared_error(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean of (predicted - actual)^2, in squared currency."""
    actual, predicted = _pair(actual, predicted)
    return _mean((predicted - actual) ** 2)


def root_mean_squared_error(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Square root of `mean_squared_error`, in shop currency."""
    return float(np.sqrt(mean_squared_error(actual, predicted)))


def mean_absolute_error(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean of |predicted - actual|; rewards a median, not a mean."""
    actual, predicted = _pair(actual, predicted)
    return _mean(np.abs(predicted - actual))


def total_bias(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Sum predicted / sum actual: 1 is right, 0.8 is a fifth too low."""
    actual, predicted = _pair(actual, predicted)
    return _ratio(predicted.sum(), actual.sum())


def spearman(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Pearson correlation of average ranks (Spearman 1904)."""
    actual, predicted = (_centred(_ranks(x)) for x in _pair(actual, predicted))
    scale = np.sqrt((actual @ actual) * (predicted @ predicted))
    return _ratio(actual @ predicted, scale)


def normalised_gini(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Gini of actual spend ranked by prediction / Gini ranked by actual spend.

    A Gini coefficient is 2 cov(amount, rank) / (n mean) (Lerman and Yitzhaki 1984); all
    but the covariances cancels. Average ranks give a constant prediction 0, a perfect
    order 1 and the reverse order -1.

    Example:
        >>> normalised_gini([0, 0, 10, 50], [1, 2, 3, 4])
        1.0
    """
    actual, predicted = _pair(actual, predicted)
    amount = _centred(actual)
    best = amount @ _centred(_ranks(actual))
    return _ratio(amount @ _centred(_ranks(predicted)), best)


def area_under_curve(actual_has_order: ArrayLike, predicted: ArrayLike) -> float:
    """P(a buyer outranks a non-buyer), ties count half (Mann and Whitney 1947).

    Args:
        actual_has_order: 1 or True for buyers, (customers,).
        predicted: a probability or any other score, (customers,).
    """
    actual, predicted = _pair(actual_has_order, predicted)
    buyers = actual.sum()
    above = actual @ _ranks(predicted) - buyers * (buyers + 1) / 2
    return _ratio(above, buyers * (len(actual) - buyers))


def accuracy(actual_has_order: ArrayLike, probability: ArrayLike) -> float:
    """Share of customers placed on the right side of probability 0.5."""
    actual, predicted = _classes(actual_has_order, probability)
    return _mean(np.where(np.isnan(predicted), np.nan, actual == predicted))


def precision(actual_has_order: ArrayLike, probability: ArrayLike) -> float:
    """Share of predicted buyers (probability >= 0.5) who bought; NaN without any."""
    actual, predicted = _classes(actual_has_order, probability)
    return _ratio(actual @ predicted, predicted.sum())


def recall(actual_has_order: ArrayLike, probability: ArrayLike) -> float:
    """Share of buyers who were predicted to buy (probability >= 0.5)."""
    actual, predicted = _classes(actual_has_order, probability)
    return _ratio(actual @ predicted, actual.sum())


def deciles(actual: ArrayLike, predicted: ArrayLike) -> list[dict[str, float]]:
    """Sum both amounts in ten equal-count groups, 1 highest predicted, 10 lowest.

    Customers with equal predictions share their actual amount evenly, so it does not
    matter where a tie is cut. Fewer than ten customers give one group each.

    Returns:
        One dict per group: decile, count_customers, predicted_amount, actual_amount.
        Empty if a prediction is NaN.
    """
    actual, predicted = _pair(actual, predicted)
    if not len(actual) or np.isnan(predicted).any():
        return []
    values, group = np.unique(-predicted, return_inverse=True)
    counts = np.bincount(group)
    shared = np.bincount(group, weights=actual) / counts
    ordered = np.repeat(-values, counts), np.repeat(shared, counts)
    parts = min(COUNT_DECILES, len(actual))
    splits = zip(*(np.array_split(column, parts) for column in ordered), strict=True)
    return [
        {
            "decile": number,
            "count_customers": len(predicted_part),
            "predicted_amount": float(predicted_part.sum()),
            "actual_amount": float(actual_part.sum()),
        }
        for number, (predicted_part, actual_part) in enumerate(splits, start=1)
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
    return _mean(np.asarray(errors))


def all_metrics(
    actual_amount: ArrayLike,
    actual_has_order: ArrayLike,
    predicted_amount: ArrayLike,
    predicted_median: ArrayLike,
    predicted_probability: ArrayLike,
) -> dict[str, float]:
    """Judge each prediction by what it is for; all arrays are (customers,).

    Args:
        actual_amount: net amount in the horizon.
        actual_has_order: 1 if there was an order in the horizon.
        predicted_amount: the mean: totals, ranking and squared error.
        predicted_median: the median: `mean_absolute_error_of_median` only.
        predicted_probability: of any order: classes and area under the curve.

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
    of_probability = (area_under_curve, accuracy, precision, recall)
    median_error = mean_absolute_error(actual_amount, predicted_median)
    return {
        **{metric.__name__: metric(*amounts) for metric in of_amount},
        "mean_absolute_error_of_median": median_error,
        **{metric.__name__: metric(*classes) for metric in of_probability},
    }


def _pair(actual: ArrayLike, predicted: ArrayLike) -> tuple[Array, Array]:
    actual = np.asarray(actual, np.float64)
    predicted = np.asarray(predicted, np.float64)
    if actual.shape != predicted.shape or actual.ndim != 1:
        lengths = {"actual": actual.size, "predicted": predicted.size}
        raise BadInput.unequal_lengths(lengths)
    return actual, predicted


def _classes(actual: ArrayLike, probability: ArrayLike) -> tuple[Array, Array]:
    actual, probability = _pair(actual, probability)
    predicted = (probability >= THRESHOLD).astype(np.float64)
    return actual, np.where(np.isnan(probability), np.nan, predicted)


def _ranks(values: Array) -> Array:
    """Ranks from 1, the average one for ties; all NaN if a value is NaN."""
    if np.isnan(values).any():
        return np.full(len(values), np.nan)
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[group]


def _centred(values: Array) -> Array:
    return values - values.mean() if len(values) else values


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")
