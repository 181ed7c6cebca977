"""A logistic regression that corrects BG/NBD's chance of any order, to its last step.

The network stops when validation does, for all its heads at once; a chance can be
learned for longer. Beside the network it is what "Wide & Deep" (Cheng et al. 2016) has
as its wide half, on the same anchor.
"""

from collections.abc import Callable

import numpy as np
from scipy import optimize, special
from threadpoolctl import threadpool_limits

from dynamic_clv.model import boosting
from dynamic_clv.networks import network

Arrays = dict[str, np.ndarray]

# Half the squared weights, times one of these, is added to the loss of all rows:
# scikit-learn's default, and two that hold the weights closer to nothing.
PENALTIES = (1.0, 30.0, 300.0)

# It has settled long before; the limit bounds the seconds.
MOST_STEPS = 200


def fit(
    rows: tuple[Arrays, Arrays],
    judged: tuple[Arrays, Arrays] | None,
    penalty: float | None,
    check: Callable[[], None],
) -> tuple[list[float], float]:
    """Fit the weights of the features and, last, the constant.

    Linear algebra runs in one thread: the same bits everywhere.

    Args:
        rows: inputs and targets to learn from, see `recipe`.
        judged: inputs and targets that choose among `PENALTIES`; None takes `penalty`.
        penalty: on the weights where nothing is judged; None takes the least.
        check: called at every step; may raise to stop.

    Returns:
        The weights, and the penalty that they were found with.
    """
    with threadpool_limits(1):
        if not judged:
            penalty = penalty or PENALTIES[0]
            return _fit(rows, penalty, check).tolist(), penalty
        found = {one: _fit(rows, one, check) for one in PENALTIES}
        best = min(PENALTIES, key=lambda one: _loss(found[one], judged))
        return found[best].tolist(), best


def predict(weights: list[float], inputs: Arrays) -> Arrays:
    """Return the chance of any order, float64 (customers, 1), as a head."""
    logits = _features(inputs) @ np.array(weights) + _start(inputs)
    return {network.ORDER: special.expit(logits)[:, None]}


def _fit(
    rows: tuple[Arrays, Arrays], penalty: float, check: Callable[[], None]
) -> np.ndarray:
    features, start, ordered = _arrays(rows)

    def penalised(weights: np.ndarray) -> tuple[float, np.ndarray]:
        check()
        wide = np.append(weights[:-1], 0.0)  # the constant is free
        logits = features @ weights + start
        slope = features.T @ (special.expit(logits) - ordered)
        loss = _cross_entropy(logits, ordered)
        return loss + penalty / 2 * wide @ wide, slope + penalty * wide

    nothing = np.zeros(features.shape[1])
    steps = {"maxiter": MOST_STEPS}
    return optimize.minimize(
        penalised, nothing, jac=True, method="L-BFGS-B", options=steps
    ).x


def _loss(weights: np.ndarray, rows: tuple[Arrays, Arrays]) -> float:
    features, start, ordered = _arrays(rows)
    return _cross_entropy(features @ weights + start, ordered)


def _cross_entropy(logits: np.ndarray, ordered: np.ndarray) -> float:
    return float(np.logaddexp(0.0, logits).sum() - ordered @ logits)


def _arrays(rows: tuple[Arrays, Arrays]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    inputs, targets = rows
    ordered = targets[network.ORDER][:, 0].astype(np.float64)
    return _features(inputs), _start(inputs), ordered


def _features(inputs: Arrays) -> np.ndarray:
    """Add a column of ones: float64 (rows, features + 1)."""
    features = inputs[network.FEATURES].astype(np.float64)
    return np.concatenate([features, np.ones((len(features), 1))], axis=1)


def _start(inputs: Arrays) -> np.ndarray:
    place = boosting.ANCHOR[network.ORDER]
    return inputs[network.ANCHORS][:, place].astype(np.float64)
