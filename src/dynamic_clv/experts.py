"""The opinions that a prediction is made of: BG/NBD, network, regression and trees.

All start from the same anchors and give the same heads, so they can be mixed.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from dynamic_clv import (
    boosting,
    columns,
    ensemble,
    features,
    logistic,
    network,
    quantiles,
)

Arrays = dict[str, np.ndarray]


def ask(
    members: Sequence[ensemble.Weights],
    trees: Mapping[str, str],
    regression: list[float],
    inputs: Arrays,
) -> dict[str, Arrays]:
    """Ask every expert about the same customers.

    Args:
        members: weights of each network; none leaves the network out.
        trees: LightGBM's text by head; none leaves it out.
        regression: weights of `logistic`; none leaves it out.
        inputs: from `recipe.inputs`.

    Returns:
        Heads by expert, float64 (customers, outputs); trees know no quantiles, and
        the regression knows the chance of any order only.
    """
    found = {columns.BTYD: anchor_heads(inputs)}
    if members:
        found[columns.CNN_LSTM] = ensemble.predict(members, inputs)
    if regression:
        found[columns.LOGISTIC] = logistic.predict(regression, inputs)
    if trees:
        found[columns.BOOSTING] = boosting.predict(trees, inputs)
    return found


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
