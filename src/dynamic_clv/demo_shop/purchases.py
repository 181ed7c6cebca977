"""Orders, their lines, and the refunds and cancellations that follow some."""

from dataclasses import dataclass

import numpy as np

from dynamic_clv.demo_shop.calendar import DAY_SECONDS, DAYS, moments, timestamps
from dynamic_clv.demo_shop.dice import Dice, Integers
from dynamic_clv.demo_shop.lives import Lives
from dynamic_clv.demo_shop.people import DEVICES, NEVER, OVERSEAS, People
from dynamic_clv.demo_shop.tables import (
    Numbers,
    Table,
    Text,
    constant,
    labelled,
    money,
    stacked,
    words,
)

CATEGORIES = ("shoes", "jacket", "shirt", "bag", "lamp", "kitchen", "garden", "toys")
CATEGORY_PRICES = np.array([3200, 4800, 1500, 2600, 1900, 1400, 1700, 900])  # cents
RANKS = 24  # products per category, from cheap to dear
CHANNELS = ("web", "app", "store")
STORE = CHANNELS.index("store")


@dataclass(frozen=True)
class Orders:
    """Placed orders of one block, each array (orders,), in order of time."""

    ids: Text
    customer: Integers  # position
    moment: Integers  # seconds since the opening
    product: Integers  # the first line's product
    gross: Integers  # cents
    discount: Integers  # cents
    tax: Integers  # cents
    shipping: Integers  # cents
    channel: Integers
    device: Integers


