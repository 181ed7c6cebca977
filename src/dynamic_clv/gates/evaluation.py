"""Judge back-test models beside the baselines, on cut-offs they never learned from."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.errors import NotEnoughData
from dynamic_clv.expectation import btyd
from dynamic_clv.history import examples, frames, reading
from dynamic_clv.history.examples import CutOff, Part, Tables
from dynamic_clv.learning import training
from dynamic_clv.measures import answers, baselines, learned_baselines
from dynamic_clv.measures.answers import Answers
from dynamic_clv.measures.baselines import Baseline, BaselineFacts
from dynamic_clv.measures.learned_baselines import Lesson
from dynamic_clv.model import artifacts, boosting, prediction, scaling
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.networks import network

SCHEMA = pa.schema(
    [
        ("model_version", pa.string()),
        ("model_name", pa.string()),
        ("split", pa.string()),
        ("as_of_date", pa.date32()),
        ("horizon_days", pa.int32()),
        ("metric", pa.string()),
        ("decile", pa.int32()),
        ("value", pa.float64()),
        ("count_customers", pa.int64()),
    ]
)

# Rows that the textbook learners learn from: they are there to be compared with.
MOST_LEARNED_FROM = 10_000

# Behaviour columns of net amounts in a window of days, as `past_days` finds them.
RECENT = ("net_amount_last_", "d")


def evaluate(
    tables: Tables,
    trained: frames.Relation,
    evaluated: frames.Relation | None,
    log: Callable[[str], None],
    interrupted: Callable[[], bool] = lambda: False,
) -> pa.Table:
    """Judge every back-test model that has not been judged yet.

    Args:
        tables: the relations that the SQL half built.
        trained: `ml_clv__trained_models`.
        evaluated: rows written so far; None if there are none.
        log: told one line per model and split.
        interrupted: asked between splits; True stops everything.

    Returns:
        Rows to append to `ml_clv__evaluations`.

    Raises:
        Interrupted: the build was asked to stop.
    """
    check = training.stopper(interrupted)
    cuts = examples.cut_offs(tables.as_of_dates)
    rows = []
    for version in _waiting(trained, evaluated, cuts):
        row = frames.table(trained, {"model_version": version}).to_pylist()[0]
        model = artifacts.from_row(row)
        thresholds: dict[str, float] = {}
        for cut in reversed(cuts):  # validation comes first and sets the thresholds
            if cut.role not in (columns.VALIDATION, columns.TEST):
                continue
            check()
            log(f"judging model {version} on {cut.role} cut-off {cut.as_of_date}")
            said = _answers(tables, model, cut, cuts)
            if said is not None and cut.role == columns.VALIDATION:
                thresholds = said.thresholds()
                rows += _compressed(model, cut, len(said.amount))
            rows += _judge(model, cut, said, thresholds) if said else []
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _waiting(
    trained: frames.Relation,
    evaluated: frames.Relation | None,
    cuts: list[CutOff],
) -> list[str]:
    """List the newest back-test models that nobody has judged.

    Those of an earlier build, too: it may have broken off before it judged them.
    """
    today = [cut.as_of_date for cut in cuts if cut.role == columns.TODAY]
    names = ["model_version", "purpose", columns.AS_OF_DATE]
    rows = frames.table(trained, {"purpose": columns.BACK_TEST}, names).to_pylist()
    known = [row for row in rows if today and row[columns.AS_OF_DATE] <= today[0]]
    newest = max((row[columns.AS_OF_DATE] for row in known), default=None)
    versions = {
        row["model_version"] for row in known if row[columns.AS_OF_DATE] == newest
    }
    if evaluated is None:
        return sorted(versions)
    done = frames.table(evaluated, select=["model_version"]).column(0).to_pylist()
    return sorted(versions - set(done))


def _answers(
    tables: Tables, model: TrainedModel, cut: CutOff, cuts: list[CutOff]
) -> Answers | None:
    """Ask model and rivals about one cut-off; None where it cannot be asked."""
    part = read_part(tables, model, cut, cut.buckets)
    if part is None or not len(part):
        return None
    found = prediction.predict(model, part)
    low, median, high = found.quantiles.T
    mine = Baseline(found.amount, median, found.p_order)
    return Answers(
        horizon_days=part.horizon_days,
        facts=past_facts(part),
        amount=part.amount,
        bought=(part.count_orders > 0).astype(np.float64),
        by_name={
            columns.CNN_LSTM: mine,
            **rivals(tables, model, part, cuts),
            **_learners(tables, model, part, cuts),
        },
        ranges={columns.CNN_LSTM: (low, high)},
    )


def _judge(
    model: TrainedModel, cut: CutOff, said: Answers, thresholds: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    """Compare every answer with what happened."""
    same = {
        "model_version": model.model_version,
        "split": cut.role,
        columns.AS_OF_DATE: cut.as_of_date,
        columns.HORIZON_DAYS: cut.horizon_days,
    }
    for row in answers.rows(said, thresholds):
        yield {**same, **row}


def _compressed(
    model: TrainedModel, cut: CutOff, count_customers: int
) -> Iterator[dict[str, Any]]:
    """Tell what compression cost, as it was measured right after training."""
    for name, figures in (model.metrics.get("compression") or {}).items():
        for metric, value in figures.items():
            yield {
                "model_version": model.model_version,
                "model_name": f"{columns.CNN_LSTM}_as_{name}",
                "split": cut.role,
                columns.AS_OF_DATE: cut.as_of_date,
                columns.HORIZON_DAYS: cut.horizon_days,
                "metric": metric,
                "decile": answers.ALL_CUSTOMERS,
                "value": float(value),
                "count_customers": count_customers,
            }


def read_part(
    tables: Tables, model: TrainedModel, cut: CutOff, buckets: tuple[int, int]
) -> Part | None:
    """Read a labelled cut-off with the parameters that were known on its date.

    Returns:
        Customers of some buckets with their windows, the same for every model that is
        asked about the cut-off; None if the model is too young to be asked.
    """
    parameters = model.parameters_at(cut.as_of_date)
    if parameters is None or model.recipe is None:
        return None
    facts = reading.read_facts(tables, cut.as_of_date, buckets)
    part = reading.labelled(tables, cut, facts, parameters, buckets)
    names, steps = model.recipe.channels, model.recipe.steps
    return reading.with_history([part], tables.windows, names, steps, buckets)[0]


def rivals(
    tables: Tables, model: TrainedModel, part: Part, cuts: list[CutOff]
) -> dict[str, Baseline]:
    """Ask the baselines, and the boosted trees of a model, about a part."""
    return {**_trees(model, part), **_baselines(tables, part, cuts)}


def _baselines(tables: Tables, part: Part, cuts: list[CutOff]) -> dict[str, Baseline]:
    facts, days = past_facts(part), part.horizon_days
    amount, bought = _training_labels(tables, part.cut_off, cuts)
    return {
        **_buy_till_you_die(part, facts),
        "zero": baselines.zero(facts),
        "mean": baselines.mean(facts, amount, bought),
        "past_rate": baselines.past_rate(facts, days),
        "last_period": baselines.last_period(facts, days),
    }


def _buy_till_you_die(part: Part, facts: BaselineFacts) -> dict[str, Baseline]:
    """Fit BG/NBD on a part's customers; where they are too few it has no opinion."""
    try:
        parameters = reading.fit_btyd(part.facts, btyd.BG_NBD)
    except NotEnoughData:
        return {}
    found = baselines.bg_nbd_gamma_gamma(facts, parameters, part.horizon_days)
    return {"bg_nbd_gamma_gamma": found}


