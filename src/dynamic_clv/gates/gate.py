"""Is a challenger worse than a rival? Customer by customer, and beyond noise.

Squared error has no say here: a handful of whales would decide it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dynamic_clv.measures import metrics
from dynamic_clv.measures.baselines import Baseline
from dynamic_clv.measures.metrics import Array
from dynamic_clv.model.prediction import Predictions

# What was said of each customer, or what happened to them, by name; (customers,).
Answer = Mapping[str, Array]

# Part of a rival's figure that another seed of the same recipe moves it by. Customers
# drawn again know nothing of that.
SEED_NOISE = 0.02

# Customers can be drawn again, a year cannot: season and trend move a shop's total by
# more than the draw of its customers tells, so only a gross miss of it counts.
MOST_TOTAL_OFF = float(np.log(1.25))

# Nothing at all is as far off as this part of what came.
LEAST_BIAS = 1e-9

# A smaller expectation would make one order infinitely surprising.
LEAST_ORDERS = 1e-6


def distance_of_total(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Distance of `total_bias` from 1, as a logarithm: half and double are alike."""
    bias = metrics.total_bias(actual, predicted)
    return float(abs(np.log(np.maximum(bias, LEAST_BIAS))))


def poisson_deviance(actual: ArrayLike, predicted: ArrayLike) -> float:
    """Mean deviance of counts, which the true mean makes smallest.

    2 (y ln(y / m) - y + m), McCullagh and Nelder 1989, section 2.3.
    """
    actual = np.asarray(actual, np.float64)
    expected = np.maximum(np.asarray(predicted, np.float64), LEAST_ORDERS)
    surprise = actual * np.log(np.where(actual > 0, actual, 1.0) / expected)
    surprise = np.where(actual > 0, surprise, 0.0)
    return float(np.mean(2 * (surprise - actual + expected)))


@dataclass(frozen=True)
class Figure:
    """One thing that a challenger must not be worse at.

    Attributes:
        name: as in docs/metrics.md.
        metric: of (actual, predicted).
        actual: name of what happened.
        predicted: name of what was said of it.
        is_better_higher: or lower.
        margin: differences up to this never count, nor do those up to `SEED_NOISE`.
    """

    name: str
    metric: Callable[[ArrayLike, ArrayLike], float]
    actual: str
    predicted: str
    is_better_higher: bool = False
    margin: float = 0.0


# The order of customers is what no simple rule gets right by luck.
RANKING = (
    Figure("normalised_gini", metrics.normalised_gini, "amount", "amount", True),
    Figure("area_under_curve", metrics.area_under_curve, "bought", "probability", True),
)
FIGURES = (
    *RANKING,
    Figure("brier_score", metrics.mean_squared_error, "bought", "probability"),
    Figure(
        "mean_absolute_error_of_median",
        metrics.mean_absolute_error,
        "amount",
        "median_amount",
    ),
    Figure(
        "distance_of_total",
        distance_of_total,
        "amount",
        "amount",
        margin=MOST_TOTAL_OFF,
    ),
    Figure("poisson_deviance", poisson_deviance, "count_orders", "order_count"),
    Figure(
        "pinball_loss_p10", partial(metrics.pinball_loss, quantile=0.1), "amount", "low"
    ),
    Figure(
        "pinball_loss_p90",
        partial(metrics.pinball_loss, quantile=0.9),
        "amount",
        "high",
    ),
)


@dataclass(frozen=True)
class Comparison:
    """A challenger beside a rival in one figure.

    Attributes:
        purpose: back_test or published: which of the challenger's two models.
        rival: name of the rule, or version of the model.
        figure: what is compared.
        challenger: its value.
        other: the rival's value.
        low: of challenger less rival, the end of its interval.
        high: the other end.
        is_worse: is the challenger worse beyond noise?
        is_excused: so is the champion, so that keeping it would help nobody.
    """

    purpose: str
    rival: str
    figure: str
    challenger: float
    other: float
    low: float
    high: float
    is_worse: bool
    is_excused: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON: null where a figure is undefined."""
        return {
            name: None if isinstance(value, float) and not np.isfinite(value) else value
            for name, value in asdict(self).items()
        }

    def __str__(self) -> str:
        """Say it in a few words."""
        values = f"{self.challenger:.3g} for {self.other:.3g}"
        return f"{self.figure} than {self.rival} ({values}, {self.purpose})"


def of_predictions(found: Predictions) -> Answer:
    """Name everything that a trained model says."""
    low, median, high = found.quantiles.T
    return {
        "amount": found.amount,
        "median_amount": median,
        "probability": found.p_order,
        "order_count": found.order_count,
        "low": low,
        "high": high,
    }


def of_baseline(found: Baseline) -> Answer:
    """Name everything that a simple rule says."""
    return dict(vars(found))


def count_nonsense(challenger: Answer) -> int:
    """Count the customers of whom something was said that is no number."""
    wide = np.stack(list(challenger.values()))  # (answers, customers)
    return int((~np.isfinite(wide)).any(axis=0).sum())


def compare(
    outcome: Answer,
    challenger: Answer,
    purpose: str,
    rival: str,
    said: Answer,
    figures: Sequence[Figure] = FIGURES,
) -> Iterator[Comparison]:
    """Compare a challenger with one rival, in every figure that both answer for.

    Args:
        outcome: what happened: amount, bought and count_orders.
        challenger: what the challenger said of the same customers.
        purpose: which of the challenger's models said it.
        rival: name of the other.
        said: what the rival said of them.
        figures: that count.
    """
    for figure in figures:
        if figure.predicted in said:
            values = _values(figure, outcome, challenger, said)
            yield Comparison(purpose, rival, figure.name, *values)


def _values(
    figure: Figure, outcome: Answer, challenger: Answer, said: Answer
) -> tuple[float, float, float, float, bool]:
    """Return both values, the interval of their difference, and who is worse."""
    actual = outcome[figure.actual]
    mine, other = challenger[figure.predicted], said[figure.predicted]
    found = metrics.bootstrap_difference(figure.metric, actual, mine, other)
    difference, low, high = found
    gap, least = (-difference, -high) if figure.is_better_higher else (difference, low)
    values = figure.metric(actual, mine), figure.metric(actual, other)
    margin = max(figure.margin, SEED_NOISE * abs(values[1]))
    return *values, low, high, bool(least > 0 and gap > margin)
