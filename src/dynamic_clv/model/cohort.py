"""The average customer: what answers for a shop too young for anything else."""

from dataclasses import dataclass

import numpy as np

from dynamic_clv.history.features import Facts

# Five imagined customers who come once a year are counted in: they speak for a shop
# that is a day old, and years in which nobody came back overrule them.
IMAGINED_CUSTOMERS = 5.0
IMAGINED_DAYS = 365.0

# Nobody is missed yet who bought within the last month.
UNTELLING_DAYS = 30.0


@dataclass(frozen=True)
class Cohort:
    """What an average customer does in a day.

    Attributes:
        amount_per_day: shop currency per customer and day, >= 0.
        purchase_days_per_day: purchase days per customer and day.
        orders_per_purchase_day: at least 1.
    """

    amount_per_day: float
    purchase_days_per_day: float
    orders_per_purchase_day: float = 1.0


def average(facts: Facts) -> Cohort:
    """Average over all customers: how often they came back, and what they spent then.

    Args:
        facts: at least one customer.
    """
    frequency, _, t_days, value = facts.btyd()
    purchases = frequency + 1.0
    amount = float((np.nan_to_num(value) * purchases).sum()) / float(purchases.sum())
    days = float(np.maximum(t_days - UNTELLING_DAYS, 0.0).sum())
    imagined_days = IMAGINED_CUSTOMERS * IMAGINED_DAYS
    rate = (float(frequency.sum()) + IMAGINED_CUSTOMERS) / (days + imagined_days)
    orders_a_day = float(facts.orders_per_purchase_day().mean())
    return Cohort(max(amount, 0.0) * rate, rate, orders_a_day)
