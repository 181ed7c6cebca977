"""A logistic regression that corrects BG/NBD's chance of any order, to its last step.

The network stops when validation does, for all its heads at once; a chance can be
learned for longer. Beside the network it is what "Wide & Deep" (Cheng et al. 2016) has
as its wide half, on the same anchor.
"""

from collections.abc import Callable

import numpy as np
from scipy import optimize, special
from threadpoolctl import threadpool_limits

from dynamic_clv import boosting, network

Arrays = dict[str, np.ndarray]

# Half the squared weights are added to the loss of all rows, scikit-learn's default.
PENALTY = 1.0

# It has settled long before; the limit bounds the seconds.
MOST_STEPS = 200


def fit(rows: tuple[Arrays, Arrays], check: Callable[[], None]) -> list[float]:
    """Fit the weights of the features and, last, the constant.

    Linear algebra runs in one thread: the same bits everywhere.

    Args:
        rows: inputs and targets to learn from, see `recipe`.
        check: called at every step; may raise to stop.
    """
    inputs, targets = rows
    features, start = _features(inputs), _start(inputs)
    ordered = targets[network.ORDER][:, 0].astype(np.float64)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        check()
        logits = features @ weights + start
        wide = np.append(weights[:-1], 0.0)  # the constant is free
        value = np.logaddexp(0.0, logits).sum() - ordered @ logits
        slope = features.T @ (special.expit(logits) - ordered)
        return value + PENALTY / 2 * wide @ wide, slope + PENALTY * wide

    nothing = np.zeros(features.shape[1])
    steps = {"maxiter": MOST_STEPS}
    with threadpool_limits(1):
        found = optimize.minimize(
            loss, nothing, jac=True, method="L-BFGS-B", options=steps
        )
    return found.x.tolist()


def predict(weights: list[float], inputs: Arrays) -> Arrays:
    """Return the chance of any order, float64 (customers, 1), as a head."""
    logits = _features(inputs) @ np.array(weights) + _start(inputs)
    return {network.ORDER: special.expit(logits)[:, None]}


def _features(inputs: Arrays) -> np.ndarray:
    """Add a column of ones: float64 (rows, features + 1)."""
    features = inputs[network.FEATURES].astype(np.float64)
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)


def _start(inputs: Arrays) -> np.ndarray:
    place = boosting.ANCHOR[network.ORDER]
    return inputs[network.ANCHORS][:, place].astype(np.float64)
