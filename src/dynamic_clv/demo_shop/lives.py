"""What each customer feels like doing, week by week."""

from dataclasses import dataclass

import numpy as np

from dynamic_clv.demo_shop.calendar import DAY_SECONDS, WEEK_STARTS, WEEKS, week_factors
from dynamic_clv.demo_shop.dice import Dice, Floats, Integers, exponential_of
from dynamic_clv.demo_shop.people import People

INTEREST_MEMORY = 0.95  # per week: half is forgotten in a quarter of a year
INTEREST_SPREAD = 0.85  # of the logarithm


@dataclass(frozen=True)
class Lives:
    """Counts and moods of one block, each array (customers, weeks)."""

    repeat_orders: Integers  # orders after the week of the first
    sessions: Integers  # visits that are no part of an order
    is_fading: Integers  # 1 in the weeks before leaving


def live(dice: Dice, people: People) -> Lives:
    """Let every customer live through every week of the history.

    Interest drifts slowly and moves orders and visits alike. Before a customer
    leaves, visits fade first and orders a little later; before an order, visits
    rise.
    """
    interest = _interest(dice, len(people))
    presence, fading = _presence(people)
    mood = interest * week_factors()
    first_week = people.first_order[:, None] // (7 * DAY_SECONDS)
    is_repeat = np.arange(WEEKS) > first_week
    order_rates = people.weekly_orders[:, None] * mood * np.minimum(2 * presence, 1.0)
    orders = dice.poisson(np.minimum(order_rates, 2.5) * is_repeat)
    stray = 0.004 * (WEEK_STARTS >= people.signed_up[:, None] // DAY_SECONDS)
    eagerness = 1.0 + 0.8 * np.minimum(orders + 1.5 * _next_week(orders), 3)
    visit_rates = people.weekly_sessions[:, None] * mood * presence * eagerness
    return Lives(orders, dice.poisson(np.minimum(visit_rates, 5.0) + stray), fading)


def _interest(dice: Dice, count: int) -> Floats:
    """Return a slowly drifting factor around 1, (customers, weeks)."""
    level = dice.normal(count)
    step = np.sqrt(1.0 - INTEREST_MEMORY * INTEREST_MEMORY)
    levels = np.empty((count, WEEKS))
    for week in range(WEEKS):
        level = INTEREST_MEMORY * level + step * dice.normal(count)
        levels[:, week] = level
    return exponential_of(INTEREST_SPREAD * levels - INTEREST_SPREAD**2 / 2)


def _presence(people: People) -> tuple[Floats, Integers]:
    """Return how much of each customer is still there (0 to 1), and who fades."""
    weeks_left = (people.leave_day[:, None] - WEEK_STARTS) / 7.0
    signed_up_day = people.signed_up[:, None] // DAY_SECONDS
    here = (weeks_left > 0) & (WEEK_STARTS + 6 >= signed_up_day)
    presence = np.clip(weeks_left / people.fade_weeks[:, None], 0.0, 1.0) * here
    return presence, (here & (presence < 1.0)).astype(np.int64)


def _next_week(counts: Integers) -> Integers:
    """Return each week's successor; nothing follows the last week."""
    return np.pad(counts[:, 1:], ((0, 0), (0, 1)))
