"""Visits: page views, searches, carts and shares."""

from dataclasses import dataclass

import numpy as np

from dynamic_clv.demo_shop.calendar import DAY_SECONDS, DAYS, moments, timestamps
from dynamic_clv.demo_shop.dice import Dice, Integers
from dynamic_clv.demo_shop.lives import Lives
from dynamic_clv.demo_shop.people import DEVICES, People
from dynamic_clv.demo_shop.purchases import CATEGORIES, RANKS, STORE, Orders
from dynamic_clv.demo_shop.tables import Numbers, Table, Text, labelled, words

EVENT_TYPES = ("page_view", "search", "add_to_cart", "share")
VIEW, SEARCH, CART, SHARE = range(4)
CATEGORY_KEYWORDS = (
    ("running shoes", "leather boots", "shoes"),
    ("rain jacket", "winter jacket", "jacket"),
    ("linen shirt", "t-shirt", "shirt"),
    ("backpack", "shopper, large", "bag"),
    ("desk lamp", "floor lamp", "lamp"),
    ("frying pan", "tea pot", "knives"),
    ("plant pot", "garden chair", "seeds"),
    ("board game", "puzzle", "toys"),
)
LEAVING_KEYWORDS = ("cancel account", "unsubscribe", "return policy", "refund")


@dataclass(frozen=True)
class Visits:
    """Visits of one block, each array (visits,), in order of time."""

    customer: Integers  # position
    start: Integers  # seconds since the opening
    event_count: Integers
    category: Integers
    product: Integers  # of an order that ends the visit, else -1
    is_fading: Integers


def event_table(
    dice: Dice, people: People, lives: Lives, orders: Orders, numbers: Numbers
) -> Table:
    """Return `raw_events`: idle visits, and the visits that end in an order."""
    idle = _idle_visits(dice, people, lives)
    visits = _merged(idle, _order_visits(dice, orders))
    visit = np.repeat(np.arange(len(visits.start)), visits.event_count)
    first = np.cumsum(visits.event_count) - visits.event_count
    position = np.arange(len(visit)) - first[visit]
    kind = _kinds(dice, visits, visit, position)
    sessions = numbers.take("S", len(visits.start))
    table = {
        "event_id": numbers.take("E", len(visit)),
        "customer_id": people.ids[visits.customer[visit]],
        "event_type": words(EVENT_TYPES, kind),
        "occurred_at": timestamps(_seconds(dice, visits, visit, position)),
        "session_id": sessions[visit],
        "search_keyword": _keywords(dice, visits, visit, kind),
        "product_id": _products(dice, visits, visit, kind),
        "device": _devices(dice, people, visits)[visit],
    }
    return table


def _idle_visits(dice: Dice, people: People, lives: Lives) -> Visits:
    """Scatter the weekly visits over days; none before the sign-up."""
    customer, week = np.nonzero(lives.sessions)
    count = lives.sessions[customer, week]
    customer, week = np.repeat(customer, count), np.repeat(week, count)
    start = moments(dice, 7 * week + dice.whole(0, 6, len(week)))
    end = DAYS * DAY_SECONDS - 3600
    kept = np.flatnonzero((start >= people.signed_up[customer]) & (start < end))
    customer, week, start = customer[kept], week[kept], start[kept]
    other = dice.whole(0, len(CATEGORIES) - 1, len(kept))
    liked = dice.uniform(len(kept)) < 0.7
    return Visits(
        customer=customer,
        start=start,
        event_count=1 + np.minimum(dice.poisson(np.full(len(kept), 0.9)), 8),
        category=np.where(liked, people.favourite[customer], other),
        product=np.full(len(kept), -1),
        is_fading=lives.is_fading[customer, week],
    )


def _order_visits(dice: Dice, orders: Orders) -> Visits:
    """Put a visit shortly before most of the orders placed online."""
    online = (orders.channel != STORE) & (dice.uniform(len(orders.ids)) < 0.7)
    at = np.flatnonzero(online)
    return Visits(
        customer=orders.customer[at],
        start=orders.moment[at] - dice.whole(900, 2400, len(at)),
        event_count=2 + np.minimum(dice.poisson(np.full(len(at), 0.6)), 6),
        category=orders.product[at] // RANKS,
        product=orders.product[at],
        is_fading=np.zeros_like(at),
    )


def _merged(first: Visits, second: Visits) -> Visits:
    """Return both kinds of visits, sorted by their start."""
    names = list(Visits.__dataclass_fields__)
    both = {n: np.concatenate([getattr(first, n), getattr(second, n)]) for n in names}
    by_time = np.argsort(both["start"], kind="stable")
    return Visits(**{name: column[by_time] for name, column in both.items()})


def _kinds(dice: Dice, visits: Visits, visit: Integers, position: Integers) -> Integers:
    """Choose what happens; a visit that ends in an order ends with the cart."""
    count = len(visit)
    usual = dice.choose((80, 11, 6, 3), count)
    fading = dice.choose((70, 27, 2, 1), count)
    kind = np.where(visits.is_fading[visit] == 1, fading, usual)
    has_order = visits.product[visit] >= 0
    kind = np.where(has_order & (kind == CART), VIEW, kind)
    is_last = position == visits.event_count[visit] - 1
    return np.where(has_order & is_last, CART, kind)


def _seconds(
    dice: Dice, visits: Visits, visit: Integers, position: Integers
) -> Integers:
    """Return the moment of each event, about a minute after the one before."""
    return visits.start[visit] + 70 * position + dice.whole(0, 60, len(visit))


def _keywords(dice: Dice, visits: Visits, visit: Integers, kind: Integers) -> Text:
    """Return what was searched for; whoever fades often looks for the exit."""
    count = len(visit)
    known = np.array(CATEGORY_KEYWORDS, dtype=object)
    usual = known[visits.category[visit], dice.whole(0, known.shape[1] - 1, count)]
    leaving = words(LEAVING_KEYWORDS, dice.choose((3, 3, 3, 1), count))
    share = np.where(visits.is_fading[visit] == 1, 0.4, 0.015)
    text = np.where(dice.uniform(count) < share, leaving, usual)
    return np.where(kind == SEARCH, text, "")


def _products(dice: Dice, visits: Visits, visit: Integers, kind: Integers) -> Text:
    """Return the product looked at; a search has none."""
    rank = dice.whole(0, RANKS - 1, len(visit))
    browsed = visits.category[visit] * RANKS + rank
    ordered = visits.product[visit]
    is_ordered = (ordered >= 0) & ((kind == CART) | (rank < RANKS // 2))
    product = labelled("P", np.where(is_ordered, ordered, browsed) + 1)
    return np.where(kind == SEARCH, "", product)


def _devices(dice: Dice, people: People, visits: Visits) -> Text:
    """Return the device of each visit, mostly the customer's usual one."""
    count = len(visits.start)
    usual = dice.uniform(count) < 0.85
    other = dice.choose((38, 52, 10), count)
    return words(DEVICES, np.where(usual, people.device[visits.customer], other))
