"""Scaling that is fitted once, on training rows, and travels with the model."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

import numpy as np

# Standard deviations beyond which a value tells nothing more: keeps a customer who is
# far outside anything seen in training from pulling a score to infinity.
CLIP = 5.0

# A category seen less often than this is `other`: too rare to learn from.
LEAST_SHARE = 0.005
MOST_CATEGORIES = 12

OTHER = "other"
MISSING = "missing"


@dataclass(frozen=True)
class NumberScale:
    """How one numeric column becomes a number near zero.

    Attributes:
        median: takes the place of a null.
        unit: mean absolute size of the non-zero values; 0 leaves the column unlogged.
        centre: mean after the logarithm.
        spread: standard deviation after the logarithm; 0 for a constant column.
    """

    median: float
    unit: float
    centre: float
    spread: float


@dataclass(frozen=True)
class Scaler:
    """Everything needed to turn raw features into the matrix a network reads.

    Columns are in alphabetical order, so that text which sorts its keys keeps them.

    Attributes:
        numbers: column -> its scale.
        categories: column -> the values that have a place of their own.
    """

    numbers: dict[str, NumberScale]
    categories: dict[str, list[str]]

    def names(self) -> list[str]:
        """Return the names of the matrix's columns."""
        named = [
            f"{column}={value}"
            for column, vocabulary in self.categories.items()
            for value in (*vocabulary, OTHER, MISSING)
        ]
        return [*self.numbers, *named]

    def to_dict(self) -> dict:
        """Return plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping) -> "Scaler":
        """Rebuild a scaler from `to_dict`."""
        numbers = {
            name: NumberScale(**scale) for name, scale in values["numbers"].items()
        }
        return cls(numbers, dict(values["categories"]))


def fit(
    numbers: Mapping[str, np.ndarray],
    categories: Mapping[str, np.ndarray],
    unlogged: Collection[str] = (),
) -> Scaler:
    """Learn the scales of training rows.

    Args:
        numbers: column -> (rows,) floats; NaN is a missing value.
        categories: column -> (rows,) text; None is a missing value.
        unlogged: numeric columns that are already on a fair scale.
    """
    return Scaler(
        {
            name: _fit_number(values, name not in unlogged)
            for name, values in sorted(numbers.items())
        },
        {name: vocabulary(values) for name, values in sorted(categories.items())},
    )


def transform(
    scaler: Scaler,
    numbers: Mapping[str, np.ndarray],
    categories: Mapping[str, np.ndarray],
    rows: int,
) -> np.ndarray:
    """Apply the scales of the training rows to any rows.

    A column that has since vanished counts as missing everywhere.

    Returns:
        float32 matrix (rows, len(scaler.names())), finite, within +-CLIP.
    """
    unknown = np.full(rows, np.nan)
    nothing = np.full(rows, None, dtype=object)
    parts = [
        _apply_number(scale, numbers.get(name, unknown))[:, None]
        for name, scale in scaler.numbers.items()
    ] + [
        _apply_vocabulary(vocabulary, categories.get(name, nothing))
        for name, vocabulary in scaler.categories.items()
    ]
    if not parts:
        return np.zeros((rows, 0), np.float32)
    return np.concatenate(parts, axis=1).astype(np.float32)  # (rows, features)


def signed_log(values: np.ndarray, unit: float) -> np.ndarray:
    """Return sign(x) * log(1 + |x| / unit).

    Examples:
        >>> signed_log(np.array([-np.e + 1, 0.0]), 1.0).tolist()
        [-1.0, 0.0]
    """
    return np.sign(values) * np.log1p(np.abs(values) / unit)


def _fit_number(values: np.ndarray, logged: bool) -> NumberScale:
    known = values[np.isfinite(values)].astype(np.float64)
    if not len(known):
        return NumberScale(0.0, 0.0, 0.0, 0.0)
    median = float(np.median(known))
    some = np.abs(known[known != 0])
    unit = float(some.mean()) if logged and len(some) else 0.0
    filled = np.where(np.isfinite(values), values, median).astype(np.float64)
    moved = signed_log(filled, unit) if unit else filled
    centre, spread = float(moved.mean()), float(moved.std())
    constant = spread <= 1e-9 * max(1.0, abs(centre))
    return NumberScale(median, unit, centre, 0.0 if constant else spread)


def _apply_number(scale: NumberScale, values: np.ndarray) -> np.ndarray:
    if scale.spread == 0.0:
        return np.zeros(len(values))
    filled = np.where(np.isfinite(values), values, scale.median).astype(np.float64)
    moved = signed_log(filled, scale.unit) if scale.unit else filled
    return np.clip((moved - scale.centre) / scale.spread, -CLIP, CLIP)


def vocabulary(values: np.ndarray) -> list[str]:
    """Return the values of a category that are frequent enough to have a place."""
    counts = Counter(value for value in values.tolist() if value is not None)
    often = sorted(counts, key=lambda name: (-counts[name], name))[:MOST_CATEGORIES]
    least = LEAST_SHARE * len(values)
    return [name for name in often if counts[name] >= least]


def _apply_vocabulary(vocabulary: list[str], values: np.ndarray) -> np.ndarray:
    place = {value: position for position, value in enumerate(vocabulary)}
    place[None] = len(vocabulary) + 1
    found = np.array([place.get(value, len(vocabulary)) for value in values.tolist()])
    hot = np.zeros((len(values), len(vocabulary) + 2))
    if len(values):
        hot[np.arange(len(values)), found] = 1.0
    return hot
