"""One training run: a model to judge and one to publish, or an honest fallback."""

import time
from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.errors import BadInput, Interrupted, NotEnoughData
from dynamic_clv.expectation import btyd
from dynamic_clv.history import examples, features, frames, reading
from dynamic_clv.history.examples import CutOff, Tables
from dynamic_clv.learning import network_models
from dynamic_clv.learning.runs import Log, Run
from dynamic_clv.model import artifacts, cohort
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.settings import Settings
from dynamic_clv.versions import drift, policy


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
    reason = reason or _broken(trained, rows, settings, today)
    reason = reason or _drifted(tables, trained, rows, settings, today)
    if reason is None:
        log("no training: the newest model is still good")
        return artifacts.to_table([])
    buckets = reading.learned_from(tables.behaviour, cuts, settings.max_training_rows)
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


def _broken(
    trained: frames.Relation, rows: pa.Table, settings: Settings, today: CutOff
) -> str | None:
    """Say why the newest model cannot be read, if so: it would never score."""
    newest = policy.preferred(policy.published(rows, today.as_of_date), settings)[0]
    wanted = {"model_version": newest["model_version"]}
    try:
        artifacts.from_row(frames.table(trained, wanted).to_pylist()[0])
    except BadInput as why:
        return f"the newest model cannot be read. {why}"
    return None


def _drifted(
    tables: Tables,
    trained: frames.Relation,
    rows: pa.Table,
    settings: Settings,
    today: CutOff,
) -> str | None:
    """Say how far the customers are from those of the newest model, if that is far.

    The newest, not the champion: once a model has been trained for today's customers
    they are its own, whether it was promoted or not, and nothing trains again.
    """
    fitting = policy.preferred(policy.published(rows, today.as_of_date), settings)
    population = drift.known(trained, fitting[0]["model_version"])
    if population is None or fitting[0]["as_of_date"] == today.as_of_date:
        return None
    found = drift.measure(population, drift.read(tables, today))[drift.ALL_FEATURES]
    if found <= settings.drift_threshold:
        return None
    return (
        f"customers have changed since {fitting[0]['as_of_date']}: their features "
        f"have drifted by {found:.2f}, more than {settings.drift_threshold:g}"
    )


def stopper(interrupted: Callable[[], bool]) -> Callable[[], None]:
    """Turn a question into a check that raises `Interrupted`."""

    def check() -> None:
        if interrupted():
            raise Interrupted(
                "The build was asked to stop.",
                "This step has written nothing.",
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
        return network_models.train(run)
    except NotEnoughData as why:
        run.log(f"no network: {why}")
        return [_fallback(run, str(why))]


def _fallback(run: Run, why: str) -> TrainedModel:
    """Publish BG/NBD, or the average customer where even that cannot be fitted."""
    try:
        parameters = reading.fit_btyd(run.facts)
    except NotEnoughData as still:
        model = run.describe(columns.PUBLISHED, columns.COHORT_MEAN)
        both = why if str(still) in why else f"{why} {still}"
        metrics = {"fallback_reason": both}
        model = replace(model, cohort=cohort.average(run.facts), metrics=metrics)
        return run.finish(model)
    return run.finish(_btyd_model(run, parameters, why))


def _btyd_model(run: Run, parameters: btyd.BtydParameters, why: str) -> TrainedModel:
    return replace(
        run.describe(columns.PUBLISHED, columns.BTYD),
        parameters={run.today.as_of_date: parameters},
        metrics={"fallback_reason": why},
    )
