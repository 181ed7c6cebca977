"""What is still put right after the experts were mixed: the total, and the range.

The network sees how the mix of customers moves, the shop's level sees season and trend.
Where their totals differ neither is known to be right, and the middle of two forecasts
is hard to beat (Bates and Granger 1969, "The Combination of Forecasts").
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

# How far the total goes from the experts' own to the one that the shop's level expects.
MIDDLE = 0.5

# exp(+-0.7) halves or doubles: beyond, one of the totals is no forecast any more.
MOST_SHIFT = 0.7

# Ranges are widened or narrowed only on what this many customers did.
LEAST_CUSTOMERS = 50
MISSED = 0.1  # on either side of an 80% range
MOST_STRETCH = 4.0


@dataclass(frozen=True)
class Stretch:
    """Factors that make p10 and p90 hold what they say.

    Attributes:
        low: of p10, where there is one above zero.
        high: of p90, likewise.
    """

    low: float = 1.0
    high: float = 1.0

    def to_dict(self) -> dict[str, float]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> "Stretch":
        """Rebuild a stretch from `to_dict`."""
        return cls(**values)

    def apply(self, quantiles: np.ndarray) -> np.ndarray:
        """Move p10 and p90, never across the median, (customers, 3)."""
        low, median, high = quantiles.T
        low, high = (
            np.minimum(low * self.low, median),
            np.maximum(high * self.high, median),
        )
        return np.stack([low, median, high], axis=1)


def shift(found: np.ndarray, anchors: np.ndarray) -> float:
    """Return the logarithm to add to every mean.

    Args:
        found: mean of the experts, (customers, 1).
        anchors: mean of BG/NBD at the shop's level, (customers, 1).
    """
    totals = float(found.sum()), float(anchors.sum())
    if min(totals) <= 0:
        return 0.0
    moved = MIDDLE * (np.log(totals[1]) - np.log(totals[0]))
    return float(np.clip(moved, -MOST_SHIFT, MOST_SHIFT))


def stretch(said: Sequence[np.ndarray], happened: Sequence[np.ndarray]) -> Stretch:
    """Learn the factors from cut-offs that no expert had learned from.

    Split conformal prediction (Lei et al. 2018, "Distribution-Free Predictive Inference
    for Regression"); the score is the ratio of what happened to a quantile. A range
    that starts at zero misses nobody below: only the ends above zero are moved.

    Args:
        said: quantiles by cut-off, (customers, 3).
        happened: net amounts by cut-off, (customers,).
    """
    quantiles, amount = np.concatenate(said), np.concatenate(happened)
    return Stretch(
        low=_factor(amount, quantiles[:, 0], MISSED),
        high=_factor(amount, quantiles[:, 2], 1 - MISSED),
    )


def _factor(amount: np.ndarray, quantile: np.ndarray, share: float) -> float:
    """Return the factor below which this share of what happened falls."""
    there = quantile > 0
    count = int(there.sum())
    if count < LEAST_CUSTOMERS:
        return 1.0
    ratios = np.sort(amount[there] / quantile[there])
    # the extra customer is the one who is to be predicted
    place = (
        np.ceil((count + 1) * share) if share > 0.5 else np.floor((count + 1) * share)
    )
    found = ratios[int(np.clip(place, 1, count)) - 1]
    return float(np.clip(found, 1 / MOST_STRETCH, MOST_STRETCH))
