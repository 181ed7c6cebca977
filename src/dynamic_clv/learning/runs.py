"""What every step of one training run shares."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dynamic_clv.expectation import btyd, season
from dynamic_clv.history import examples, features, reading
from dynamic_clv.history.examples import CutOff, Part, Tables
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.settings import Settings

Log = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes:
        tables: the relations that the SQL half built.
        settings: of this build.
        cuts: every cut-off, newest first.
        today: the cut-off to publish for.
        facts: customers of today.
        totals: orders, amounts and squared amounts by period, see `reading.totals`.
        buckets: first and last bucket to learn from.
        feature_schema: columns to learn from, by kind.
        reason: why there is a run.
        log: told one line per step and epoch.
        check: raises where the run is to stop.
        started: of the clock that counts seconds.
    """

    tables: Tables
    settings: Settings
    cuts: list[CutOff]
    today: CutOff
    facts: features.Facts
    totals: np.ndarray
    buckets: tuple[int, int]
    feature_schema: dict[str, list[str]]
    reason: str
    log: Log
    check: Callable[[], None]
    started: float

    @property
    def channels(self) -> list[str]:
        """Columns of the windows."""
        return self.feature_schema["channels"]

    @property
    def steps(self) -> int:
        """Periods of history worth reading."""
        longest = float(self.facts.btyd()[2].max())
        periods = self.settings.window_periods
        return examples.count_steps(longest, self.today.period_days, periods)

    def with_history(self, parts: Sequence[Part], most_rows: int) -> list[Part]:
        """Sample parts and add their windows; no part gives none."""
        self.check()
        drawn = examples.sample(parts, most_rows, self.settings.seed)
        names, windows = self.channels, self.tables.windows
        if not drawn:
            return []
        return reading.with_history(drawn, windows, names, self.steps, self.buckets)

    def season_at(
        self, cut: CutOff, facts: features.Facts, parameters: btyd.BtydParameters
    ) -> season.Season:
        """Measure the season as it was known at a cut-off."""
        known = self.totals[cut.periods_before_today :]
        days, t_days = cut.period_days, facts.btyd()[2]
        return season.measure(cut.as_of_date, days, parameters, t_days, known)

    def describe(self, purpose: str, kind: str) -> TrainedModel:
        """Begin a model with what is known before anything is learned."""
        return TrainedModel(
            purpose=purpose,
            model_kind=kind,
            trained_at=dt.datetime.now(dt.UTC).replace(tzinfo=None),
            as_of_date=self.today.as_of_date,
            train_reason=self.reason,
            horizon_days=self.today.horizon_days,
            label_horizon_days=0,
            settings=self.settings.learned_from(),
            feature_schema=self.feature_schema,
        )

    def finish(self, model: TrainedModel) -> TrainedModel:
        """Write down how long a model took, and say so."""
        seconds = round(time.monotonic() - self.started, 1)
        name = f"{model.purpose} model {model.model_version}"
        self.log(f"{name} ready after {seconds} s")
        return replace(model, seconds=seconds)
