"""How good "will there be an order" is; `metrics` says what holds for all metrics.

`actual_has_order` is 1 or True for buyers, `probability` that of an order, and
`predicted` a probability or any other score; all are (customers,).
"""

import numpy as np
from numpy.typing import ArrayLike

from dynamic_clv.measures.metrics_arrays import (
    Array,
    aligned,
    fraction,
    highest_first,
    mean,
    ranks,
    ratio,
)

THRESHOLD = 0.5


def area_under_curve(actual_has_order: ArrayLike, predicted: ArrayLike) -> float:
    """P(a buyer outranks a non-buyer), ties count half (Mann and Whitney 1947)."""
    actual, predicted = aligned(actual=actual_has_order, predicted=predicted)
    buyers = actual.sum()
    above = actual @ ranks(predicted) - buyers * (buyers + 1) / 2
    return ratio(above, buyers * (len(actual) - buyers))


def average_precision(actual_has_order: ArrayLike, predicted: ArrayLike) -> float:
    """Mean over buyers of the precision among all who score at least as high.

    The area under the precision-recall curve as a sum of steps, one for each distinct
    score, without interpolation (Manning, Raghavan and Schuetze 2008, section 8.4), as
    scikit-learn has it. A constant prediction gets the share of buyers.

    Example:
        >>> average_precision([1, 0, 1, 0], [0.9, 0.5, 0.5, 0.1])  # 1 and 2/3
        0.8333333333333333
    """
    actual, predicted = aligned(actual=actual_has_order, predicted=predicted)
    if not actual.sum() > 0 or np.isnan(predicted).any():
        return float("nan")
    _, chosen, bought = _by_score(actual, predicted)
    found = np.diff(bought, prepend=0) @ (bought / chosen)
    return ratio(found, bought[-1])


def accuracy(
    actual_has_order: ArrayLike, probability: ArrayLike, threshold: float = THRESHOLD
) -> float:
    """Share of customers placed on the right side of the threshold."""
    actual, predicted = _classes(actual_has_order, probability, threshold)
    return mean(np.where(np.isnan(predicted), np.nan, actual == predicted))


def precision(
    actual_has_order: ArrayLike, probability: ArrayLike, threshold: float = THRESHOLD
) -> float:
    """Share of predicted buyers (probability >= threshold) who bought; NaN if none."""
    actual, predicted = _classes(actual_has_order, probability, threshold)
    return ratio(actual @ predicted, predicted.sum())


def recall(
    actual_has_order: ArrayLike, probability: ArrayLike, threshold: float = THRESHOLD
) -> float:
    """Share of buyers who were predicted to buy (probability >= threshold)."""
    actual, predicted = _classes(actual_has_order, probability, threshold)
    return ratio(actual @ predicted, actual.sum())


def f1(
    actual_has_order: ArrayLike, probability: ArrayLike, threshold: float = THRESHOLD
) -> float:
    """Harmonic mean of precision and recall (van Rijsbergen 1979).

    Written as 2 hits / (buyers + predicted buyers), which is 0 where nobody is
    predicted to buy but somebody does. NaN where there is neither.

    Example:
        >>> f1([1, 0, 1, 1], [0.9, 0.5, 0.4, 0.1])  # 1 hit, 3 buyers, 2 predicted
        0.4
    """
    actual, predicted = _classes(actual_has_order, probability, threshold)
    return ratio(2 * (actual @ predicted), actual.sum() + predicted.sum())


def precision_of_top(actual: ArrayLike, predicted: ArrayLike, share: float) -> float:
    """Share of hits among the share of customers ranked highest ("precision at k").

    With straight lines between customers, as in `metrics.top_share_capture`: a part of
    a customer counts as a part of a hit, and equal scores share their hits evenly, so a
    constant score gets the share of hits among all. One customer is looked at at least.

    Args:
        actual: 1 where it happened.
        predicted: a score, higher is surer.
        share: part of the customers looked at, above 0 and up to 1.

    Raises:
        BadInput: the arrays differ in length, or share is not 0 to 1.

    Example:
        >>> precision_of_top([1, 0, 1, 1], [4, 3, 2, 1], share=0.5)  # 1 of 2
        0.5
    """
    actual, predicted = aligned(actual=actual, predicted=predicted)
    cut = max(fraction("share", share) * len(actual), 1.0)
    if not len(actual) or np.isnan(predicted).any():
        return float("nan")
    _, hits = highest_first(predicted, actual)
    found = np.concatenate([[0.0], np.cumsum(hits)])
    return float(np.interp(cut, np.arange(len(found)), found) / cut)


def best_f1_threshold(actual_has_order: ArrayLike, probability: ArrayLike) -> float:
    """Find the probability from which on "buys" gives the highest `f1`.

    Choose it on the validation cut-off and use it on the test: on the customers that
    it was chosen for it flatters.

    Returns:
        One of the probabilities, the highest of equally good ones. NaN without buyers.

    Example:
        >>> best_f1_threshold([1, 1, 0, 0], [0.4, 0.3, 0.2, 0.1])
        0.3
    """
    actual, predicted = aligned(actual=actual_has_order, predicted=probability)
    if not actual.sum() > 0 or np.isnan(predicted).any():
        return float("nan")
    scores, chosen, bought = _by_score(actual, predicted)
    return float(scores[np.argmax(2 * bought / (bought[-1] + chosen))])


def _by_score(actual: Array, predicted: Array) -> tuple[Array, Array, Array]:
    """Per distinct score, highest first: it, customers and buyers at least as high."""
    scores, group = np.unique(-predicted, return_inverse=True)
    chosen = np.cumsum(np.bincount(group))
    return -scores, chosen, np.cumsum(np.bincount(group, weights=actual))


def _classes(
    actual: ArrayLike, probability: ArrayLike, threshold: float
) -> tuple[Array, Array]:
    """Say who bought and who was predicted to; NaN where a number is missing."""
    actual, probability = aligned(actual=actual, predicted=probability)
    unknown = np.isnan(probability) | np.isnan(threshold)
    return actual, np.where(unknown, np.nan, probability >= threshold)
