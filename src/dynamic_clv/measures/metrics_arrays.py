"""What every metric needs of its arrays: equal lengths, ranks, ties shared evenly."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dynamic_clv.errors import BadInput

Array = NDArray[np.float64]

COUNT_DECILES = 10


def aligned(**arrays: ArrayLike) -> list[Array]:
    """Return each as float64 (customers,), in the order given.

    Raises:
        BadInput: they differ in length, or one is not flat.
    """
    found = {name: np.asarray(array, np.float64) for name, array in arrays.items()}
    shapes = [array.shape for array in found.values()]
    if any(shape != shapes[0] or len(shape) != 1 for shape in shapes):
        raise BadInput.unequal_lengths({name: x.size for name, x in found.items()})
    return list(found.values())


def fraction(name: str, value: float) -> float:
    """Return a value that lies between 0 and 1, or refuse it by name.

    Raises:
        BadInput: it lies outside.
    """
    if not 0 <= value <= 1:
        example = "Give 0.1 for a tenth."
        raise BadInput(f"`{name}` must be 0 to 1.", f"Received {value!r}.", example)
    return value


def highest_first(predicted: Array, *amounts: Array) -> list[Array]:
    """Sort all by prediction, highest first; equal predictions share amounts evenly.

    Example:
        >>> order, spend = highest_first(np.array([1, 2, 1]), np.array([4, 5, 0]))
        >>> order.tolist(), spend.tolist()
        ([2, 1, 1], [5.0, 2.0, 2.0])
    """
    values, group, counts = np.unique(
        -predicted, return_inverse=True, return_counts=True
    )
    shared = (np.bincount(group, weights=amount) / counts for amount in amounts)
    return [np.repeat(column, counts) for column in (-values, *shared)]


def tenths(predicted: Array, *amounts: Array) -> Iterator[tuple[Array, ...]]:
    """Cut what `highest_first` sorted into ten equal counts, or one for each customer.

    Nothing comes if a prediction is NaN.
    """
    if not len(predicted) or np.isnan(predicted).any():
        return
    parts = min(COUNT_DECILES, len(predicted))
    ordered = highest_first(predicted, *amounts)
    yield from zip(*(np.array_split(x, parts) for x in ordered), strict=True)


def ranks(values: Array) -> Array:
    """Ranks from 1, the average one for ties; all NaN if a value is NaN."""
    if np.isnan(values).any():
        return np.full(len(values), np.nan)
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[group]


def fifths(values: Array) -> Array:
    """Place each in a fifth by its middle rank: 1 the smallest, 5 the largest.

    Equals share a fifth, and one alone is in the middle; the macro `clv_quintile` does
    the same in SQL. All NaN if a value is NaN.

    Example:
        >>> fifths(np.array([7.0, 7.0, 7.0, 9.0])).tolist()  # middle ranks 2 and 4 of 4
        [2.0, 2.0, 2.0, 5.0]
    """
    return np.floor(5 * (ranks(values) - 0.5) / max(len(values), 1)) + 1


def centred(values: Array) -> Array:
    """Subtract the mean, if there is one."""
    return values - values.mean() if len(values) else values


def mean(values: Array) -> float:
    """Return the mean, or NaN of nothing."""
    return float(values.mean()) if len(values) else float("nan")


def ratio(part: float, whole: float) -> float:
    """Return part / whole, or NaN where the whole is 0."""
    return float(part / whole) if whole else float("nan")
