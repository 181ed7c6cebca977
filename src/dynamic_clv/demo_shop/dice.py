"""Random numbers that are the same, bit for bit, on every machine.

NumPy promises a stable stream of raw bits, but not that its normal, gamma or
Poisson draws (nor `np.exp`) agree to the last bit between processors and
versions, and one last bit can move a cent. Everything here is therefore made
from raw bits with `+ - * /` and comparisons, which are exact everywhere.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def exponential_of(power: ArrayLike) -> Floats:
    """Return e to the power, as (1 + power / 65536) squared sixteen times.

    Args:
        power: exponents between about -20 and 20.

    Returns:
        The exponential, right to about power squared / 131072.

    >>> exponential_of([0.0, 1.0]).round(3).tolist()
    [1.0, 2.718]
    """
    result = 1.0 + np.asarray(power, dtype=np.float64) / 65536.0
    for _ in range(16):
        result = result * result
    return result


class Dice:
    """A seeded source of draws; equal seeds give equal draws on every platform."""

    def __init__(self, *seeds: int) -> None:
        """Start the stream that belongs to these seeds."""
        self._bits = np.random.PCG64(np.random.SeedSequence(seeds))

    def uniform(self, *shape: int) -> Floats:
        """Draw from 0 (included) to 1 (excluded)."""
        raw = self._bits.random_raw(int(np.prod(shape)))
        return ((raw >> np.uint64(11)) * 2.0**-53).reshape(shape)

    def normal(self, *shape: int) -> Floats:
        """Draw bell-shaped numbers: twelve 16-bit uniforms, added up."""
        raw = self._bits.random_raw(3 * int(np.prod(shape)))
        parts = raw.view(np.uint16).reshape(*shape, 12)
        return (parts.sum(axis=-1, dtype=np.int64) + 6) / 65536.0 - 6.0

    def exponential(self, *shape: int) -> Floats:
        """Draw waiting times of mean 1: half the sum of two squared normals."""
        first, second = self.normal(2, *shape)
        return (first * first + second * second) / 2.0

    def whole(self, low: int, high: int, *shape: int) -> Integers:
        """Draw whole numbers from low to high, both included."""
        return low + (self.uniform(*shape) * (high - low + 1)).astype(np.int64)

    def choose(self, weights: Sequence[float], *shape: int) -> Integers:
        """Draw positions of the weights, each as often as its weight says."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        draws = self.uniform(*shape) * edges[-1]
        return np.searchsorted(edges[:-1], draws, side="right").astype(np.int64)

    def poisson(self, rate: ArrayLike) -> Integers:
        """Draw counts whose mean is the rate (0 to about 8), never above 30."""
        rate = np.asarray(rate, dtype=np.float64)
        draws = self.uniform(*rate.shape)
        probability = exponential_of(-rate)
        reached = probability.copy()
        counts = np.zeros(rate.shape, dtype=np.int64)
        for count in range(1, 31):
            above = draws >= reached
            if not above.any():
                break
            counts += above
            probability = probability * rate / count
            reached = reached + probability
        return counts

    def rows(self, count: int, total: int) -> Integers:
        """Draw `count` different row numbers out of `total` (all, if too few)."""
        return np.sort(np.argsort(self.uniform(total), kind="stable")[:count])
