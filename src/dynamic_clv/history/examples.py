"""Rows to learn from and to predict: customers at a cut-off, looking at a horizon."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dynamic_clv import columns
from dynamic_clv.expectation import btyd, levels
from dynamic_clv.history import features, frames

# The oldest cut-off counts half of the newest when rows are sampled: shops drift.
OLDEST_WEIGHT = 0.5


@dataclass(frozen=True)
class Tables:
    """The relations that the SQL half built.

    Only training asks for `inputs`, the reconciliation: one row per input. Prospects
    are left alone where they are not given.
    """

    as_of_dates: frames.Relation
    labels: frames.Relation
    behaviour: frames.Relation
    profile: frames.Relation
    windows: frames.Relation
    inputs: frames.Relation | None = None
    prospects: frames.Relation | None = None
    prospect_labels: frames.Relation | None = None


@dataclass(frozen=True)
class CutOff:
    """One row of `fea_clv__as_of_dates`.

    Of a large shop, only customers of the first `count_buckets` are looked at in the
    past, and everybody today.
    """

    as_of_date: dt.date
    horizon_days: int
    periods_before_today: int
    period_days: int
    role: str
    count_buckets: int = columns.COUNT_BUCKETS

    @property
    def buckets(self) -> tuple[int, int]:
        """The first and last bucket that is looked at."""
        return 0, self.count_buckets - 1


@dataclass(frozen=True)
class Part:
    """Customers at one cut-off with one horizon, sorted by id.

    Attributes:
        cut_off: date, horizon and role.
        facts: what was known.
        anchored: what BG/NBD expected over the horizon, None where it has no say.
        sequence: float32 (customers, steps, channels + 1); the last channel tells
            whether the customer existed.
        amount: net amount in the horizon, (customers,); empty without a label.
        count_orders: orders in the horizon, likewise.
        level: how far the whole shop was from its expectation.
    """

    cut_off: CutOff
    facts: features.Facts
    anchored: features.Anchor | None
    sequence: np.ndarray
    amount: np.ndarray = field(default_factory=lambda: np.zeros(0))
    count_orders: np.ndarray = field(default_factory=lambda: np.zeros(0))
    level: levels.Level | None = None

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.facts)

    @property
    def horizon_days(self) -> int:
        """Days after the cut-off."""
        return self.cut_off.horizon_days


def cut_offs(as_of_dates: frames.Relation) -> list[CutOff]:
    """List every cut-off, newest first."""
    names = list(CutOff.__dataclass_fields__)
    frames.require(as_of_dates, "fea_clv__as_of_dates", names)
    rows = frames.table(as_of_dates, select=names).to_pylist()
    found = [CutOff(**row) for row in rows]
    return sorted(found, key=lambda cut: (cut.as_of_date, cut.horizon_days))[::-1]


def count_steps(longest_days: float, period_days: int, window_periods: int) -> int:
    """Return the periods worth reading: an even number, for the pooling by two.

    Examples:
        >>> count_steps(longest_days=20, period_days=7, window_periods=52)
        4
    """
    periods = min(window_periods, int(longest_days // period_days) + 1)
    return max(periods + periods % 2, 2)


def unlabelled(
    cut_off: CutOff, facts: features.Facts, parameters: btyd.BtydParameters
) -> Part:
    """Return a part that is to be predicted, still without the windows."""
    anchored = features.anchor(facts, parameters, cut_off.horizon_days)
    return Part(cut_off, facts, anchored, np.zeros((len(facts), 0, 0), np.float32))


def unanchored(cut_off: CutOff, facts: features.Facts) -> Part:
    """Return a part of a shop that is too young for BG/NBD."""
    return Part(cut_off, facts, None, np.zeros((len(facts), 0, 0), np.float32))


def take(part: Part, places: np.ndarray) -> Part:
    """Return some customers of a part."""
    return replace(
        part,
        facts=part.facts.take(places),
        anchored=part.anchored.take(places),
        sequence=part.sequence[places],
        amount=part.amount[places] if len(part.amount) else part.amount,
        count_orders=part.count_orders[places] if len(part.amount) else part.amount,
    )


def sample(parts: Sequence[Part], most_rows: int, seed: int) -> list[Part]:
    """Draw customers from every part, the newest cut-offs a little more densely.

    The draw depends on the seed, the cut-off and the sorted customers only, so the
    order in which the warehouse delivers rows changes nothing.
    """
    drawn: list[Part] = []
    shares = _shares(parts, most_rows) if parts else []
    for part, share in zip(parts, shares, strict=True):
        cut = part.cut_off
        key = [seed, cut.as_of_date.toordinal(), cut.horizon_days]
        count = int(share * len(part))
        places = np.random.default_rng(key).permutation(len(part))[:count]
        drawn.append(take(part, np.sort(places)))
    return [part for part in drawn if len(part)]


def _shares(parts: Sequence[Part], most_rows: int) -> np.ndarray:
    """Return the share of each part to draw, so that all together fit `most_rows`."""
    sizes = np.array([len(part) for part in parts])
    if sizes.sum() <= most_rows:
        return np.ones(len(parts))
    ages = np.array([part.cut_off.periods_before_today for part in parts], float)
    span = max(np.ptp(ages), 1.0)
    weights = 1 - (1 - OLDEST_WEIGHT) * (ages - ages.min()) / span
    least, most = 0.0, 1 / OLDEST_WEIGHT
    for _ in range(50):
        middle = (least + most) / 2
        fits = (sizes * np.minimum(middle * weights, 1.0)).sum() <= most_rows
        least, most = (middle, most) if fits else (least, middle)
    return np.minimum(least * weights, 1.0)
