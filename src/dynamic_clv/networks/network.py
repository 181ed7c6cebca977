"""The CNN-LSTM: reads a customer's history and corrects what BG/NBD expects.

Every head starts exactly at the buy-till-you-die expectation, because the weights of
its correction start at zero, and can leave it by a bounded factor only. Amounts are
in units of the mean spend in training, so cents and millions train alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy import special

from dynamic_clv.expectation import quantiles
from dynamic_clv.history import features as facts
from dynamic_clv.networks import runtime
from dynamic_clv.networks.hyperparameters import DEFAULTS, Hyperparameters

Tensor = Any

# Measured on four public shops: larger networks were slower and no better.
KERNEL = 4
POOL = 2
DENSE = (48, 24)

# A head moves its anchor by exp(+-MOST_CORRECTION) at most: no score can explode.
MOST_CORRECTION = 3.0

COUNT_CORRECTIONS = 6

SEQUENCE = "sequence"
FEATURES = "features"
ANCHORS = "anchors"

MEAN = "mean"
ORDER = "order"
COUNT = "count"
QUANTILES = "quantiles"
HEADS = (MEAN, ORDER, COUNT, QUANTILES)

# What `heads` needs of `keras.ops`, for arrays.
NUMPY = SimpleNamespace(
    clip=np.clip,
    exp=np.exp,
    log=np.log,
    sigmoid=special.expit,
    stop_gradient=np.asarray,
    tanh=np.tanh,
    where=np.where,
)


@dataclass(frozen=True)
class Shape:
    """Sizes that the network is built for, stored beside its weights."""

    steps: int
    channels: int
    features: int


def build(
    shape: Shape, chosen: Hyperparameters = DEFAULTS, dropout: float = 0.0
) -> Any:
    """Build the untrained network.

    Inputs: sequence (batch, steps, channels), features (batch, features), anchors
    (batch, 4) from `features.anchor_logs`. Outputs by head: mean (batch, 1) spend,
    order (batch, 1) probability, count (batch, 1) orders, quantiles (batch, 3) spend.

    Args:
        shape: sizes of the inputs.
        chosen: width, and what is left out or shaken at a training step.
        dropout: share of features and of dense units left out at each training step.

    Returns:
        A `keras.Model` with one output per name in `HEADS`.
    """
    keras = runtime.prepare()
    sequence = keras.Input((shape.steps, shape.channels), name=SEQUENCE)
    features = keras.Input((shape.features,), name=FEATURES)
    anchors = keras.Input((facts.COUNT_ANCHORS,), name=ANCHORS)
    shaken = _shake(keras, sequence, chosen)
    history = _read_history(keras, shaken, chosen.width)  # (batch, width)
    seen = keras.layers.Dropout(dropout)(features)
    deep = keras.layers.Concatenate()([history, seen])
    for units in DENSE:
        deep = keras.layers.Dense(units, activation="relu")(deep)
        deep = keras.layers.Dropout(dropout)(deep)
    wide = keras.layers.Concatenate()([deep, seen])
    corrections = keras.layers.Dense(COUNT_CORRECTIONS, kernel_initializer="zeros")(
        wide
    )
    outputs = heads(keras.ops, anchors, corrections)
    return keras.Model([sequence, features, anchors], outputs)


def shape_of(inputs: Mapping[str, np.ndarray]) -> Shape:
    """Return the sizes of the network that reads these inputs."""
    _, steps, channels = inputs[SEQUENCE].shape
    return Shape(steps, channels, inputs[FEATURES].shape[1])


def heads(ops: Any, anchors: Tensor, corrections: Tensor) -> dict[str, Tensor]:
    """Return what the heads say of anchors that are moved.

    Args:
        ops: `keras.ops`, or `NUMPY`.
        anchors: (customers, 4), see `features.anchor_logs`.
        corrections: (customers, `COUNT_CORRECTIONS`), of any size: they are bounded
            here. Zeros leave the anchors as they are.

    Returns:
        The outputs of `build`, by head.
    """
    moved = MOST_CORRECTION * ops.tanh(corrections / MOST_CORRECTION)
    log_spend, log_orders, logit_order, log_if_order = (
        anchors[:, i : i + 1] for i in range(facts.COUNT_ANCHORS)
    )
    to_mean, to_order, to_count, to_level, to_spread, to_gate = (
        moved[:, i : i + 1] for i in range(COUNT_CORRECTIONS)
    )
    logit = logit_order + to_order
    spend_quantiles = quantiles.of_spend(
        ops,
        ops.sigmoid(ops.stop_gradient(logit) + to_gate),
        log_if_order + to_level,
        quantiles.START_SPREAD * ops.exp(to_spread),
    )
    return {
        MEAN: ops.exp(log_spend + to_mean),
        ORDER: ops.sigmoid(logit),
        COUNT: ops.exp(log_orders + to_count),
        QUANTILES: spend_quantiles,
    }


def _shake(keras: Any, sequence: Tensor, chosen: Hyperparameters) -> Tensor:
    """Leave channels out and change amounts a little, while training only."""
    if chosen.channel_dropout:
        sequence = keras.layers.SpatialDropout1D(chosen.channel_dropout)(sequence)
    if chosen.amount_jitter:
        # noise around 1 of deviation sqrt(rate / (1 - rate)), so this rate
        rate = chosen.amount_jitter**2 / (1 + chosen.amount_jitter**2)
        sequence = keras.layers.GaussianDropout(rate)(sequence)
    return sequence


def _read_history(keras: Any, sequence: Tensor, width: int) -> Tensor:
    """Find short patterns, halve the resolution, remember what they led to."""
    layers = keras.layers
    patterns = layers.Conv1D(width, KERNEL, padding="causal", activation="relu")(
        sequence
    )  # (batch, steps, width)
    if sequence.shape[1] >= 2 * POOL:
        patterns = layers.AveragePooling1D(POOL, padding="same")(patterns)
    return layers.LSTM(width)(patterns)  # (batch, width)
