"""Every rival of the accuracy benchmark, by name; none is tuned to a data set.

Each is a function of `rivals_question.Question` that gives mean amount, median amount
and chance of any order of every customer of today, see `baselines.Baseline`.
"""

import itertools
import time
import warnings

import numpy as np
from rivals_boosting import (
    lightgbm_hurdle,
    lightgbm_l1,
    lightgbm_tweedie,
    lightgbm_tweedie_anchored,
)
from rivals_networks import cnn_lstm_squared_error, dnn_ziln
from rivals_question import Array, Question, Rival, answer, longer
from rivals_trees import decision_tree, random_forest, ridge, svr
from threadpoolctl import threadpool_limits

from dynamic_clv.measures import baselines
from dynamic_clv.measures.baselines import Baseline

# Orders of ARIMA to choose from by AIC; differenced once, as totals have a level.
MOST_LAGS = 2


def zero(question: Question) -> Baseline:
    """Nobody buys again."""
    return baselines.zero(question.facts)


def mean(question: Question) -> Baseline:
    """Everybody is the average customer of the newest label of the longest horizon.

    A horizon longer than the asked one is not used where there is another; the amounts
    of a shorter one are multiplied by asked / its days.
    """
    stretch = question.newest_stretch
    amount, bought = question.newest_amount * stretch, question.newest_bought
    chance = longer(np.array([np.mean(bought)]), stretch)
    return baselines.mean(question.facts, amount, chance)


def past_rate(question: Question) -> Baseline:
    """Each customer goes on at the own past rate."""
    return baselines.past_rate(question.facts, question.horizon_days)


def last_period(question: Question) -> Baseline:
    """The horizon repeats the days before today."""
    return baselines.last_period(question.facts, question.horizon_days)


def bg_nbd_gamma_gamma(question: Question) -> Baseline:
    """Fader, Hardie and Lee 2005: BG/NBD orders times Gamma-Gamma amounts."""
    return baselines.bg_nbd_gamma_gamma(
        question.facts, question.parameters, question.horizon_days
    )


def arima_on_total(question: Question) -> Baseline:
    """ARIMA on the shop's totals, shared out in proportion to each past rate.

    The total of a shop holds what customers still unknown today will spend; nothing is
    taken off for them. The chance of any order is that of the past rate.
    """
    periods = question.horizon_days / question.period_days
    total = forecast_total(question.period_totals, periods)
    rate = baselines.past_rate(question.facts, question.horizon_days)
    return answer(share_out(total, rate.amount), rate.probability)


def forecast_total(totals: Array, periods: float) -> float:
    """Forecast the sum of the periods to come; below nothing counts as nothing.

    Args:
        totals: (periods,) of the shop, oldest first. Silence before the first sale is
            left out, and so is the period of the first sale, which is rarely whole.
        periods: how many are asked for; the last may be a part of one.
    """
    known = np.trim_zeros(totals, "f")[1:]
    if len(known) < 4 * (MOST_LAGS + 1):  # too few to estimate a lag from
        return max(float(known.mean()) if len(known) else 0.0, 0.0) * periods
    whole = int(np.ceil(periods))
    ahead = np.asarray(_arima(known / _size(known), whole)) * _size(known)
    shares = np.clip(periods - np.arange(whole), 0.0, 1.0)
    return max(float(ahead @ shares), 0.0)


def share_out(total: float, weights: Array) -> Array:
    """Share a total out in proportion to weights; evenly where there are none.

    Examples:
        >>> share_out(10.0, np.array([1.0, 4.0])).tolist()
        [2.0, 8.0]
    """
    weights = weights if weights.sum() > 0 else np.ones(len(weights))
    return total * weights / max(weights.sum(), 1e-9)


def respond(name: str, question: Question) -> tuple[Baseline, float]:
    """Ask one rival; also return the seconds of learning and predicting.

    Linear algebra runs in one thread: on a busy machine many wait for each other.
    """
    started = time.monotonic()
    with threadpool_limits(1):
        found = RIVALS[name](question)
    return found, time.monotonic() - started


def _arima(known: Array, ahead: int) -> Array:
    """Forecast by the ARIMA(p, 1, q) of the least AIC."""
    from statsmodels.tsa.arima.model import ARIMA

    lags = range(MOST_LAGS + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an order that does not converge loses anyway
        fits = [
            ARIMA(known, order=(p, 1, q)).fit()
            for p, q in itertools.product(lags, lags)
        ]
        return min(fits, key=lambda fit: fit.aic).forecast(ahead)


def _size(known: Array) -> float:
    return max(float(np.abs(known).mean()), 1e-9)


RIVALS: dict[str, Rival] = {
    rival.__name__: rival
    for rival in (
        zero,
        mean,
        past_rate,
        last_period,
        bg_nbd_gamma_gamma,
        arima_on_total,
        decision_tree,
        random_forest,
        svr,
        ridge,
        lightgbm_tweedie,
        lightgbm_tweedie_anchored,
        lightgbm_l1,
        lightgbm_hurdle,
        dnn_ziln,
        cnn_lstm_squared_error,
    )
}
