"""A shop in memory whose customers' plans tell what BG/NBD cannot see: who stays."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
from memory_shop import HISTORY_DAYS, QUICK, TODAY, Order, tables

from dynamic_clv.history.examples import Tables

SETTINGS = replace(QUICK, max_epochs=8, max_training_rows=3_000)


def shop(count_customers: int = 500, seed: int = 3) -> Tables:
    """Return a shop in which half of the customers stay and the others leave soon."""
    dice = np.random.default_rng(seed)
    found, plans = [], {}
    for number in range(count_customers):
        name = f"customer_{number:04d}"
        plans[name] = "stays" if number % 2 else "leaves"
        day, usual = float(dice.integers(0, HISTORY_DAYS - 20)), dice.gamma(3.0) * 12
        end = HISTORY_DAYS if number % 2 else day + dice.exponential(15.0)
        while day <= min(end, HISTORY_DAYS - 1):
            date = TODAY - dt.timedelta(days=HISTORY_DAYS - int(day))
            amount = round(float(usual * dice.uniform(0.5, 1.5)), 2)
            found.append(Order(name, date, amount))
            day += 1 + dice.exponential(12.0)
    return _with_plans(tables(found), plans)


def _with_plans(shop: Tables, plans: dict[str, str]) -> Tables:
    names = shop.profile.column("customer_id").to_pylist()
    plan = pa.array([plans[name] for name in names])
    return replace(shop, profile=shop.profile.append_column("plan", plan))
