"""When in the year a shop sells: repeat orders beside those expected, period by period.

BG/NBD knows how many orders its customers should place in each period of the past. What
they did place, over that, is the season and everything else that moves a whole shop
(the tracking plot of Fader, Hardie and Lee 2005). The same weeks of earlier years say
what the weeks ahead will be like, compared with an average year.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from dynamic_clv.expectation import btyd

# A year is 52 whole weeks here, so that the same weekdays are compared.
YEAR_DAYS = 364

# History begins once this part of the most orders ever expected was due: a mistyped
# order of long ago makes no years.
LEAST_DUE = 0.01

# Customers who bought before the history begins look new in it, so its first months
# hold more repeat orders than any season explains: they are left out.
WARM_UP_DAYS = 91

# What few buyers show is mostly chance: it counts n / (n + this).
BUYERS_OF_NO_OPINION = 50

# Years after which half of what one year alone showed would be believed: a season that
# was seen once may have been something else.
YEARS_OF_NO_OPINION = 0.25

# exp(+-1.5) is more than any season.
MOST_INDEX = 1.5


@dataclass(frozen=True)
class Season:
    """Repeat business by period, all customers together; lists are newest first.

    Attributes:
        as_of_date: end of the newest period.
        period_days: days in one period.
        orders: repeat orders.
        expected: repeat orders that BG/NBD expected.
        amount: net amount of repeat orders, shop currency.
        squares: squared amounts of each customer and period, summed.
    """

    as_of_date: dt.date
    period_days: int
    orders: list[float]
    expected: list[float]
    amount: list[float]
    squares: list[float]

    def to_dict(self) -> dict:
        """Return plain values, ready for JSON."""
        return {**asdict(self), "as_of_date": self.as_of_date.isoformat()}

    @classmethod
    def from_dict(cls, values: Mapping) -> "Season":
        """Rebuild a season from `to_dict`."""
        date = dt.date.fromisoformat(values["as_of_date"])
        return cls(**{**values, "as_of_date": date})

    @property
    def years(self) -> int:
        """Whole years of history."""
        return self._count_known() * self.period_days // YEAR_DAYS

    def index(self, start: dt.date, horizon_days: int) -> tuple[float, float]:
        """Compare some weeks with an average year.

        Weeks after the history are those of the years before; a whole year, and any
        shop without a whole year behind it, has no season.

        Args:
            start: first day.
            horizon_days: days from there on.

        Returns:
            Logs of orders and of spend over what is usual.
        """
        if not self.years:
            return 0.0, 0.0
        places, parts = self._places(start, horizon_days)
        belief = self.years / (self.years + YEARS_OF_NO_OPINION)
        orders = self._log_ratio(self.orders, places, parts)
        dearer = self._log_ratio(self.amount, places, parts) - orders
        count, equal = self._buyers(places)
        orders = belief * trust(count) * orders
        return orders, orders + belief * trust(equal) * dearer

    def _places(self, start: dt.date, horizon_days: int) -> tuple[np.ndarray, ...]:
        """Find the periods of the whole years that fall in the same weeks.

        A period is placed by its middle. Older periods than the whole years are left
        out, or a shop's growth would pass for a season.

        Returns:
            Their places, and which part of each is in the horizon: 1 but in the last.
        """
        first = (self.as_of_date - start).days  # days ago; negative when ahead
        begins = np.arange(0, max(horizon_days, 1), self.period_days)
        days_ago = (first - begins - self.period_days // 2 - 1) % YEAR_DAYS
        part = np.minimum((horizon_days - begins) / self.period_days, 1.0)
        all_years = days_ago[:, None] + YEAR_DAYS * np.arange(self.years)
        places = all_years.ravel() // self.period_days
        there = places < self._count_usual()
        return places[there], np.repeat(part, self.years)[there]

    def _count_usual(self) -> int:
        """Return the periods of the whole years."""
        return self.years * YEAR_DAYS // self.period_days

    def _count_known(self) -> int:
        """Return the periods after the warm-up; the oldest one is not whole."""
        due = np.array(self.expected)
        whole = int(
            np.flatnonzero(due >= LEAST_DUE * due.max(initial=0.0)).max(initial=0)
        )
        return max(whole - WARM_UP_DAYS // self.period_days, 0)

    def _log_ratio(
        self, happened: list[float], places: np.ndarray, parts: np.ndarray
    ) -> float:
        """Set some periods, and the parts of them that count, beside whole years."""
        values, expected = np.array(happened), np.array(self.expected)
        usual = np.arange(self._count_usual())
        sums = [
            parts @ values[places],
            parts @ expected[places],
            values[usual].sum(),
            expected[usual].sum(),
        ]
        now, due, year, year_due = (max(float(found), 1e-9) for found in sums)
        ratio = np.log(now) - np.log(due) - np.log(year) + np.log(year_due)
        return float(np.clip(ratio, -MOST_INDEX, MOST_INDEX))

    def _buyers(self, places: np.ndarray) -> tuple[float, float]:
        """Return orders, and how many equal ones would be as uncertain (Kish 1965).

        Where more were expected than came, silence is as telling as so many orders.
        """
        places = np.unique(places)
        count = float(np.array(self.orders)[places].sum())
        count = max(count, float(np.array(self.expected)[places].sum()))
        total = float(np.array(self.amount)[places].sum())
        squares = float(np.array(self.squares)[places].sum())
        return count, total**2 / squares if squares > 0 else 0.0


def measure(
    as_of_date: dt.date,
    period_days: int,
    parameters: btyd.BtydParameters,
    t_days: np.ndarray,
    totals: np.ndarray,
) -> Season:
    """Set repeat business beside what was expected of the customers of each period.

    Args:
        as_of_date: nothing after it is known.
        period_days: days in one period.
        parameters: fitted at as_of_date.
        t_days: days since the first order of every customer, (customers,).
        totals: orders, net amount and squared amounts by period, newest first,
            (periods, 3), of the same customers.
    """
    born = np.maximum(np.ceil(t_days / period_days).astype(int) - 1, 0)
    totals = totals[: born.max(initial=0) + 1]  # visits may be older than any order
    first = np.bincount(born, minlength=len(totals))[: len(totals)].astype(float)
    orders = np.maximum(totals[:, 0], 0.0)
    repeat = np.maximum(orders - first, 0.0)
    share = repeat / np.maximum(orders, 1.0)
    return Season(
        as_of_date=as_of_date,
        period_days=period_days,
        orders=repeat.tolist(),
        expected=_expected(parameters, first, period_days).tolist(),
        amount=np.maximum(totals[:, 1] * share, 0.0).tolist(),
        # nine digits: the sum of squares is too large to be exact in any order of rows
        squares=[float(f"{value:.9g}") for value in totals[:, 2] * share],
    )


def _expected(
    parameters: btyd.BtydParameters, first: np.ndarray, period_days: int
) -> np.ndarray:
    """Expect repeat orders by period, from the customers who came in each period."""
    count = len(first)
    ages = np.arange(count + 1) * float(period_days)
    nothing = np.zeros(count + 1)
    curve = btyd.expectations(parameters, nothing, nothing, nothing, nothing, ages)
    each_period = np.diff(curve.order_count)  # of one customer, in the n-th period
    return np.convolve(first[::-1], each_period)[:count][::-1]


def trust(buyers: float) -> float:
    """Return how far to believe what so many buyers show, from 0 to 1."""
    return buyers / (buyers + BUYERS_OF_NO_OPINION)
