"""The opinions that a prediction is made of: BG/NBD, network, regression and trees.

All start from the same anchors and give the same heads, so they can be mixed.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from dynamic_clv import columns
from dynamic_clv.model import boosting, logistic
from dynamic_clv.networks import inference, network

Arrays = dict[str, np.ndarray]


def ask(
    members: Sequence[inference.Weights],
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
        found[columns.CNN_LSTM] = inference.predict(members, inputs)
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
    unmoved = np.zeros((len(anchors), network.COUNT_CORRECTIONS))
    return network.heads(network.NUMPY, anchors, unmoved)
