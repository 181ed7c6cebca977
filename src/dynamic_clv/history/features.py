"""What is known of each customer at a cut-off, as arrays that a scaler can read.

Every numeric column that is no key is a number to learn from, every text column a
category: a column added in SQL is learned from without a change here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dynamic_clv import columns
from dynamic_clv.expectation import btyd, levels, quantiles
from dynamic_clv.history import frames

# No customer is expected to place fewer orders than this: a loss on the few who come
# back from the dead would otherwise outweigh everybody else.
LEAST = 1e-3

# Log spend, log orders, logit of any order, log spend of those who order.
COUNT_ANCHORS = 4


@dataclass(frozen=True)
class Facts:
    """Customers at one cut-off, sorted by id; every array is (customers,).

    Attributes:
        customer_ids: Arrow text array.
        numbers: column -> float64, NaN where missing.
        categories: column -> object array of text, None where missing.
    """

    customer_ids: pa.Array
    numbers: dict[str, np.ndarray]
    categories: dict[str, np.ndarray]

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.customer_ids)

    def take(self, places: np.ndarray) -> "Facts":
        """Return the customers at some places, in that order."""
        return Facts(
            self.customer_ids.take(pa.array(places)),
            {name: values[places] for name, values in self.numbers.items()},
            {name: values[places] for name, values in self.categories.items()},
        )

    def btyd(self) -> tuple[np.ndarray, ...]:
        """Return frequency, recency_days, t_days and monetary_value."""
        frequency, recency, t, value = (
            self.numbers[name] for name in columns.BTYD_COLUMNS
        )
        t = np.maximum(np.nan_to_num(t), 0.0)
        recency = np.clip(np.nan_to_num(recency), 0.0, t)
        return np.maximum(np.nan_to_num(frequency), 0.0), recency, t, value

    def orders_per_purchase_day(self) -> np.ndarray:
        """Return how many orders each customer places on a day with any; 1 at least.

        BG/NBD counts purchase days, and people count orders. Everybody's own, one day
        with one order added: a till's thousand orders are nobody else's.
        """
        purchase_days = self.btyd()[0] + 1.0
        orders = np.nan_to_num(self.numbers.get(columns.COUNT_ORDERS, purchase_days))
        return np.maximum((orders + 1.0) / (purchase_days + 1.0), 1.0)


@dataclass(frozen=True)
class Anchor:
    """What BG/NBD and Gamma-Gamma expect over the horizon; arrays are (customers,).

    expected counts orders, not purchase days.
    """

    parameters: btyd.BtydParameters
    expected: btyd.BtydExpectations
    horizon_days: int

    def take(self, places: np.ndarray) -> "Anchor":
        """Return the customers at some places, in that order."""
        expected = {name: array[places] for name, array in vars(self.expected).items()}
        return replace(self, expected=btyd.BtydExpectations(**expected))


def known(behaviour: pa.Table, profile: pa.Table) -> Facts:
    """Put behaviour and profile of one cut-off side by side, sorted by customer.

    A customer without a profile keeps every profile column missing.
    """
    behaviour = _sorted(behaviour)
    ids = frames.text(behaviour.column(columns.CUSTOMER_ID))
    place = pc.index_in(ids, frames.text(profile.column(columns.CUSTOMER_ID)))
    wanted = [
        name
        for name in profile.column_names
        if name not in columns.KEY_COLUMNS and name not in behaviour.column_names
    ]
    numbers, categories = {}, {}
    for table in (behaviour, profile.select(wanted).take(place)):
        for name in sorted(set(table.column_names) - columns.KEY_COLUMNS):
            _place(name, table.column(name), numbers, categories)
    return Facts(ids, numbers, categories)


def kinds(tables: Iterable[pa.Schema]) -> dict[str, list[str]]:
    """List the columns to learn from by kind, as a record of what a model was shown.

    Returns:
        {"numbers": [...], "categories": [...]}, both sorted.
    """
    found: dict[str, set[str]] = {"numbers": set(), "categories": set()}
    for schema in tables:
        for field in schema:
            if field.name in columns.KEY_COLUMNS:
                continue
            if frames.is_number(field.type):
                found["numbers"].add(field.name)
            elif frames.is_text(field.type):
                found["categories"].add(field.name)
    return {kind: sorted(names) for kind, names in found.items()}


def anchor(facts: Facts, parameters: btyd.BtydParameters, horizon_days: int) -> Anchor:
    """Ask the buy-till-you-die model what it expects of each customer."""
    expected = btyd.expectations(parameters, *facts.btyd(), horizon_days)
    orders_a_day = facts.orders_per_purchase_day()
    expected = replace(
        expected,
        order_count=expected.order_count * orders_a_day,
        average_order_amount=expected.average_order_amount / orders_a_day,
    )
    return Anchor(parameters, expected, horizon_days)


def anchor_logs(
    anchored: Anchor, level: levels.Level, least: float = LEAST
) -> np.ndarray:
    """Return where the network starts from, before any correction.

    Args:
        anchored: expectations over the horizon.
        level: what the whole shop is expected to be off by.
        least: orders that everybody is expected to place.

    Returns:
        float64 (customers, 4): log spend in shop currency, log orders, logit of any
        order, log of the median spend of those who do order.
    """
    expected = anchored.expected
    mean_amount = anchored.parameters.mean_order_amount
    spend = np.log(np.maximum(expected.spend, least * mean_amount)) + level.spend
    orders = np.log(np.maximum(expected.order_count, least)) + level.orders
    logit = _logit(_chance(expected.p_order, least)) + level.order
    log_chance = -np.logaddexp(0.0, -logit)
    if_order = spend - log_chance - np.log(quantiles.MEAN_OVER_MEDIAN)
    return np.stack([spend, orders, logit, if_order], axis=1)  # (customers, 4)


def anchor_numbers(anchored: Anchor) -> dict[str, np.ndarray]:
    """Return the same expectations as inputs, on scales that need no logarithm."""
    expected = anchored.expected
    mean_amount = anchored.parameters.mean_order_amount
    count = len(expected.p_order)
    return {
        "btyd_log_spend": np.log(np.maximum(expected.spend / mean_amount, LEAST)),
        "btyd_log_orders": np.log(np.maximum(expected.order_count, LEAST)),
        "btyd_logit_order": _logit(_chance(expected.p_order)),
        "btyd_logit_alive": _logit(_chance(expected.p_alive)),
        "btyd_log_amount": np.log(
            np.maximum(expected.average_order_amount / mean_amount, LEAST)
        ),
        "log_horizon_days": np.full(count, np.log(max(anchored.horizon_days, 1))),
    }


def _sorted(table: pa.Table) -> pa.Table:
    return table.take(pc.sort_indices(frames.text(table.column(columns.CUSTOMER_ID))))


def _place(
    name: str,
    column: pa.ChunkedArray,
    numbers: dict[str, np.ndarray],
    categories: dict[str, np.ndarray],
) -> None:
    """File a column under numbers or categories; dates and the rest are left out."""
    if frames.is_number(column.type):
        numbers[name] = frames.floats(column)
    elif frames.is_text(column.type):
        values = frames.text(column).to_numpy(zero_copy_only=False)
        categories[name] = values.astype(object)


def _chance(probability: np.ndarray, least: float = LEAST) -> np.ndarray:
    return np.clip(probability, least, 1 - least)


def _logit(probability: np.ndarray) -> np.ndarray:
    return np.log(probability) - np.log1p(-probability)
