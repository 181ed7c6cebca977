"""A network model to judge, and one to publish.

The back-test model learns from cut-offs whose labels ended before the validation
cut-off and stops when validation stops improving; validation says how to mix its
experts. The published model learns from every labelled cut-off for as long. It is mixed
as validation and test say, neither of which the back-test model had learned from.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from dynamic_clv import columns
from dynamic_clv.errors import NotEnoughData
from dynamic_clv.expectation import btyd
from dynamic_clv.history import examples, reading
from dynamic_clv.history.examples import Part
from dynamic_clv.learning import fitting, judging, search
from dynamic_clv.learning.fitting import Effort, Fitted
from dynamic_clv.learning.runs import Run
from dynamic_clv.model import blending
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.model.calibration import Stretch
from dynamic_clv.versions import drift

LEAST_TRAINING_ROWS = 200
LEAST_TRAINING_BUYERS = 30
LEAST_CUSTOMERS = 20

# Rows that decide when to stop and whom to believe: more only cost time.
MOST_JUDGED_ROWS = 15_000


@dataclass(frozen=True)
class Judged:
    """Cut-offs that the back-test model never learns from, with their windows."""

    validation: list[Part]
    test: list[Part]

    @property
    def both(self) -> list[Part]:
        """All of them."""
        return [*self.validation, *self.test]


def train(run: Run) -> list[TrainedModel]:
    """Train the model to judge, then the model to publish.

    Raises:
        NotEnoughData: says what there is too little of for a network.
    """
    if len(run.facts) < LEAST_CUSTOMERS:
        raise NotEnoughData.too_few("customers", LEAST_CUSTOMERS, len(run.facts))
    newest = reading.fit_btyd(run.facts)
    parts = reading.read_labelled(run.tables, run.cuts, run.buckets, run.check)
    train_parts = _of(parts, columns.TRAIN)
    _check_enough(train_parts, _of(parts, columns.VALIDATION))
    rows = run.with_history(train_parts, run.settings.max_training_rows)
    _check_enough(rows, _of(parts, columns.VALIDATION))  # of those who were drawn
    judged = Judged(
        *(
            run.with_history(_of(parts, role), MOST_JUDGED_ROWS)
            for role in (columns.VALIDATION, columns.TEST)
        )
    )
    lesson = search.Lesson(
        rows, judged.validation, run.channels, run.settings, run.check
    )
    found = search.search(lesson, run.settings.search_seconds, run.log)
    effort = Effort(run.settings.max_epochs, chosen=found.chosen)
    fitted = _fit(run, rows, judged.validation, effort)
    back_test = _back_test(run, parts, judged, fitted)
    back_test = replace(back_test, metrics={**back_test.metrics, **found.to_dict()})
    rows = run.with_history(parts, run.settings.max_training_rows)
    fitted = _fit(run, rows, None, fitted.effort)
    return [back_test, _published(run, newest, judged, back_test, fitted)]


def _fit(
    run: Run, rows: list[Part], judged: list[Part] | None, effort: Effort
) -> Fitted:
    count = sum(map(len, rows))
    dates = len({part.cut_off.as_of_date for part in rows})
    purpose = "to be judged" if judged else "to publish"
    run.log(
        f"a model {purpose}: {count} rows of {dates} cut-offs, "
        f"{effort.epochs} epochs at most"
    )
    told = (run.log, run.check)
    return fitting.fit(rows, judged, run.channels, run.settings, effort, *told)


def _back_test(
    run: Run, parts: list[Part], judged: Judged, fitted: Fitted
) -> TrainedModel:
    """Put together what the judged cut-offs need, and let validation choose."""
    at = {
        part.cut_off.as_of_date: part
        for part in parts
        if part.cut_off.role in (columns.VALIDATION, columns.TEST)
    }
    model = replace(
        run.describe(columns.BACK_TEST, columns.CNN_LSTM),
        label_horizon_days=judged.validation[0].horizon_days,
        recipe=fitted.recipe,
        members=fitted.members,
        trees=fitted.trees,
        regression=fitted.regression,
        parameters={date: part.anchored.parameters for date, part in at.items()},
        levels=[part.level for part in parts],
        seasons={
            date: run.season_at(part.cut_off, part.facts, part.anchored.parameters)
            for date, part in at.items()
        },
    )
    choices = judging.choose(model, judged.validation, run.settings)
    model = _mixed(model, choices, judged, judged.validation)
    return run.finish(replace(model, metrics=_metrics(fitted, choices)))


def _published(
    run: Run,
    newest: btyd.BtydParameters,
    judged: Judged,
    back_test: TrainedModel,
    fitted: Fitted,
) -> TrainedModel:
    """Mix the experts as all judged cut-offs say, and set them on today's total."""
    choices = judging.choose(back_test, judged.both, run.settings)
    evidence = _mixed(back_test, choices, judged, judged.both)
    model = replace(
        run.describe(columns.PUBLISHED, columns.CNN_LSTM),
        label_horizon_days=back_test.label_horizon_days,
        back_test_version=back_test.model_version,
        recipe=fitted.recipe,
        members=fitted.members,
        trees=fitted.trees,
        regression=fitted.regression,
        blend=evidence.blend,
        stretch=evidence.stretch,
        parameters={run.today.as_of_date: newest},
        levels=back_test.levels,
        seasons={
            run.today.as_of_date: run.season_at(run.today, run.facts, newest),
        },
        metrics=_metrics(fitted, choices),
        population=drift.describe(run.facts),
    )
    today = examples.unlabelled(run.today, run.facts, newest)
    today = run.with_history([today], MOST_JUDGED_ROWS)
    return run.finish(replace(model, shifts=judging.shifts(model, today)))


