"""Campaign contacts, referrals and exchange rates."""

import numpy as np

from dynamic_clv.demo_shop.calendar import (
    DAY_SECONDS,
    DAYS,
    WEEK_STARTS,
    dates,
    timestamps,
)
from dynamic_clv.demo_shop.dice import Dice
from dynamic_clv.demo_shop.people import CONTACTS, People
from dynamic_clv.demo_shop.tables import Numbers, Table, constant, words

CAMPAIGNS = ("newsletter", "new_season", "summer_sale", "black_friday", "win_back")
# newsletters every fifth week, and the year's fixed dates
CAMPAIGN_DAYS = np.array(
    [*range(24, DAYS, 35), 73, 195, 327, 439, 560, 697, 120, 260, 485, 625]
)
CAMPAIGN_NAMES = np.array([0] * 21 + [1, 2, 3, 1, 2, 3, 4, 4, 4, 4])


def touch_table(dice: Dice, people: People, numbers: Numbers) -> Table:
    """Return `raw_touches`: each campaign reaches a quarter of the customers.

    A shop does not see who has left; it stops only half a year later.
    """
    day = CAMPAIGN_DAYS[None, :]
    signed_up = people.signed_up[:, None] // DAY_SECONDS
    listed = (day > signed_up) & (day < people.leave_day[:, None] + 180)
    is_reached = listed & (dice.uniform(len(people), len(CAMPAIGN_DAYS)) < 0.25)
    campaign, customer = np.nonzero(is_reached.T)
    usual = dice.uniform(len(customer)) < 0.85
    other = dice.whole(0, len(CONTACTS) - 1, len(customer))
    second = dice.whole(8 * 3600, 11 * 3600, len(customer))
    return {
        "touch_id": numbers.take("T", len(customer)),
        "customer_id": people.ids[customer],
        "touched_at": timestamps(CAMPAIGN_DAYS[campaign] * DAY_SECONDS + second),
        "campaign": words(CAMPAIGNS, CAMPAIGN_NAMES[campaign]),
        "touch_channel": words(
            CONTACTS, np.where(usual, people.contact[customer], other)
        ),
    }


def referral_table(people: People, numbers: Numbers) -> Table:
    """Return `raw_referrals`: one row per customer whom another one brought."""
    referred = np.flatnonzero(people.referrer >= 0)
    return {
        "referral_id": numbers.take("F", len(referred)),
        "referrer_customer_id": people.ids[people.referrer[referred]],
        "referred_customer_id": people.ids[referred],
        "referred_at": timestamps(people.signed_up[referred]),
    }


def rate_table(dice: Dice) -> Table:
    """Return `raw_exchange_rates`: euros per US dollar, once a week."""
    steps = dice.whole(-60, 60, len(WEEK_STARTS))
    drift = 9250 + np.clip(np.cumsum(steps), -400, 400)  # ten-thousandths
    return {
        "currency_code": constant("USD", len(WEEK_STARTS)),
        "rate_date": dates(WEEK_STARTS),
        "rate_to_reporting": np.char.add("0.", drift.astype(str)).astype(object),
    }