def _trees(model: TrainedModel, part: Part) -> dict[str, Baseline]:
    """Let the boosted trees answer alone, as a rival to the whole."""
    alone = replace(
        model,
        blend={head: {columns.BOOSTING: 1.0} for head in boosting.OBJECTIVES},
        members=[],
    )
    if not model.trees:
        return {}
    flat = replace(part, sequence=part.sequence[:, :0])  # trees read no windows
    found = prediction.mix(alone, prediction.inputs(model, flat), part.horizon_days)
    amount = found[network.MEAN][:, 0] * model.recipe.spend_unit
    chance = found[network.ORDER][:, 0]
    median = baselines.median_like(amount, chance)
    return {columns.BOOSTING: Baseline(amount, median, chance)}


def _learners(
    tables: Tables, model: TrainedModel, part: Part, cuts: list[CutOff]
) -> dict[str, Baseline]:
    """Let the textbook learners learn from one earlier cut-off, and ask them."""
    cut = _training_cut(part.cut_off, cuts)
    if cut is None:
        return {}
    buckets = reading.sampled(tables.behaviour, [cut], MOST_LEARNED_FROM)
    facts = reading.read_facts(tables, cut.as_of_date, buckets)
    there, amount, orders = reading.labels(tables, cut, facts, buckets)
    facts = facts.take(there)
    scaler = scaling.fit(facts.numbers, facts.categories)
    known, shown = (
        scaling.transform(scaler, one.numbers, one.categories, len(one))
        for one in (facts, part.facts)
    )
    unit = max(float(np.maximum(amount, 0.0).mean()) if len(amount) else 0.0, 1e-9)
    bought = (orders > 0).astype(np.float64)
    lesson = Lesson(known, amount / unit, bought, model.settings["seed"])
    return learned_baselines.answers(lesson, shown, unit)


def past_facts(part: Part) -> BaselineFacts:
    """Return what the baselines know of the customers of a part."""
    numbers = part.facts.numbers
    frequency, recency, t, value = part.facts.btyd()
    unknown = np.full(len(part), np.nan)
    return BaselineFacts(
        frequency=frequency,
        recency_days=recency,
        t_days=t,
        monetary_value=value,
        net_amount=numbers.get("net_amount", value * (frequency + 1)),
        recent_amounts={
            days: numbers.get(name, unknown) for name, days in past_days(numbers)
        },
    )


def past_days(numbers: Mapping[str, np.ndarray]) -> Iterator[tuple[str, int]]:
    """Find the columns named net_amount_last_<days>d, with their days."""
    start, end = RECENT
    for name in numbers:
        days = name.removeprefix(start).removesuffix(end)
        if name == f"{start}{days}{end}" and days.isdigit():
            yield name, int(days)


def _training_cut(cut: CutOff, cuts: list[CutOff]) -> CutOff | None:
    """Return the newest cut-off whose horizon was over when this one began."""
    days = cut.horizon_days
    known = [
        other
        for other in cuts
        if other.role != columns.TODAY
        and other.horizon_days == days
        and other.as_of_date + dt.timedelta(days=days) <= cut.as_of_date
    ]
    return max(known, key=lambda other: other.as_of_date, default=None)


def _training_labels(
    tables: Tables, cut: CutOff, cuts: list[CutOff]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the labels of that cut-off."""
    newest = _training_cut(cut, cuts)
    if newest is None:
        return np.zeros(0), np.zeros(0)
    wanted = {
        columns.AS_OF_DATE: newest.as_of_date,
        columns.HORIZON_DAYS: newest.horizon_days,
    }
    names = [columns.NET_AMOUNT_IN_HORIZON, columns.HAS_ORDER_IN_HORIZON]
    rows = frames.table(tables.labels, wanted, [*wanted, *names])
    amount, bought = (frames.floats(rows.column(name)) for name in names)
    return np.nan_to_num(amount), np.nan_to_num(bought)
