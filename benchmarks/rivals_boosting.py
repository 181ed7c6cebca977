"""Rivals from LightGBM: one recipe of rounds, four ways to see the spend.

Each stops early on the validation cut-off and then learns every labelled row for as
many rounds. A horizon longer than any label is answered by the longest label's amounts
times asked / longest days, unless the amounts are anchored, and by the chance of any
order at a constant hazard.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from rivals_question import Array, Arrays, Lesson, Question, answer, longer

from dynamic_clv.measures.baselines import Baseline
from dynamic_clv.networks import network

ROUNDS = 300
PATIENCE = 30

# A second thread saves a third on an idle machine, and costs ten times the whole on a
# busy one: the threads wait for each other, at full speed, after every step.
CORES = 1

COMMON = {
    "learning_rate": 0.05,
    "num_leaves": 31,
    "num_threads": CORES,
    "deterministic": True,
    "force_row_wise": True,  # else timing decides, and with it the last digits
    "verbosity": -1,
}

TWEEDIE = {"objective": "tweedie", "tweedie_variance_power": 1.5}
ABSOLUTE = {"objective": "l1"}
BINARY = {"objective": "binary"}
GAMMA = {"objective": "gamma"}

# Tweedie and gamma are for what is not negative, and for what is positive.
LEAST_SPEND = 1e-6

# The largest log amount that is believed: e^30 mean customers.
MOST_LOG = 30.0


@dataclass(frozen=True)
class Task:
    """One thing to boost.

    Attributes:
        objective: parameters of LightGBM.
        target: (targets) -> (rows,) what to predict.
        start: (inputs) -> (rows,) raw score to start from; None lets LightGBM choose.
        chosen: (targets) -> (rows,) which rows to learn from; None is all.
    """

    objective: dict[str, Any]
    target: Callable[[Arrays], Array]
    start: Callable[[Arrays], Array] | None = None
    chosen: Callable[[Arrays], Array] | None = None


def spend(targets: Arrays) -> Array:
    """Return net spend in spend units; more returned than bought counts as nothing."""
    return np.maximum(targets[network.MEAN][:, 0], 0.0)


def ordered(targets: Arrays) -> Array:
    """Return 1 where there was an order in the horizon."""
    return targets[network.ORDER][:, 0]


def anchor(inputs: Arrays) -> Array:
    """Return the log of BG/NBD times Gamma-Gamma, in spend units.

    It holds the level of the shop just as the package's network sees it: the one that
    each past cut-off really had, and the forecast one for today.
    """
    return inputs[network.ANCHORS][:, 0].astype(np.float64)


MEAN_SPEND = Task(TWEEDIE, spend)
ANCHORED_SPEND = Task(TWEEDIE, spend, start=anchor)
MIDDLE_SPEND = Task(ABSOLUTE, lambda targets: targets[network.MEAN][:, 0])
ANY_ORDER = Task(BINARY, ordered)
SPEND_OF_BUYERS = Task(
    GAMMA,
    lambda targets: np.maximum(spend(targets), LEAST_SPEND),
    chosen=lambda targets: ordered(targets) > 0,
)


def lightgbm_tweedie(question: Question) -> Baseline:
    """Tweedie loss (power 1.5) for the mean, a classifier for any order."""
    amount = boost(question, MEAN_SPEND) * question.unit * question.stretch
    return answer(amount, _chance(question))


def lightgbm_tweedie_anchored(question: Question) -> Baseline:
    """Tweedie loss that starts from BG/NBD times Gamma-Gamma over the asked horizon.

    The start knows how far is asked, so nothing is stretched.
    """
    return answer(boost(question, ANCHORED_SPEND) * question.unit, _chance(question))


def lightgbm_l1(question: Question) -> Baseline:
    """Absolute error: its one amount is a median, and has to serve as the mean."""
    scale = question.unit * question.stretch
    amount = np.maximum(boost(question, MIDDLE_SPEND), 0.0) * scale
    return answer(amount, _chance(question), amount)


def lightgbm_hurdle(question: Question) -> Baseline:
    """Chance of any order, times what buyers spend (gamma loss)."""
    chance = boost(question, ANY_ORDER)
    amount = chance * boost(question, SPEND_OF_BUYERS)
    scale = question.unit * question.stretch
    return answer(amount * scale, longer(chance, question.stretch))


def boost(question: Question, task: Task) -> Array:
    """Find the number of rounds, learn all rows, predict (customers,)."""
    count = _count_rounds(question, task)
    parameters = _parameters(question, task)
    model = lightgbm.train(parameters, _dataset(question.rows, task), count)
    return _predict(model, question.today, task)


def _count_rounds(question: Question, task: Task) -> int:
    rows = _dataset(question.early, task)
    judged = _dataset(question.judged, task, rows)
    model = lightgbm.train(
        _parameters(question, task),
        rows,
        ROUNDS,
        valid_sets=[judged],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
    )
    return max(model.best_iteration, 1)


def _dataset(
    lesson: Lesson, task: Task, reference: lightgbm.Dataset | None = None
) -> lightgbm.Dataset:
    inputs, targets = lesson
    label = task.target(targets)
    chosen = np.ones(len(label), bool) if task.chosen is None else task.chosen(targets)
    start = None if task.start is None else task.start(inputs)[chosen]
    features = inputs[network.FEATURES][chosen]
    return lightgbm.Dataset(
        features, label[chosen], init_score=start, reference=reference
    )


def _predict(model: lightgbm.Booster, inputs: Arrays, task: Task) -> Array:
    features = inputs[network.FEATURES]
    if task.start is None:
        return model.predict(features)
    raw = model.predict(features, raw_score=True) + task.start(inputs)
    return np.exp(np.minimum(raw, MOST_LOG))


def _chance(question: Question) -> Array:
    return longer(boost(question, ANY_ORDER), question.stretch)


def _parameters(question: Question, task: Task) -> dict[str, Any]:
    return {**COMMON, **task.objective, "seed": question.settings.seed}
