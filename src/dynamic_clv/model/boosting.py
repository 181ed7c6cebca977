"""Gradient boosting that corrects BG/NBD, head by head: the network's sparring partner.

It starts from the same anchors and reads the flat features only, not the weeks.
"""

from collections.abc import Callable, Mapping
from typing import Any

import lightgbm
import numpy as np

from dynamic_clv.networks import network

Arrays = dict[str, np.ndarray]

# Values that LightGBM's own guide recommends for small data; tuned to no shop.
PARAMETERS = {
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "verbosity": -1,
    # one thread: the same bits everywhere, and no quarrel with a busy machine
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}
OBJECTIVES: Mapping[str, dict[str, Any]] = {
    network.MEAN: {"objective": "tweedie", "tweedie_variance_power": 1.5},
    network.ORDER: {"objective": "binary"},
    network.COUNT: {"objective": "poisson"},
}
MOST_ROUNDS = 300
PATIENCE_ROUNDS = 30

# Where each head's anchor stands in `features.anchor_logs`.
ANCHOR = {network.MEAN: 0, network.COUNT: 1, network.ORDER: 2}


def fit(
    rows: tuple[Arrays, Arrays],
    judged: tuple[Arrays, Arrays] | None,
    rounds: Mapping[str, int] | None,
    seed: int,
    check: Callable[[], None],
) -> tuple[dict[str, str], dict[str, int]]:
    """Boost every head that has an objective.

    Args:
        rows: inputs and targets to learn from, see `recipe`.
        judged: inputs and targets that decide when to stop; None grows all rounds.
        rounds: trees by head where nothing is judged.
        seed: of the samples that trees are grown on.
        check: called before each tree; may raise to stop.

    Returns:
        LightGBM's text of each head's trees, and their number.
    """
    texts, counts = {}, {}
    for head, objective in OBJECTIVES.items():
        parameters = {**PARAMETERS, **objective, "seed": seed % 2**31}
        most = rounds[head] if rounds else MOST_ROUNDS
        grown = _grow(parameters, head, rows, judged, most, check)
        counts[head] = grown.best_iteration if judged else most
        texts[head] = grown.model_to_string(num_iteration=counts[head])
    return texts, counts


def predict(texts: Mapping[str, str], inputs: Arrays) -> Arrays:
    """Return the boosted heads, float64 (customers, 1)."""
    anchors = inputs[network.ANCHORS].astype(np.float64)
    found = {}
    for head, text in texts.items():
        logs = anchors[:, ANCHOR[head]] + _correction(text, inputs)
        rate = 1 / (1 + np.exp(-logs)) if head == network.ORDER else np.exp(logs)
        found[head] = rate[:, None]
    return found


def _grow(
    parameters: dict[str, Any],
    head: str,
    rows: tuple[Arrays, Arrays],
    judged: tuple[Arrays, Arrays] | None,
    most: int,
    check: Callable[[], None],
) -> lightgbm.Booster:
    def ask(_: Any) -> None:
        check()

    ask.before_iteration = True  # where LightGBM looks for when to call
    if not judged:
        return lightgbm.train(parameters, _data(head, rows), most, callbacks=[ask])
    stop = lightgbm.early_stopping(PATIENCE_ROUNDS, verbose=False)
    data, beside = _data(head, rows), _data(head, judged)
    return lightgbm.train(
        parameters, data, most, valid_sets=[beside], callbacks=[ask, stop]
    )


def _data(head: str, rows: tuple[Arrays, Arrays]) -> lightgbm.Dataset:
    """Refunds beyond purchases count as nothing: the objectives know no negatives."""
    inputs, targets = rows
    label = np.maximum(targets[head][:, 0], 0.0)
    start = inputs[network.ANCHORS][:, ANCHOR[head]].astype(np.float64)
    return lightgbm.Dataset(inputs[network.FEATURES], label, init_score=start)


def _correction(text: str, inputs: Arrays) -> np.ndarray:
    values = inputs[network.FEATURES]
    if not len(values):
        return np.zeros(0)
    booster = lightgbm.Booster(model_str=text)
    found = booster.predict(values, raw_score=True, num_threads=1)
    return found.clip(-network.MOST_CORRECTION, network.MOST_CORRECTION)
