"""Quantiles of what a customer will spend: nothing, or a log-logistic amount."""

from types import ModuleType
from typing import Any

import numpy as np

Tensor = Any

QUANTILES = (0.1, 0.5, 0.9)

# Log-logistic shape of what buyers spend, before the network has an opinion: the
# quarter who spend most spend three times what the middle buyer does.
START_SPREAD = 0.5

# The mean of a log-logistic is this many times its median (pi s / sin(pi s)).
MEAN_OVER_MEDIAN = np.pi * START_SPREAD / np.sin(np.pi * START_SPREAD)


def of_spend(
    ops: ModuleType, chance: Tensor, log_level: Tensor, spread: Tensor
) -> Tensor:
    """Return the quantiles of a spend that is zero with probability 1 - chance.

    The q-quantile is zero while q <= 1 - chance. Above, it is the quantile of rank
    u = (q - 1 + chance) / chance among buyers: level * (u / (1 - u)) ** spread. So
    they never cross, and a likely non-buyer has a median of exactly nothing.

    Args:
        ops: `numpy` or `keras.ops`.
        chance: (customers, 1) probability of any spend.
        log_level: (customers, 1) log of the buyers' median spend.
        spread: (customers, 1), or one for all; positive.

    Returns:
        (customers, 3) for `QUANTILES`.

    Examples:
        >>> of_spend(np, np.array([[1.0]]), np.array([[0.0]]), 0.5).round(2).tolist()
        [[0.33, 1.0, 3.0]]
    """
    silent = 1.0 - np.array([QUANTILES], "float32")
    rank = (chance - silent) / (chance + 1e-6)  # (customers, 3)
    inside = ops.clip(rank, 1e-4, 0.999)
    log_odds = ops.log(inside) - ops.log(1.0 - inside)
    return ops.where(rank > 0, ops.exp(log_level + spread * log_odds), 0.0)


def ruled_out(spend_quantiles: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Set to nothing the quantiles that so small a chance of an order cannot reach.

    Mixed opinions on the range and on the chance may disagree: who will most likely
    not order has a median of nothing, whatever the range says.

    Args:
        spend_quantiles: (customers, 3) for `QUANTILES`.
        chance: (customers,) probability of any order.

    Returns:
        (customers, 3).

    Examples:
        >>> ruled_out(np.array([[2.0, 5.0, 9.0]]), np.array([0.4])).tolist()
        [[0.0, 0.0, 9.0]]
    """
    reached = chance[:, np.newaxis] > 1.0 - np.array([QUANTILES])
    return np.where(reached, spend_quantiles, 0.0)
