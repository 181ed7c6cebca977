"""The average customer: what answers for a shop too young for anything else."""

from dataclasses import dataclass

import numpy as np

from dynamic_clv.features import Facts

# Everybody is given one silent year more: keeps a shop that is a day old from
# expecting every customer to buy daily.
SILENT_DAYS = 365.0


@dataclass(frozen=True)
class Cohort:
    """What an average customer does in a day.

    Attributes:
        amount_per_day: shop currency per customer and day, >= 0.
        orders_per_day: purchase days per customer and day.
    """

    amount_per_day: float
    orders_per_day: float


def average(facts: Facts) -> Cohort:
    """Average over all customers and the days since their first order.

    Args:
        facts: at least one customer.
    """
    frequency, _, t_days, value = facts.btyd()
    orders = frequency + 1.0
    days = float((t_days + SILENT_DAYS).sum())
    amount = float((np.nan_to_num(value) * orders).sum())
    return Cohort(max(amount, 0.0) / days, float(orders.sum()) / days)
