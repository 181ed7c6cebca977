"""The shop's clock: seconds since the opening, and how busy each week is."""

import numpy as np
from numpy.typing import NDArray

from dynamic_clv.demo_shop.dice import Dice, Floats, Integers

OPENING = np.datetime64("2023-01-01T00:00:00", "s")
DAYS = 731  # 2023-01-01 to 2024-12-31
WEEKS = 105  # the last one has three days
DAY_SECONDS = 86_400
WEEK_STARTS = 7 * np.arange(WEEKS, dtype=np.int64)  # days since the opening

# January to December: quiet in summer, crowded before Christmas
MONTH_FACTORS = np.array([0.9, 0.9, 1.0, 1.0, 1.0, 0.9, 0.72, 0.72, 1.0, 1.1, 1.6, 1.5])
# none in the last hour, so that an order right after a sign-up keeps its date
HOUR_WEIGHTS = (1, 0, 0, 0, 0, 1, 2, 4, 5, 6, 6, 6, 7, 6, 5, 5, 6, 7, 8, 10, 10, 8, 4)


def week_factors() -> Floats:
    """Return how busy each week is, beside an average one, (weeks,)."""
    months = (OPENING + DAY_SECONDS * (WEEK_STARTS + 3)).astype("datetime64[M]")
    return MONTH_FACTORS[months.astype(np.int64) % 12]


def moments(dice: Dice, days: Integers) -> Integers:
    """Return a likely second on each of the days, which count from the opening."""
    hours = dice.choose(HOUR_WEIGHTS, len(days))
    return days * DAY_SECONDS + hours * 3600 + dice.whole(0, 3599, len(days))


def timestamps(seconds: Integers) -> NDArray[np.object_]:
    """Write moments as `2023-01-01 00:00:00`."""
    text = np.datetime_as_string(OPENING + seconds, unit="s")
    return np.array([moment.replace("T", " ") for moment in text], dtype=object)


def dates(days: Integers) -> NDArray[np.object_]:
    """Write days as `2023-01-01`."""
    return np.datetime_as_string(OPENING + days * DAY_SECONDS, unit="D").astype(object)
