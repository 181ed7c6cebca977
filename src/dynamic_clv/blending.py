"""How much of the network to believe, head by head; the rest is BG/NBD's."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dynamic_clv import ensemble, features, network, quantiles

Arrays = dict[str, np.ndarray]

# Shares of the network to choose from.
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def choose(
    members: Sequence[ensemble.Weights],
    judged: tuple[Arrays, Arrays],
    losses: Mapping[str, Callable[[np.ndarray, np.ndarray], Any]],
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Let the validation rows choose, so that no head is worse there than BG/NBD.

    Args:
        members: weights of each network.
        judged: inputs and targets of the validation cut-off.
        losses: head -> loss to choose by; of equal shares the larger one wins.

    Returns:
        The share of the network by head, and by head the loss of BG/NBD, of the
        network and of the blend.
    """
    inputs, targets = judged
    found, anchors = ensemble.predict(members, inputs), anchor_heads(inputs)
    shares: dict[str, float] = {}
    compared: dict[str, dict[str, float]] = {}
    for head, loss in losses.items():
        tried = {}
        for share in SHARES:
            mixed = mix(found[head], anchors[head], share).astype(np.float32)
            tried[share] = float(np.mean(np.asarray(loss(targets[head], mixed))))
        best = min(tried, key=lambda share: (tried[share], -share))
        shares[head] = best
        compared[head] = {
            "bg_nbd": tried[0.0],
            "network": tried[1.0],
            "blend": tried[best],
        }
    return shares, compared


def blend(found: Arrays, inputs: Arrays, shares: Mapping[str, float]) -> Arrays:
    """Mix the network's heads with their anchors, in float64."""
    anchors = anchor_heads(inputs)
    return {
        head: mix(found[head], anchor, shares[head]) for head, anchor in anchors.items()
    }


def anchor_heads(inputs: Arrays) -> Arrays:
    """Return what each head says before any correction, in float64."""
    return heads(inputs[network.ANCHORS].astype(np.float64))


def heads(anchors: np.ndarray) -> Arrays:
    """Return the heads of logarithms (customers, 4), see `features.anchor_logs`."""
    log_spend, log_orders, logit, log_if_order = (
        anchors[:, place : place + 1] for place in range(features.COUNT_ANCHORS)
    )
    chance = 1 / (1 + np.exp(-logit))
    return {
        network.MEAN: np.exp(log_spend),
        network.ORDER: chance,
        network.COUNT: np.exp(log_orders),
        network.QUANTILES: quantiles.of_spend(
            np, chance, log_if_order, quantiles.START_SPREAD
        ),
    }


def mix(found: np.ndarray, anchor: np.ndarray, share: float) -> np.ndarray:
    """Return `share` parts of the network and the rest of the anchor."""
    return share * found + (1.0 - share) * anchor
