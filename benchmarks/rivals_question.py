"""What every rival of the benchmark is given, and how its answer becomes amounts.

Every rival learns from the rows that the package's published model may learn from: the
same cut-offs, customers, features and weeks, scaled by the same recipe.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.expectation import btyd
from dynamic_clv.gates import rival_answers
from dynamic_clv.history import examples, features, frames, reading
from dynamic_clv.history.examples import CutOff, Part, Tables
from dynamic_clv.learning import network_models, training
from dynamic_clv.measures.baselines import Baseline, BaselineFacts
from dynamic_clv.model import artifacts, prediction, recipe
from dynamic_clv.settings import Settings

Array = np.ndarray
Arrays = dict[str, np.ndarray]
Lesson = tuple[Arrays, Arrays]

ALL_BUCKETS = (0, columns.COUNT_BUCKETS - 1)


@dataclass(frozen=True)
class Question:
    """One shop, one seed: what is known, and whose spend is asked for.

    A lesson is (inputs, targets) by name, see `recipe.arrays`: float32 (rows, ...),
    spend in units of its recipe's spend unit.

    Attributes:
        early: rows whose labels ended before the validation cut-off.
        judged: rows of the validation cut-off, scaled as `early` is.
        rows: every labelled row, the ones above included, scaled by their own recipe.
        today: inputs of the customers to predict, scaled as `rows` is.
        unit: shop currency in one spend unit of `rows`.
        stretch: asked horizon / longest horizon with a label, never below 1.
        customer_ids: text (customers,) of `today`.
        facts: what the simple rules read of the same customers.
        parameters: BG/NBD and Gamma-Gamma, fitted on the facts of today.
        horizon_days: days asked for.
        newest_amount: net amount of every customer in the newest label of the longest
            horizon that is not longer than asked, shop currency.
        newest_bought: 1 where there was an order in it.
        newest_stretch: asked horizon / that horizon.
        period_totals: the whole shop's net amount by period, oldest first.
        period_days: days in one period.
        settings: of the package; a rival takes the seed and the epochs from it.
        seconds: reading took, once for all rivals.
    """

    early: Lesson
    judged: Lesson
    rows: Lesson
    today: Arrays
    unit: float
    stretch: float
    customer_ids: Array
    facts: BaselineFacts
    parameters: btyd.BtydParameters
    horizon_days: int
    newest_amount: Array
    newest_bought: Array
    newest_stretch: float
    period_totals: Array
    period_days: int
    settings: Settings
    seconds: float = 0.0

    @property
    def longest_label_days(self) -> int:
        """Days of the longest label, or those asked for where that is less."""
        return round(self.horizon_days / self.stretch)


@dataclass(frozen=True)
class Read:
    """What reading gave, before any scaling.

    Attributes:
        tables: the relations that the SQL half built.
        settings: of the package.
        channels: columns of the windows.
        buckets: customers who are learned from.
        today: everybody, with their weeks.
        parts: labelled, without their weeks.
        steps: periods of history worth reading.
    """

    tables: Tables
    settings: Settings
    channels: Sequence[str]
    buckets: tuple[int, int]
    today: Part
    parts: list[Part]
    steps: int

    def history(self, parts: Sequence[Part], buckets: tuple[int, int]) -> list[Part]:
        """Add the weeks of customers of some buckets."""
        return reading.with_history(
            parts, self.tables.windows, self.channels, self.steps, buckets
        )

    def sample(self, role: str | None, most: int) -> list[Part]:
        """Draw rows of one role, or of all, and add their weeks."""
        chosen = [part for part in self.parts if role in (None, part.cut_off.role)]
        drawn = examples.sample(chosen, most, self.settings.seed)
        return self.history(drawn, self.buckets)


def answer(amount: Array, chance: Array, median: Array | None = None) -> Baseline:
    """Put a rival's answer together, all (customers,).

    Args:
        amount: mean net amount, shop currency; below nothing counts as nothing.
        chance: of any order, or any other score in 0-1 that ranks customers.
        median: likewise; without one, nothing where no order is the likelier outcome.
    """
    amount = np.maximum(np.asarray(amount, np.float64), 0.0)
    chance = np.asarray(chance, np.float64)
    if median is None:
        median = np.where(chance >= 0.5, amount, 0.0)
    return Baseline(amount, np.maximum(np.asarray(median, np.float64), 0.0), chance)


def longer(chance: Array, stretch: float) -> Array:
    """Carry the chance of any order to a longer horizon, at a constant hazard.

    Examples:
        >>> longer(np.array([0.5]), 2.0).tolist()
        [0.75]
    """
    return 1.0 - (1.0 - np.clip(chance, 0.0, 1.0)) ** stretch


def read(tables: Tables, settings: Settings) -> Read:
    """Read what the package would before it trains."""
    cuts = examples.cut_offs(tables.as_of_dates)
    cut = next(cut for cut in cuts if cut.role == columns.TODAY)
    buckets = reading.learned_from(tables.behaviour, cuts, settings.max_training_rows)
    known = reading.read_facts(tables, cut.as_of_date, buckets)
    parameters = reading.fit_btyd(known)
    everybody = reading.read_facts(tables, cut.as_of_date, ALL_BUCKETS)
    found = Read(
        tables=tables,
        settings=settings,
        channels=training.feature_schema(tables)["channels"],
        buckets=buckets,
        today=examples.unlabelled(cut, everybody, parameters),
        parts=reading.read_labelled(tables, cuts, buckets, lambda: None),
        steps=_steps(known, cut, settings),
    )
    return replace(found, today=found.history([found.today], ALL_BUCKETS)[0])


def _steps(known: features.Facts, cut: CutOff, settings: Settings) -> int:
    longest = float(known.btyd()[2].max())
    return examples.count_steps(longest, cut.period_days, settings.window_periods)


def ask(known: Read, trained: pa.Table) -> Question:
    """Scale what was known.

    Args:
        known: what was read, its relations still open.
        trained: rows of `artifacts.SCHEMA`. Only the shop's level today is taken from
            them, so that what is anchored starts where the package's network does.
    """
    rows = trained.to_pylist()
    row = next(row for row in rows if row["purpose"] == columns.PUBLISHED)
    model = artifacts.from_row(row)
    most = known.settings.max_training_rows
    early = known.sample(columns.TRAIN, most)
    judged = known.sample(columns.VALIDATION, network_models.MOST_JUDGED_ROWS)
    rows = known.sample(None, most)
    _check(early, judged)
    first, fitted = (
        recipe.fit(some, known.channels, known.steps) for some in (early, rows)
    )
    today, cut = known.today, known.today.cut_off
    level = prediction.level(model, today)
    return Question(
        early=recipe.arrays(first, early),
        judged=recipe.arrays(first, judged),
        rows=recipe.arrays(fitted, rows),
        today=recipe.inputs(fitted, today, level),
        unit=fitted.spend_unit,
        stretch=max(cut.horizon_days / fitted.longest_horizon_days, 1.0),
        customer_ids=np.array(today.facts.customer_ids.to_pylist(), str),
        facts=rival_answers.past_facts(today),
        parameters=reading.fit_btyd(today.facts, btyd.BG_NBD),
        horizon_days=cut.horizon_days,
        **_newest(known.parts, cut.horizon_days),
        period_totals=_period_totals(known.tables),
        period_days=cut.period_days,
        settings=known.settings,
    )


def _newest(parts: Sequence[Part], horizon_days: int) -> dict[str, Array | float]:
    """Return the newest label whose horizon is nearest to the one asked for."""

    def nearness(part: Part) -> tuple[bool, int, int]:
        days = part.horizon_days
        fits = days <= horizon_days
        return fits, days if fits else -days, part.cut_off.as_of_date.toordinal()

    part = max(parts, key=nearness)
    return {
        "newest_amount": part.amount,
        "newest_bought": (part.count_orders > 0).astype(np.float64),
        "newest_stretch": horizon_days / part.horizon_days,
    }


def _period_totals(tables: Tables) -> Array:
    """Sum the whole shop by period, silent ones included."""
    names = [columns.PERIODS_BEFORE_TODAY, "net_amount"]
    rows = frames.table(tables.windows, select=names)
    ago = rows.column(0).to_numpy().astype(int)
    totals = np.bincount(ago, weights=np.nan_to_num(frames.floats(rows.column(1))))
    return totals[::-1]


def _check(early: Sequence[Part], judged: Sequence[Part]) -> None:
    counts = {"train": sum(map(len, early)), "validation": sum(map(len, judged))}
    if not all(counts.values()):
        raise SystemExit(
            "Wanted labelled rows to learn from and to judge by. "
            f"Received {counts['train']} of role train and {counts['validation']} of "
            "role validation. Ask a shop with a longer history, or a shorter horizon."
        )


Rival = Callable[[Question], Baseline]
