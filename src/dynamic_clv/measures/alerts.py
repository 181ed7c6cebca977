"""How well it is foretold who goes quiet, among customers who are worth an alert.

Asked of everybody, the question is too easy: whoever left long ago stays away, and any
rule finds them. So it is asked of valuable customers who are still there: the best two
fifths by spend so far (`monetary_score` 4 or 5, as in `clv_state_history`) who ordered
within as many days before the cut-off as are looked ahead. They were customers in one
span; who is none in the next of the same length?
"""

from collections.abc import Iterator, Mapping

import numpy as np

from dynamic_clv.measures import metrics
from dynamic_clv.measures.baselines import BaselineFacts
from dynamic_clv.measures.metrics_arrays import Array, fifths

LEAST_VALUABLE_SCORE = 4

# Parts of the population that somebody might write to, in percent.
TOP_PERCENT = (1, 5, 10)

DAYS_SINCE_LAST_ORDER = "days_since_last_order"
SILENCE_OVER_USUAL_GAP = "silence_over_usual_gap"


def population(facts: BaselineFacts, horizon_days: int) -> np.ndarray:
    """Tell who is valuable and still there: bool (customers,)."""
    spend = np.nan_to_num(facts.net_amount)
    valuable = fifths(spend) >= LEAST_VALUABLE_SCORE
    return valuable & (_silence(facts) <= horizon_days)


def silence_rules(facts: BaselineFacts) -> dict[str, Array]:
    """Rank by silence alone: what needs no model. Higher is surer to stay away.

    Returns:
        Days since the last order, and the same over the customer's usual gap, in which
        one gap of the shop is counted as in `clv_state_history`; (customers,) each. The
        second is missing where nobody came back.
    """
    silence, frequency = _silence(facts), facts.frequency
    rules = {DAYS_SINCE_LAST_ORDER: silence}
    came_back = frequency > 0
    if came_back.any():
        shop = np.median(facts.recency_days[came_back] / frequency[came_back])
        usual = (facts.recency_days + shop) / (frequency + 1)
        rules[SILENCE_OVER_USUAL_GAP] = silence / usual
    return rules


def precisions(
    facts: BaselineFacts,
    horizon_days: int,
    has_order: Array,
    churn_probability: Mapping[str, Array],
) -> Iterator[tuple[str, str, float, int]]:
    """Judge everybody's ranking of the population, and the rules of silence beside it.

    Args:
        facts: of all customers at the cut-off.
        horizon_days: days looked ahead, and back.
        has_order: 1 if there was an order in the horizon, (customers,).
        churn_probability: by name of a model, (customers,) each.

    Yields:
        Name, metric, share of the customers ranked highest who placed no order, and the
        number of customers who were ranked.
    """
    asked = population(facts, horizon_days)
    stayed_away = 1.0 - has_order[asked]
    for name, score in {**churn_probability, **silence_rules(facts)}.items():
        for percent in TOP_PERCENT:
            share = percent / 100
            found = metrics.precision_of_top(stayed_away, score[asked], share)
            yield name, f"alert_precision_top_{percent}_percent", found, asked.sum()


def _silence(facts: BaselineFacts) -> Array:
    return facts.t_days - facts.recency_days
