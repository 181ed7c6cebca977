"""Who the customers are, and the hidden life that drives what they do."""

from dataclasses import dataclass

import numpy as np

from dynamic_clv.demo_shop.calendar import DAY_SECONDS, DAYS, moments, timestamps
from dynamic_clv.demo_shop.dice import Dice, Floats, Integers
from dynamic_clv.demo_shop.tables import Table, Text, words

NEVER = 10**9  # seconds; a first order that does not come
GENDERS = ("female", "male", "diverse")
REGIONS = ("north", "south", "east", "west", "overseas")
OVERSEAS = REGIONS.index("overseas")
DEVICES = ("desktop", "mobile", "tablet")
CONTACTS = ("email", "sms", "push")
CHANNELS = ("organic", "search", "social", "affiliate", "referral")
REFERRED = CHANNELS.index("referral")
FIRST_YEAR_CHANNELS = (34, 28, 18, 11, 9)
LATER_CHANNELS = (24, 22, 30, 17, 7)  # growth was bought, and it shows
ONE_ORDER_SHARES = np.array([0.34, 0.42, 0.56, 0.64, 0.24])  # leave after one order
LOYALTIES = np.array([1.1, 1.0, 0.75, 0.6, 1.5])  # stretches the lifetime
CATEGORY_COUNT = 8


@dataclass(frozen=True)
class People:
    """One block of customers, each array (customers,), in order of sign-up.

    Moments are seconds and days are counted since the opening of the shop.
    """

    ids: Text
    signed_up: Integers  # seconds
    first_order: Integers  # seconds, or NEVER
    leave_day: Integers  # may lie after the end of the history
    fade_weeks: Integers  # browsing fades for so long before leaving
    weekly_orders: Floats
    weekly_sessions: Floats
    taste: Floats  # how dear the products are that they like
    is_whale: Integers
    favourite: Integers  # position of the category
    age: Integers
    gender: Integers
    region: Integers
    channel: Integers
    device: Integers
    contact: Integers
    referrer: Integers  # position of the customer who recruited them, or -1

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.signed_up)


def make_people(dice: Dice, ids: Text) -> People:
    """Invent one customer per id."""
    count = len(ids)
    signed_up = _sign_ups(dice, count)
    channel = _channels(dice, signed_up)
    first_order = _first_orders(dice, signed_up)
    age = 18 + (dice.uniform(count) * 30 + dice.exponential(count) * 9).astype(np.int64)
    earlier = (dice.uniform(count) * np.arange(count)).astype(np.int64)
    is_whale = dice.choose((985, 15), count)
    return People(
        ids=ids,
        signed_up=signed_up,
        first_order=first_order,
        leave_day=_leave_days(dice, signed_up, first_order, channel),
        fade_weeks=dice.whole(4, 8, count),
        weekly_orders=0.012 + 0.08 * dice.exponential(count),
        weekly_sessions=0.26 + 0.27 * dice.exponential(count),
        taste=dice.normal(count) + 0.015 * (age - 40) + 1.2 * is_whale,
        is_whale=is_whale,
        favourite=dice.choose((16, 14, 18, 10, 10, 14, 8, 10), count),
        age=np.minimum(age, 88),
        gender=dice.choose((54, 44, 2), count),
        region=dice.choose((28, 26, 16, 22, 8), count),
        channel=channel,
        device=dice.choose((38, 52, 10), count),
        contact=dice.choose((70, 12, 18), count),
        referrer=np.where(channel == REFERRED, earlier, -1),
    )


def customer_table(people: People) -> Table:
    """Return what the shop knows about its customers."""
    return {
        "customer_id": people.ids,
        "signed_up_at": timestamps(people.signed_up),
        "age": people.age.astype(str).astype(object),
        "gender": words(GENDERS, people.gender),
        "region": words(REGIONS, people.region),
        "acquisition_channel": words(CHANNELS, people.channel),
    }


def _sign_ups(dice: Dice, count: int) -> Integers:
    """Sign-ups slow down after the opening and pick up before each Christmas."""
    draws = dice.uniform(count)
    days = (draws * (0.55 + 0.45 * draws) * (DAYS - 3)).astype(np.int64)
    christmas = 304 + 366 * dice.whole(0, 1, count) + dice.whole(0, 50, count)
    days = np.where(dice.uniform(count) < 0.1, christmas, days)
    return np.sort(moments(dice, days))


def _channels(dice: Dice, signed_up: Integers) -> Integers:
    """Return where customers came from; the mix gets worse in the second year."""
    count = len(signed_up)
    first, later = FIRST_YEAR_CHANNELS, LATER_CHANNELS
    is_later = signed_up >= 365 * DAY_SECONDS
    channel = np.where(is_later, dice.choose(later, count), dice.choose(first, count))
    channel[0] = 0  # nobody was there yet to refer the first customer
    return channel


def _first_orders(dice: Dice, signed_up: Integers) -> Integers:
    """Half order within the hour, some days later, one in seven never."""
    count = len(signed_up)
    soon = signed_up + dice.whole(2700, 3600, count)
    days = signed_up // DAY_SECONDS + 1
    later = moments(dice, days + (12 * dice.exponential(count)).astype(np.int64))
    kind = dice.choose((48, 38, 14), count)
    return np.where(kind == 0, soon, np.where(kind == 1, later, NEVER))


def _leave_days(
    dice: Dice, signed_up: Integers, first_order: Integers, channel: Integers
) -> Integers:
    """Some leave after their first order, the others after a hidden lifetime."""
    count = len(signed_up)
    buys = first_order < NEVER
    start = np.where(buys, first_order, signed_up) // DAY_SECONDS
    leaves_at_once = dice.uniform(count) < ONE_ORDER_SHARES[channel]
    brief = 5 + 16 * dice.exponential(count)
    long = 70 + 340 * LOYALTIES[channel] * dice.exponential(count)
    lifetime = np.where(leaves_at_once | ~buys, brief, long)
    return start + lifetime.astype(np.int64)
