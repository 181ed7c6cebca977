"""What a model and its rivals said of one cut-off, and how good each of them was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dynamic_clv.measures import alerts, metrics
from dynamic_clv.measures.baselines import Baseline, BaselineFacts

ALL_CUSTOMERS = 0


@dataclass(frozen=True)
class Answers:
    """What happened after one cut-off, and what everybody said of it.

    Attributes:
        horizon_days: days after the cut-off.
        facts: what was known, (customers,).
        amount: net amounts, (customers,).
        bought: 1 where there was an order, (customers,).
        by_name: answers of the model and of its rivals.
        ranges: p10 and p90 of those who give them.
    """

    horizon_days: int
    facts: BaselineFacts
    amount: np.ndarray
    bought: np.ndarray
    by_name: dict[str, Baseline]
    ranges: dict[str, tuple[np.ndarray, np.ndarray]]

    def thresholds(self) -> dict[str, float]:
        """Return the probability at which each is best at naming buyers (F1).

        Who says the same of everybody, or where nobody bought, is left out: half will
        do.
        """
        found = {
            name: metrics.best_f1_threshold(self.bought, said.probability)
            for name, said in self.by_name.items()
            if np.ptp(said.probability) > 0
        }
        return {name: value for name, value in found.items() if np.isfinite(value)}


def rows(answers: Answers, thresholds: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    """Compare every answer with what happened.

    Args:
        answers: of one cut-off.
        thresholds: probability from which on a model says "buys", by name.

    Yields:
        model_name, metric, decile, value and count_customers.
    """
    for name in answers.by_name:
        threshold = thresholds.get(name, metrics.THRESHOLD)
        yield from _of_all(answers, name, threshold)
        yield from _of_deciles(answers, name)
    chances = {name: 1.0 - said.probability for name, said in answers.by_name.items()}
    known = answers.facts, answers.horizon_days, answers.bought
    for name, metric, value, count in alerts.precisions(*known, chances):
        yield _row(name, metric, ALL_CUSTOMERS, value, count)


def _of_all(answers: Answers, name: str, threshold: float) -> Iterator[dict[str, Any]]:
    said = answers.by_name[name]
    low, high = answers.ranges.get(name, (None, None))
    found = metrics.all_metrics(
        answers.amount,
        answers.bought,
        said.amount,
        said.median_amount,
        said.probability,
        predicted_low=low,
        predicted_high=high,
        threshold=threshold,
    )
    for metric, value in found.items():
        yield _row(name, metric, ALL_CUSTOMERS, value, len(answers.amount))


def _of_deciles(answers: Answers, name: str) -> Iterator[dict[str, Any]]:
    """Sum both amounts in each decile, and count whom the range holds."""
    amount, said = answers.amount, answers.by_name[name]
    for decile in metrics.deciles(amount, said.amount):
        for metric in ("predicted_amount", "actual_amount"):
            yield _of_decile(name, metric, decile)
    if name not in answers.ranges:
        return
    ranges = answers.ranges[name]
    for decile in metrics.coverage_by_decile(amount, said.amount, *ranges):
        yield _of_decile(name, "interval_coverage", decile)


def _of_decile(name: str, metric: str, found: Mapping[str, float]) -> dict[str, Any]:
    place, count = int(found["decile"]), int(found["count_customers"])
    return _row(name, metric, place, found[metric], count)


def _row(
    name: str, metric: str, decile: int, value: float, count: int
) -> dict[str, Any]:
    return {
        "model_name": name,
        "metric": metric,
        "decile": decile,
        "value": float(value) if np.isfinite(value) else None,
        "count_customers": int(count),
    }
