"""One training run: a model to judge, a model to publish, or an honest fallback.

The back-test model learns from cut-offs whose labels ended before the validation
cut-off and stops when validation stops improving. The published model then learns
from every labelled cut-off for as many epochs.
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from dynamic_clv import (
    artifacts,
    blending,
    btyd,
    cohort,
    columns,
    ensemble,
    examples,
    features,
    frames,
    policy,
    reading,
    recipe,
    season,
)
from dynamic_clv.artifacts import TrainedModel
from dynamic_clv.errors import Interrupted, NotEnoughData
from dynamic_clv.examples import CutOff, Part, Tables
from dynamic_clv.settings import Settings

Log = Callable[[str], None]

LEAST_TRAINING_ROWS = 200
LEAST_TRAINING_BUYERS = 30
LEAST_CUSTOMERS = 20

# Rows that decide when to stop: more only cost time.
MOST_VALIDATION_ROWS = 15_000


@dataclass(frozen=True)
class Run:
    """What every step of one training run needs to know."""

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


def train(
    tables: Tables,
    trained: frames.Relation | None,
    settings: Settings,
    log: Log,
    interrupted: Callable[[], bool] = lambda: False,
) -> pa.Table:
    """Train if the policy says so.

    Args:
        tables: the relations that the SQL half built.
        trained: rows written so far; None if there are none.
        settings: of this build.
        log: told one line per step and epoch.
        interrupted: asked often; True stops everything.

    Returns:
        Rows to append to `ml_clv__trained_models`: one to judge and one to publish,
        only one for a fallback, none while the newest model is still good.

    Raises:
        Interrupted: the build was asked to stop. Nothing is returned then.
    """
    check = stopper(interrupted)
    cuts = examples.cut_offs(tables.as_of_dates)
    today = next((cut for cut in cuts if cut.role == columns.TODAY), None)
    rows = _written(trained)
    if today is None:
        log("nothing to train on: there is no as_of_date yet")
        return artifacts.to_table([])
    schema = feature_schema(tables)
    reason = policy.reason_to_train(rows, settings, schema, today.as_of_date)
    if reason is None:
        log("no training: the newest model is still good")
        return artifacts.to_table([])
    buckets = reading.learned_from(tables.behaviour, settings.max_training_rows)
    facts = reading.read_facts(tables, today.as_of_date, buckets)
    if not len(facts):
        log("nothing to train on: no customer has ordered yet")
        return artifacts.to_table([])
    log(f"training, because {reason}")
    started = time.monotonic()
    totals = reading.totals(tables.windows, buckets)
    rest = (facts, totals, buckets, schema, reason, log, check, started)
    models = _train(Run(tables, settings, cuts, today, *rest))
    known = set(rows.column("model_version").to_pylist())
    return artifacts.to_table([m for m in models if m.model_version not in known])


def feature_schema(tables: Tables) -> dict[str, list[str]]:
    """List the columns that there are to learn from, by kind, and the inputs in use."""
    sides = (tables.behaviour, tables.profile)
    kinds = features.kinds([frames.schema(side) for side in sides])
    there = {"channels": reading.channels(tables.windows)}
    return {**kinds, **there, "inputs": reading.inputs(tables.inputs)}


def stopper(interrupted: Callable[[], bool]) -> Callable[[], None]:
    """Turn a question into a check that raises `Interrupted`."""

    def check() -> None:
        if interrupted():
            raise Interrupted(
                "Training was asked to stop.",
                "Nothing of it has been kept.",
                "Run the build again when it suits you.",
            )

    return check


def _written(trained: frames.Relation | None) -> pa.Table:
    if trained is None:
        return artifacts.SCHEMA.empty_table()
    return frames.table(trained, select=policy.COLUMNS)


def _train(run: Run) -> list[TrainedModel]:
    """Train the best kind of model that the data allow."""
    try:
        return _networks(run)
    except NotEnoughData as why:
        run.log(f"no network: {why}")
        return [_fallback(run, str(why))]


def _networks(run: Run) -> list[TrainedModel]:
    """Train the model to judge, then the model to publish."""
    if len(run.facts) < LEAST_CUSTOMERS:
        raise NotEnoughData.too_few("customers", LEAST_CUSTOMERS, len(run.facts))
    newest = reading.fit_btyd(run.facts)
    parts = reading.read_labelled(run.tables, run.cuts, run.buckets, run.check)
    steps = _count_steps(run)
    back_test = _back_test(run, parts, steps)
    rows = _history(run, examples.sample(parts, *_size(run)), steps)
    epochs = back_test.metrics["epochs"]
    fitted = recipe.fit(rows, run.feature_schema["channels"], steps)
    members = _ensemble(run, fitted, rows, None, epochs)
    published = replace(
        _described(run, columns.PUBLISHED, columns.CNN_LSTM),
        label_horizon_days=back_test.label_horizon_days,
        recipe=fitted,
        blend=back_test.blend,
        parameters={run.today.as_of_date: newest},
        levels=back_test.levels,
        seasons={run.today.as_of_date: _season(run, run.today, run.facts, newest)},
        metrics={**back_test.metrics, "rows": sum(map(len, rows))},
        members=[member.weights for member in members],
    )
    return [back_test, _timed(run, published)]


def _back_test(run: Run, parts: list[Part], steps: int) -> TrainedModel:
    """Train on the cut-offs before validation, and let validation judge."""
    rows = examples.sample(_of(parts, columns.TRAIN), *_size(run))
    validation = _of(parts, columns.VALIDATION)
    _check_enough(rows, validation)
    seed = run.settings.seed
    judged = examples.sample(validation, MOST_VALIDATION_ROWS, seed)
    rows, judged = _history(run, rows, steps), _history(run, judged, steps)
    fitted = recipe.fit(rows, run.feature_schema["channels"], steps)
    members = _ensemble(run, fitted, rows, judged, run.settings.max_epochs)
    weights = [member.weights for member in members]
    run.check()
    blend, losses = blending.choose(
        weights, recipe.arrays(fitted, judged), ensemble.loss_by_head(run.settings)
    )
    later = [*validation, *_of(parts, columns.TEST)]
    model = replace(
        _described(run, columns.BACK_TEST, columns.CNN_LSTM),
        label_horizon_days=judged[0].horizon_days,
        recipe=fitted,
        blend=blend,
        parameters={
            part.cut_off.as_of_date: part.anchored.parameters for part in later
        },
        levels=[part.level for part in parts],
        seasons={
            part.cut_off.as_of_date: _season(
                run, part.cut_off, part.facts, part.anchored.parameters
            )
            for part in later
        },
        metrics={
            "epochs": max(round(np.mean([member.epochs for member in members])), 1),
            "rows": sum(map(len, rows)),
            "validation_loss": losses,
        },
        members=weights,
    )
    return _timed(run, model)


def _ensemble(
    run: Run,
    fitted: recipe.Recipe,
    rows: Sequence[Part],
    judged: Sequence[Part] | None,
    epochs: int,
) -> list[ensemble.Trained]:
    count = sum(map(len, rows))
    dates = len({part.cut_off.as_of_date for part in rows})
    purpose = "to be judged" if judged else "to publish"
    run.log(
        f"a model {purpose}: {count} rows of {dates} cut-offs, {epochs} epochs at most"
    )
    return ensemble.train(
        recipe.arrays(fitted, rows),
        recipe.arrays(fitted, judged) if judged else None,
        run.settings,
        epochs,
        run.log,
        run.check,
    )


def _fallback(run: Run, why: str) -> TrainedModel:
    """Publish BG/NBD, or the average customer where even that cannot be fitted."""
    try:
        parameters = reading.fit_btyd(run.facts)
    except NotEnoughData as still:
        model = _described(run, columns.PUBLISHED, columns.COHORT_MEAN)
        both = why if str(still) in why else f"{why} {still}"
        metrics = {"fallback_reason": both}
        model = replace(model, cohort=cohort.average(run.facts), metrics=metrics)
        return _timed(run, model)
    return _timed(run, _btyd_model(run, parameters, why))


def _btyd_model(run: Run, parameters: btyd.BtydParameters, why: str) -> TrainedModel:
    return replace(
        _described(run, columns.PUBLISHED, columns.BTYD),
        parameters={run.today.as_of_date: parameters},
        metrics={"fallback_reason": why},
    )


def _described(run: Run, purpose: str, kind: str) -> TrainedModel:
    return TrainedModel(
        purpose=purpose,
        model_kind=kind,
        trained_at=dt.datetime.now(dt.UTC).replace(tzinfo=None),
        as_of_date=run.today.as_of_date,
        train_reason=run.reason,
        horizon_days=run.today.horizon_days,
        label_horizon_days=0,
        settings=run.settings.learned_from(),
        feature_schema=run.feature_schema,
    )


def _timed(run: Run, model: TrainedModel) -> TrainedModel:
    seconds = round(time.monotonic() - run.started, 1)
    run.log(f"{model.purpose} model {model.model_version} ready after {seconds} s")
    return replace(model, seconds=seconds)


def _check_enough(rows: Sequence[Part], validation: Sequence[Part]) -> None:
    """Refuse to train a network on what cannot teach it anything.

    Raises:
        NotEnoughData: says what there is too little of.
    """
    count = sum(map(len, rows))
    buyers = sum(int((part.count_orders > 0).sum()) for part in rows)
    if count < LEAST_TRAINING_ROWS:
        raise NotEnoughData.too_few("training rows", LEAST_TRAINING_ROWS, count)
    if buyers < LEAST_TRAINING_BUYERS:
        what = "training rows with an order"
        raise NotEnoughData.too_few(what, LEAST_TRAINING_BUYERS, buyers)
    if not sum(map(len, validation)):
        raise NotEnoughData.too_few("validation rows", 1, 0)


def _season(
    run: Run, cut: CutOff, facts: features.Facts, parameters: btyd.BtydParameters
) -> season.Season:
    """Measure the season as it was known at a cut-off."""
    known = run.totals[cut.periods_before_today :]
    days, t_days = cut.period_days, facts.btyd()[2]
    return season.measure(cut.as_of_date, days, parameters, t_days, known)


def _count_steps(run: Run) -> int:
    longest = float(run.facts.btyd()[2].max())
    periods = run.settings.window_periods
    return examples.count_steps(longest, run.today.period_days, periods)


def _history(run: Run, parts: Sequence[Part], steps: int) -> list[Part]:
    run.check()
    names = run.feature_schema["channels"]
    return reading.with_history(parts, run.tables.windows, names, steps, run.buckets)


def _of(parts: Sequence[Part], role: str) -> list[Part]:
    return [part for part in parts if part.cut_off.role == role]


def _size(run: Run) -> tuple[int, int]:
    return run.settings.max_training_rows, run.settings.seed