def price_list() -> Integers:
    """Return the price of every product, in cents, category by category."""
    ladder = np.cumprod(np.full(RANKS, 1.13)) * 0.5
    cents = CATEGORY_PRICES[:, None] * ladder
    return (np.maximum(cents.astype(np.int64) // 100, 2) * 100 - 5).ravel()


def make_orders(
    dice: Dice, people: People, lives: Lives, numbers: Numbers
) -> tuple[Orders, Table]:
    """Turn weekly counts into orders and order lines.

    Returns:
        The orders, and the table `raw_order_lines`, whose lines add up to them.
    """
    customer, moment = _order_moments(dice, people, lives)
    ids = numbers.take("O", len(customer))
    line_order, product, quantity = _baskets(dice, people, customer)
    cents = price_list()[product] * quantity
    starts = np.searchsorted(line_order, np.arange(len(customer)))
    gross = np.add.reduceat(cents, starts) if len(cents) else cents
    lines = {
        "order_id": ids[line_order],
        "line_number": labelled("", np.arange(len(product)) - starts[line_order] + 1),
        "product_id": labelled("P", product + 1),
        "category": words(CATEGORIES, product // RANKS),
        "quantity": labelled("", quantity),
        "unit_price": money(price_list()[product]),
    }
    first = product[starts] if len(product) else product
    charges = _charges(dice, gross, moment)
    channel, device = _ways(dice, people, customer)
    return Orders(ids, customer, moment, first, gross, *charges, channel, device), lines


def order_table(
    dice: Dice, people: People, lives: Lives, orders: Orders, numbers: Numbers
) -> Table:
    """Return `raw_orders`: orders first, then refunds and cancellations."""
    placed = _rows(people, orders, orders.ids, orders.moment, "order")
    return stacked(placed, *_reversals(dice, people, lives, orders, numbers))


def _order_moments(
    dice: Dice, people: People, lives: Lives
) -> tuple[Integers, Integers]:
    """Return who ordered and when, sorted by time."""
    buyers = np.flatnonzero(people.first_order < NEVER)
    customer, week = np.nonzero(lives.repeat_orders)
    count = lives.repeat_orders[customer, week]
    customer, week = np.repeat(customer, count), np.repeat(week, count)
    days = 7 * week + dice.whole(0, 6, len(week))
    customer = np.concatenate([buyers, customer])
    moment = np.concatenate([people.first_order[buyers], moments(dice, days)])
    kept = np.flatnonzero(moment < DAYS * DAY_SECONDS)
    kept = kept[np.argsort(moment[kept], kind="stable")]
    return customer[kept], moment[kept]


def _baskets(
    dice: Dice, people: People, customer: Integers
) -> tuple[Integers, Integers, Integers]:
    """Return the order, product and quantity of every line."""
    sizes = 1 + np.minimum(dice.poisson(np.full(len(customer), 0.7)), 5)
    order = np.repeat(np.arange(len(customer)), sizes)
    who = customer[order]
    count = len(who)
    other = dice.whole(0, len(CATEGORIES) - 1, count)
    category = np.where(dice.uniform(count) < 0.62, people.favourite[who], other)
    rank = (11 + 5.5 * people.taste[who] + 3 * dice.normal(count)).astype(np.int64)
    quantity = 1 + dice.choose((80, 14, 4, 2), count)
    quantity += people.is_whale[who] * dice.whole(0, 3, count)
    return order, category * RANKS + np.clip(rank, 0, RANKS - 1), quantity


def _charges(
    dice: Dice, gross: Integers, moment: Integers
) -> tuple[Integers, Integers, Integers]:
    """Return discount, tax (a fifth of what is left) and shipping, in cents."""
    count = len(gross)
    is_november = (moment // DAY_SECONDS % 365) // 30 == 10
    has_discount = dice.uniform(count) < np.where(is_november, 0.55, 0.2)
    percent = 5 * dice.whole(1, 5, count) * has_discount
    discount = gross * percent // 100
    left = gross - discount
    return discount, left // 5, np.where(left < 5000, 495, 0)


def _ways(dice: Dice, people: People, customer: Integers) -> tuple[Integers, Integers]:
    """Return the channel and the device of each order."""
    count = len(customer)
    other = dice.choose((38, 52, 10), count)
    device = np.where(dice.uniform(count) < 0.85, people.device[customer], other)
    online = ((device > 0) & (dice.uniform(count) < 0.4)).astype(np.int64)
    channel = np.where(dice.uniform(count) < 0.09, STORE, online)
    return channel, device


def _reversals(
    dice: Dice, people: People, lives: Lives, orders: Orders, numbers: Numbers
) -> list[Table]:
    """Return refunds (likelier before leaving) and next-day cancellations."""
    draws = dice.uniform(len(orders.ids))
    week = orders.moment // (7 * DAY_SECONDS)
    share = np.where(lives.is_fading[orders.customer, week] == 1, 0.13, 0.05)
    days_later = 3 + (9 * dice.exponential(len(draws))).astype(np.int64)
    partly = dice.choose((6, 2, 2), len(draws))
    tables = []
    for kind, chosen, wait in (
        ("refund", draws < share, days_later * DAY_SECONDS + 1800),
        ("cancellation", draws > 0.982, 3600 + days_later * 4000),
    ):
        moment = orders.moment + wait
        at = np.flatnonzero(chosen & (moment < DAYS * DAY_SECONDS))
        ids = numbers.take("R", len(at))
        parts = partly[at] + 1 if kind == "refund" else np.ones_like(at)
        tables.append(_reversal_rows(people, orders, at, ids, moment[at], kind, parts))
    return tables


def _reversal_rows(
    people: People,
    orders: Orders,
    at: Integers,
    ids: Text,
    moment: Integers,
    kind: str,
    parts: Integers,
) -> Table:
    """Return rows that give back what was paid, or a half or a third of it."""
    chosen = Orders(
        ids=orders.ids[at],
        customer=orders.customer[at],
        moment=orders.moment[at],
        product=orders.product[at],
        gross=(orders.gross[at] - orders.discount[at]) // parts,
        discount=np.zeros_like(at),
        tax=orders.tax[at] // parts,
        shipping=orders.shipping[at] * (kind == "cancellation"),
        channel=orders.channel[at],
        device=orders.device[at],
    )
    return _rows(people, chosen, ids, moment, kind)


def _rows(
    people: People, orders: Orders, ids: Text, moment: Integers, kind: str
) -> Table:
    """Write orders as text."""
    count = len(ids)
    device = words(DEVICES, orders.device)
    device[orders.channel == STORE] = ""
    is_overseas = people.region[orders.customer] == OVERSEAS
    return {
        "customer_id": people.ids[orders.customer],
        "order_id": ids,
        "ordered_at": timestamps(moment),
        "order_type": constant(kind, count),
        "amount": money(orders.gross),
        "discount_amount": money(orders.discount),
        "tax_amount": money(orders.tax),
        "shipping_amount": money(orders.shipping),
        "currency_code": words(("EUR", "USD"), is_overseas.astype(np.int64)),
        "channel": words(CHANNELS, orders.channel),
        "device": device,
        "refunded_order_id": constant("", count) if kind == "order" else orders.ids,
    }
