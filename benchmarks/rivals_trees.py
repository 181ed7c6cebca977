"""Rivals from scikit-learn, at its defaults or at what its textbooks recommend.

A horizon longer than any label is answered by the longest label's amounts times
asked / longest days, and by the chance of any order at a constant hazard.
"""

from typing import Any

import numpy as np
from rivals_question import Array, Question, answer, longer, ranked
from sklearn import ensemble as forests
from sklearn import linear_model, svm, tree

from dynamic_clv import network
from dynamic_clv.baselines import Baseline

# Leaves of at least this many rows: sklearn's default of one learns every customer by
# heart. Hastie, Tibshirani and Friedman 2009 give five for a forest.
ROWS_PER_LEAF = 50
ROWS_PER_FOREST_LEAF = 5
TREES = 100
FEATURE_SHARE = 1 / 3  # likewise, for regression
CORES = 2

# The cost of a kernel machine grows with the square of the rows.
MOST_SVR_ROWS = 5_000


def decision_tree(question: Question) -> Baseline:
    """One tree for the mean amount, one for the chance of any order."""
    same = {
        "min_samples_leaf": ROWS_PER_LEAF,
        "random_state": question.settings.seed,
    }
    return _by_trees(
        question,
        tree.DecisionTreeRegressor(**same),
        tree.DecisionTreeClassifier(**same),
    )


def random_forest(question: Question) -> Baseline:
    """A forest for the mean amount, one for the chance of any order."""
    same = {
        "n_estimators": TREES,
        "min_samples_leaf": ROWS_PER_FOREST_LEAF,
        "random_state": question.settings.seed,
        "n_jobs": CORES,
    }
    return _by_trees(
        question,
        forests.RandomForestRegressor(max_features=FEATURE_SHARE, **same),
        forests.RandomForestClassifier(**same),
    )


def svr(question: Question) -> Baseline:
    """Support vector regression (radial kernel, C 1, epsilon 0.1) on log spend.

    It learns from 5,000 rows drawn at random. It has no chance of any order, so
    customers are ranked by their amount. Its loss is nearly the absolute error, so
    what it says before the correction of `_from_logs` is its median.
    """
    features, spend = _features(question.rows[0]), _spend(question)
    dice = np.random.default_rng(question.settings.seed)
    drawn = np.sort(dice.permutation(len(spend))[:MOST_SVR_ROWS])
    features, spend = features[drawn], spend[drawn]
    model = svm.SVR(gamma="scale").fit(features, signed_log(spend))
    said = model.predict(_features(question.today))
    mean, middle = _from_logs(said, model.predict(features), spend)
    scale = question.unit * question.stretch
    return answer(mean * scale, ranked(mean), middle * scale)


def ridge(question: Question) -> Baseline:
    """Ridge regression (alpha 1) on log spend; logistic regression for any order.

    The prediction before the correction of `_from_logs` serves as the median.
    """
    features, spend = _features(question.rows[0]), _spend(question)
    model = linear_model.Ridge().fit(features, signed_log(spend))
    said = model.predict(_features(question.today))
    mean, middle = _from_logs(said, model.predict(features), spend)
    scale = question.unit * question.stretch
    chance = _chance(question, linear_model.LogisticRegression(max_iter=500))
    return answer(mean * scale, chance, middle * scale)


def signed_log(spend: Array) -> Array:
    """Return log(1 + spend) of what was spent, its mirror image of what came back.

    Examples:
        >>> signed_log(np.array([-1.0, 0.0, 1.0])).round(3).tolist()
        [-0.693, 0.0, 0.693]
    """
    return np.sign(spend) * np.log1p(np.abs(spend))


def _from_logs(said: Array, fitted: Array, spend: Array) -> tuple[Array, Array]:
    """Undo `signed_log`, then let one ratio make the training total right.

    A back-transformed mean of logs is far below the mean: the ratio of the total spent
    to the total fitted is the simplest correction (a ratio estimator; Duan's smearing
    of 1983 needs errors of one size, which spend does not have).

    Args:
        said: predicted logs of today's customers.
        fitted: predicted logs of the training rows.
        spend: what the training rows really spent, in spend units.

    Returns:
        Mean and uncorrected amount of today's customers, in spend units.
    """
    middle, back = (np.maximum(_unlogged(logs), 0.0) for logs in (said, fitted))
    return middle * max(spend.sum(), 0.0) / max(back.sum(), 1e-9), middle


def _unlogged(logs: Array) -> Array:
    # no training row is e^30 times the mean: beyond it a linear model has lost its way
    return np.sign(logs) * np.expm1(np.minimum(np.abs(logs), 30.0))


def _by_trees(question: Question, regressor: Any, classifier: Any) -> Baseline:
    model = regressor.fit(_features(question.rows[0]), _spend(question))
    amount = model.predict(_features(question.today))
    chance = _chance(question, classifier)
    return answer(amount * question.unit * question.stretch, chance)


def _chance(question: Question, classifier: Any) -> Array:
    """Fit a classifier; (customers,) chance of any order in the asked horizon."""
    inputs, targets = question.rows
    bought = targets[network.ORDER][:, 0] > 0
    if bought.all() or not bought.any():  # nothing to tell apart
        return np.full(len(question.customer_ids), float(bought.any()))
    model = classifier.fit(_features(inputs), bought)
    chance = model.predict_proba(_features(question.today))[:, 1]
    return longer(chance, question.stretch)


def _features(inputs: dict[str, Array]) -> Array:
    return inputs[network.FEATURES]


def _spend(question: Question) -> Array:
    return question.rows[1][network.MEAN][:, 0].astype(np.float64)
