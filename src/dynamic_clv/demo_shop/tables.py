"""Tables of text: what the shop delivers, column by column."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Text = NDArray[np.object_]
Table = dict[str, Text]

COLUMNS: dict[str, tuple[str, ...]] = {
    "raw_customers": (
        "customer_id",
        "signed_up_at",
        "age",
        "gender",
        "region",
        "acquisition_channel",
    ),
    "raw_orders": (
        "customer_id",
        "order_id",
        "ordered_at",
        "order_type",
        "amount",
        "discount_amount",
        "tax_amount",
        "shipping_amount",
        "currency_code",
        "channel",
        "device",
        "refunded_order_id",
    ),
    "raw_order_lines": (
        "order_id",
        "line_number",
        "product_id",
        "category",
        "quantity",
        "unit_price",
    ),
    "raw_events": (
        "event_id",
        "customer_id",
        "event_type",
        "occurred_at",
        "session_id",
        "search_keyword",
        "product_id",
        "device",
    ),
    "raw_exchange_rates": ("currency_code", "rate_date", "rate_to_reporting"),
    "raw_touches": (
        "touch_id",
        "customer_id",
        "touched_at",
        "campaign",
        "touch_channel",
    ),
    "raw_referrals": (
        "referral_id",
        "referrer_customer_id",
        "referred_customer_id",
        "referred_at",
    ),
}


class Numbers:
    """Hands out ids that stay unique from one block of customers to the next."""

    def __init__(self) -> None:
        """Start every kind of id at 1."""
        self._used: dict[str, int] = {}

    def take(self, letter: str, count: int) -> Text:
        """Return the next `count` ids that start with the letter."""
        first = self._used.get(letter, 0) + 1
        self._used[letter] = first + count - 1
        return labelled(letter, np.arange(first, first + count))


def labelled(letter: str, numbers: ArrayLike) -> Text:
    """Return ids such as `C12`."""
    return np.char.add(letter, np.asarray(numbers).astype(str)).astype(object)


def money(cents: ArrayLike) -> Text:
    """Write whole, non-negative cents as `12.34`."""
    whole = np.asarray(cents, dtype=np.int64).tolist()
    return np.array([f"{c // 100}.{c % 100:02d}" for c in whole], dtype=object)


def words(names: Sequence[str], positions: ArrayLike) -> Text:
    """Return the name at each position."""
    return np.array(names, dtype=object)[np.asarray(positions)]


def constant(text: str, count: int) -> Text:
    """Return the same text `count` times."""
    return np.full(count, text, dtype=object)


def stacked(*parts: Table) -> Table:
    """Return the tables below each other; all have the same columns."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def taken(table: Table, rows: ArrayLike) -> Table:
    """Return the chosen rows, in that order."""
    return {name: column[rows] for name, column in table.items()}
