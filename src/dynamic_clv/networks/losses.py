"""Losses for spend with many zeros and a long tail, written with `keras.ops` only.

Each takes tensors (batch, outputs) in units of the mean spend and gives (batch,).
"""

from typing import Any

from dynamic_clv.expectation import quantiles
from dynamic_clv.networks import runtime

Tensor = Any


def tweedie(actual: Tensor, predicted: Tensor) -> Tensor:
    """Half the Tweedie unit deviance of power 1.5, without what no weight can change.

    -y mu^(1-p) / (1-p) + mu^(2-p) / (2-p), Jorgensen 1987, "Exponential Dispersion
    Models". Its slope is (mu - y) / mu^p, so the mean is estimated without bias, also
    where refunds make y negative.

    Args:
        actual: (batch, 1), any sign.
        predicted: (batch, 1), positive.
    """
    ops = runtime.prepare().ops
    root = ops.sqrt(predicted)
    return ops.mean(2.0 * actual / root + 2.0 * root, axis=-1)


def pinball(actual: Tensor, predicted: Tensor) -> Tensor:
    """Quantile loss, Koenker and Bassett 1978: max(q e, (q - 1) e), e = y - quantile.

    For q = 0.5 it is half the absolute error, so the median is what minimises it.

    Args:
        actual: (batch, 1).
        predicted: (batch, 3): those of `quantiles.QUANTILES`.
    """
    ops = runtime.prepare().ops
    wanted = ops.convert_to_tensor([quantiles.QUANTILES], dtype=predicted.dtype)
    error = actual - predicted  # (batch, 3)
    return ops.mean(ops.maximum(wanted * error, (wanted - 1.0) * error), axis=-1)


def poisson(actual: Tensor, predicted: Tensor) -> Tensor:
    """Poisson deviance without what no weight can change: mu - y log mu.

    Args:
        actual: (batch, 1) orders.
        predicted: (batch, 1) expected orders, positive.
    """
    ops = runtime.prepare().ops
    return ops.mean(predicted - actual * ops.log(predicted), axis=-1)


def cross_entropy(actual: Tensor, predicted: Tensor) -> Tensor:
    """Negative log-likelihood of a yes or no.

    Args:
        actual: (batch, 1) zeros and ones.
        predicted: (batch, 1) probability of one.
    """
    ops = runtime.prepare().ops
    return ops.binary_crossentropy(actual, predicted)[:, 0]


def squared(actual: Tensor, predicted: Tensor) -> Tensor:
    """Squared error, for those who want it: a few large buyers decide everything."""
    return runtime.prepare().ops.mean((actual - predicted) ** 2, axis=-1)
