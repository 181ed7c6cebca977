"""Textbook learners that every build's network is set beside.

From scikit-learn, at its defaults or at what its textbooks recommend, on the features
that the network also reads: no window, no anchor, no season.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn import ensemble, linear_model, svm, tree
from threadpoolctl import threadpool_limits

from dynamic_clv.measures.baselines import Baseline, median_like

Array = NDArray[np.float64]

# Leaves of at least this many rows: sklearn's default of one learns every customer by
# heart. Hastie, Tibshirani and Friedman 2009, "The Elements of Statistical Learning",
# give five, and a third of the features, for a forest.
ROWS_PER_LEAF = 50
ROWS_PER_FOREST_LEAF = 5
TREES = 100
FEATURE_SHARE = 1 / 3

# The cost of a kernel machine grows with the square of the rows.
MOST_KERNEL_ROWS = 5_000

# No training row is e^30 times the mean: beyond it a linear model has lost its way.
MOST_LOG = 30.0


@dataclass(frozen=True)
class Lesson:
    """Labelled rows to learn from.

    Attributes:
        features: float32 (rows, features).
        spend: in units of its mean, (rows,).
        bought: 1 where there was any order, (rows,).
        seed: of whatever is drawn.
    """

    features: np.ndarray
    spend: Array
    bought: Array
    seed: int


def decision_tree(lesson: Lesson, shown: np.ndarray) -> Baseline:
    """One tree for the mean amount, one for the chance of any order.

    Args:
        lesson: to learn from.
        shown: features of the customers to predict, (customers, features).

    Returns:
        Amounts in the lesson's units; likewise below.
    """
    same = {"min_samples_leaf": ROWS_PER_LEAF, "random_state": lesson.seed % 2**32}
    models = tree.DecisionTreeRegressor(**same), tree.DecisionTreeClassifier(**same)
    return _by_trees(lesson, shown, *models)


def random_forest(lesson: Lesson, shown: np.ndarray) -> Baseline:
    """A forest for the mean amount, one for the chance of any order.

    In one thread: several add up what the trees say in an order of their own, and the
    last digits differ.
    """
    same = {
        "n_estimators": TREES,
        "min_samples_leaf": ROWS_PER_FOREST_LEAF,
        "random_state": lesson.seed % 2**32,
    }
    amounts = ensemble.RandomForestRegressor(max_features=FEATURE_SHARE, **same)
    return _by_trees(lesson, shown, amounts, ensemble.RandomForestClassifier(**same))


def support_vectors(lesson: Lesson, shown: np.ndarray) -> Baseline:
    """Support vector regression (radial kernel, C 1, epsilon 0.1) on log spend.

    It has no chance of any order, so customers are ranked by their amount. Its loss is
    nearly the absolute error, so what it says before the total is set is its median.
    """
    dice = np.random.default_rng(lesson.seed)
    drawn = np.sort(dice.permutation(len(lesson.spend))[:MOST_KERNEL_ROWS])
    features, spend = lesson.features[drawn], lesson.spend[drawn]
    model = svm.SVR().fit(features, signed_log(spend))
    mean, middle = _from_logs(model.predict(shown), model.predict(features), spend)
    return Baseline(mean, middle, ranked(mean))


def ridge(lesson: Lesson, shown: np.ndarray) -> Baseline:
    """Ridge regression (alpha 1) on log spend; logistic regression for any order."""
    model = linear_model.Ridge().fit(lesson.features, signed_log(lesson.spend))
    fitted = model.predict(lesson.features)
    mean, middle = _from_logs(model.predict(shown), fitted, lesson.spend)
    chance = _chance(lesson, shown, linear_model.LogisticRegression(max_iter=500))
    return Baseline(mean, middle, chance)


def answers(lesson: Lesson, shown: np.ndarray, unit: float) -> dict[str, Baseline]:
    """Ask every quick learner.

    Linear algebra runs in one thread: on a busy machine many wait for each other.

    Args:
        lesson: to learn from; without rows there is no answer.
        shown: features of the customers to predict.
        unit: of the amounts returned, over one of the lesson's.
    """
    if not len(lesson.spend):
        return {}
    with threadpool_limits(1):
        said = {name: LEARNERS[name](lesson, shown) for name in QUICK}
    return {
        name: Baseline(one.amount * unit, one.median_amount * unit, one.probability)
        for name, one in said.items()
    }


def signed_log(spend: Array) -> Array:
    """Return log(1 + spend) of what was spent, its mirror image of what came back.

    Examples:
        >>> signed_log(np.array([-1.0, 0.0, 1.0])).round(3).tolist()
        [-0.693, 0.0, 0.693]
    """
    return np.sign(spend) * np.log1p(np.abs(spend))


def ranked(amount: Array) -> Array:
    """Stand in for the chance of any order where a learner only gives amounts.

    Examples:
        >>> ranked(np.array([5.0, 1.0, 1.0, 9.0])).tolist()
        [0.75, 0.375, 0.375, 1.0]
    """
    return stats.rankdata(amount) / max(len(amount), 1)


def _from_logs(said: Array, fitted: Array, spend: Array) -> tuple[Array, Array]:
    """Undo `signed_log`, then let one ratio make the training total right.

    A back-transformed mean of logs is far below the mean: the ratio of the total spent
    to the total fitted is the simplest correction (a ratio estimator; Duan's smearing
    of 1983 needs errors of one size, which spend does not have).

    Returns:
        Mean and uncorrected amount of the customers to predict.
    """
    middle, back = (np.maximum(_unlogged(logs), 0.0) for logs in (said, fitted))
    return middle * max(spend.sum(), 0.0) / max(back.sum(), 1e-9), middle


def _unlogged(logs: Array) -> Array:
    return np.sign(logs) * np.expm1(np.minimum(np.abs(logs), MOST_LOG))


def _by_trees(
    lesson: Lesson, shown: np.ndarray, regressor: Any, classifier: Any
) -> Baseline:
    fitted = regressor.fit(lesson.features, lesson.spend)
    amount = np.maximum(fitted.predict(shown), 0.0)
    chance = _chance(lesson, shown, classifier)
    return Baseline(amount, median_like(amount, chance), chance)


def _chance(lesson: Lesson, shown: np.ndarray, classifier: Any) -> Array:
    """Fit a classifier; (customers,) chance of any order."""
    bought = lesson.bought > 0
    if bought.all() or not bought.any():  # nothing to tell apart
        return np.full(len(shown), float(bought.any()))
    return classifier.fit(lesson.features, bought).predict_proba(shown)[:, 1]


Learner = Callable[[Lesson, np.ndarray], Baseline]
LEARNERS: dict[str, Learner] = {
    learner.__name__: learner
    for learner in (decision_tree, random_forest, support_vectors, ridge)
}

# Those that every build asks. Support vectors are left to the benchmark: to compare
# 200,000 customers with 5,000 rows takes minutes.
QUICK = ("decision_tree", "random_forest", "ridge")
