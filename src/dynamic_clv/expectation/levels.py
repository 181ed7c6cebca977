"""How far a whole shop was from its BG/NBD expectation, and how far it will be.

A customer's rank comes from behaviour, a shop's level from season and trend. Each past
cut-off has a level of its own, so that the network learns ranks only; for a new cut-off
the season of its weeks and the recent levels are carried forward.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import numpy as np
from scipy import special

from dynamic_clv.expectation import btyd
from dynamic_clv.expectation.season import Season, trust

# exp(+-2.5) is more than any season; beyond, the expectation itself has failed.
MOST_LEVEL = 2.5

# Before anything is seen, a level may well be off by a third: it is as uncertain as
# what ten buyers show, so as many are added to those expected and to those who came.
BUYERS_OF_NO_OPINION = 10

# Nobody counts as more than this many average buyers: a till that books a thousand
# orders on one customer says nothing of the others.
MOST_AVERAGE_BUYERS = 10.0

# Past levels overlap: those of a history of one horizon are one observation, and count
# half.
HORIZONS_OF_NO_OPINION = 1.0

# After half a year a level says half as much about today; so does half the horizon.
HALF_LIFE_DAYS = 182


@dataclass(frozen=True)
class Level:
    """One cut-off's distance from its expectation.

    Attributes:
        as_of_date: the cut-off.
        horizon_days: days after it.
        spend: log of actual over expected spend, all customers together.
        orders: log of actual over expected orders.
        order: what to add to each customer's logit of any order, so that the expected
            number of buyers is the actual one.
        leaves_after_first: which model of orders expected it, see `btyd`.
    """

    as_of_date: dt.date
    horizon_days: int
    spend: float = 0.0
    orders: float = 0.0
    order: float = 0.0
    leaves_after_first: bool = False

    def to_dict(self) -> dict:
        """Return plain values, ready for JSON."""
        return {**asdict(self), "as_of_date": self.as_of_date.isoformat()}

    @classmethod
    def from_dict(cls, values: Mapping) -> "Level":
        """Rebuild a level from `to_dict`."""
        date = dt.date.fromisoformat(values["as_of_date"])
        return cls(**{**values, "as_of_date": date})

    @property
    def known_from(self) -> dt.date:
        """The first cut-off that may use this level: its horizon is over."""
        return self.as_of_date + dt.timedelta(days=self.horizon_days)


def measure(
    as_of_date: dt.date,
    horizon_days: int,
    expected: btyd.BtydExpectations,
    leaves_after_first: bool,
    amount: np.ndarray,
    count_orders: np.ndarray,
) -> Level:
    """Compare what happened with what was expected, over all customers of a cut-off.

    Args:
        as_of_date: the cut-off.
        horizon_days: days after it.
        expected: of BG/NBD and Gamma-Gamma, (customers,).
        leaves_after_first: of the parameters that expected it.
        amount: net amount in the horizon, (customers,).
        count_orders: orders in the horizon, (customers,).
    """
    bought = float((count_orders > 0).sum())
    buyers = float(expected.p_order.sum())
    spend = _log_ratio(amount.sum(), expected.spend.sum())
    most = MOST_AVERAGE_BUYERS * expected.order_count.sum() / max(buyers, 1e-9)
    placed = np.minimum(count_orders, most).sum()
    due = np.minimum(expected.order_count, most).sum()
    dearer = trust(_equal_buyers(amount)) * (spend - _log_ratio(placed, due))
    orders = _believed(placed * buyers / max(due, 1e-9), buyers)
    order = _logit_shift(expected.p_order, buyers * np.exp(_believed(bought, buyers)))
    return Level(
        as_of_date, horizon_days, orders + dearer, orders, order, leaves_after_first
    )


def forecast(
    levels: Iterable[Level],
    as_of_date: dt.date,
    horizon_days: int,
    season: Season | None = None,
    leaves_after_first: bool = False,
) -> Level:
    """Expect the level of a cut-off from the season and from levels over by then.

    What the season does not explain of the past levels is averaged, the newest and
    those of a similar horizon counting most, and believed as far as the past holds
    several horizons of the length asked for. Two models of orders are wrong in ways of
    their own, so levels of the same one are preferred. Nothing known gives no level.

    Args:
        levels: of earlier cut-offs; those not over by as_of_date are left out.
        as_of_date: the cut-off.
        horizon_days: days after it.
        season: of the shop, as known at as_of_date; None for a shop without one.
        leaves_after_first: which model of orders is to be corrected.
    """
    over = [level for level in levels if level.known_from <= as_of_date]
    alike = [level for level in over if level.leaves_after_first == leaves_after_first]
    over = alike or over
    over.sort(key=lambda level: (level.as_of_date, level.horizon_days))
    ahead = _in_season(season, as_of_date, horizon_days)
    if not over:
        return Level(as_of_date, horizon_days, *ahead.tolist())
    rest = [
        np.array([level.spend, level.orders, level.order])
        - _in_season(season, level.as_of_date, level.horizon_days)
        for level in over
    ]
    weights = [_weight(level, as_of_date, horizon_days) for level in over]
    horizons = (as_of_date - over[0].as_of_date).days / horizon_days
    belief = horizons / (horizons + HORIZONS_OF_NO_OPINION)
    found = ahead + belief * np.average(np.array(rest), axis=0, weights=weights)
    found = np.clip(found, -MOST_LEVEL, MOST_LEVEL)
    return Level(as_of_date, horizon_days, *found.tolist())


def _in_season(season: Season | None, start: dt.date, horizon_days: int) -> np.ndarray:
    """Return what the season adds to spend, to orders and to the logit of any."""
    if season is None:
        return np.zeros(3)
    orders, spend = season.index(start, horizon_days)
    return np.array([spend, orders, orders])


def _equal_buyers(amount: np.ndarray) -> float:
    """Return how many equal buyers would make a total as uncertain as this one.

    (sum y)^2 / sum y^2 (Kish 1965): one whale among a thousand counts as one.
    """
    squares = float((amount**2).sum())
    return float(amount.sum()) ** 2 / squares if squares > 0 else 0.0


def _weight(level: Level, as_of_date: dt.date, horizon_days: int) -> float:
    age = (as_of_date - level.as_of_date).days / HALF_LIFE_DAYS
    distance = abs(np.log2(level.horizon_days / horizon_days))
    return float(0.5 ** (age + distance))


def _believed(actual: float, expected: float) -> float:
    """Return how far off an expected number was, as far as so many can show it.

    The log of the posterior mean of a Poisson rate over its expectation, with a gamma
    prior around 1 (Gelman et al. 2013, "Bayesian Data Analysis", section 2.6). Many who
    were expected and did not come say as much as many who came.
    """
    prior = BUYERS_OF_NO_OPINION
    ratio = np.log(float(actual) + prior) - np.log(float(expected) + prior)
    return float(np.clip(ratio, -MOST_LEVEL, MOST_LEVEL))


def _log_ratio(actual: float, expected: float) -> float:
    if expected <= 0:
        return 0.0
    ratio = max(float(actual) / float(expected), np.exp(-MOST_LEVEL))
    return float(min(np.log(ratio), MOST_LEVEL))


def _logit_shift(p_order: np.ndarray, buyers: float) -> float:
    """Find the shift of all logits that makes the expected buyers the actual ones."""
    logits = special.logit(np.clip(p_order, 1e-9, 1 - 1e-9))
    least, most = -MOST_LEVEL, MOST_LEVEL
    for _ in range(40):  # halving: exact to 3e-12
        middle = (least + most) / 2
        if special.expit(logits + middle).sum() < buyers:
            least = middle
        else:
            most = middle
    return (least + most) / 2
