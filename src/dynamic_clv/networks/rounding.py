"""Weights in eight bits, and back: a quarter of the size.

Symmetric quantisation per output (Krishnamoorthi 2018, arXiv:1806.08342). Biases stay
as they are: they are few.
"""

from collections.abc import Sequence

import numpy as np

Weights = list[np.ndarray]

# The largest number of eight bits, sign apart.
MOST = 127


def pack(weights: Sequence[np.ndarray]) -> Weights:
    """Round every matrix to 255 steps per output, around zero.

    Returns:
        The layers' arrays, matrices as int8, and after them the steps of each matrix.
    """
    packed, steps = [], []
    for values in weights:
        if values.ndim < 2:
            packed.append(values)
            continue
        step = _step(values)
        packed.append(np.rint(values / step).astype(np.int8))
        steps.append(step)
    return [*packed, *steps]


def unpack(weights: Sequence[np.ndarray]) -> Weights:
    """Return the layers' arrays as float32; what is not packed stays as it is.

    Examples:
        >>> pack([np.array([[1.27, 0.0], [0.504, -2.54]], np.float32)])[0].tolist()
        [[127, 0], [50, -127]]
        >>> unpack(pack([np.array([[1.27], [0.504]], np.float32)]))[0].round(2).tolist()
        [[1.2699999809265137], [0.5]]
    """
    count = sum(values.dtype == np.int8 for values in weights)
    layers = weights[: len(weights) - count]
    steps = iter(weights[len(weights) - count :])
    return [
        values * next(steps) if values.dtype == np.int8 else values for values in layers
    ]


def _step(values: np.ndarray) -> np.ndarray:
    """Return the size of a step of each output, the last axis, in float32."""
    others = tuple(range(values.ndim - 1))
    largest = np.abs(values).max(axis=others, keepdims=True)
    return np.maximum(largest, np.float32(1e-12)) / np.float32(MOST)