def _mixed(
    model: TrainedModel,
    choices: dict[str, blending.Choice],
    judged: Judged,
    seen: list[Part],
) -> TrainedModel:
    """Mix a model as chosen, then set its totals and its range."""
    blend = {head: choice.shares for head, choice in choices.items()}
    model = replace(model, blend=blend, stretch=Stretch())
    model = replace(model, shifts=judging.shifts(model, judged.both))
    return replace(model, stretch=judging.stretch(model, seen))


def _metrics(fitted: Fitted, choices: dict[str, blending.Choice]) -> dict[str, Any]:
    return {
        "epochs": fitted.effort.epochs,
        "rounds": dict(fitted.effort.rounds),
        "penalty": fitted.effort.penalty,
        "rows": fitted.rows,
        "hyperparameters": asdict(fitted.effort.chosen),
        "compression": fitted.compressed,
        "champion": {head: choice.champion for head, choice in choices.items()},
        "shares": {head: choice.options for head, choice in choices.items()},
        "validation_loss": {head: choice.losses for head, choice in choices.items()},
    }


def _check_enough(rows: Sequence[Part], validation: Sequence[Part]) -> None:
    """Refuse to train a network on what cannot teach it anything."""
    count = sum(map(len, rows))
    buyers = sum(int((part.count_orders > 0).sum()) for part in rows)
    if count < LEAST_TRAINING_ROWS:
        raise NotEnoughData.too_few("training rows", LEAST_TRAINING_ROWS, count)
    if buyers < LEAST_TRAINING_BUYERS:
        what = "training rows with an order"
        raise NotEnoughData.too_few(what, LEAST_TRAINING_BUYERS, buyers)
    if not sum(float(np.maximum(part.amount, 0.0).sum()) for part in rows) > 0:
        what = "training rows with a positive amount"
        raise NotEnoughData.too_few(what, 1, 0)
    if not sum(map(len, validation)):
        raise NotEnoughData.too_few("validation rows", 1, 0)


def _of(parts: Sequence[Part], role: str) -> list[Part]:
    return [part for part in parts if part.cut_off.role == role]
