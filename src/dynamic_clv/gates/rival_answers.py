"""What baselines and other learners answer at a cut-off."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from dynamic_clv import columns
from dynamic_clv.errors import NotEnoughData
from dynamic_clv.expectation import btyd
from dynamic_clv.history import frames, reading
from dynamic_clv.history.examples import CutOff, Part, Tables
from dynamic_clv.measures import baselines, learned_baselines
from dynamic_clv.measures.baselines import Baseline, BaselineFacts
from dynamic_clv.measures.learned_baselines import Lesson
from dynamic_clv.model import boosting, prediction, scaling
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.networks import network

# Rows that the textbook learners learn from: they are there to be compared with.
MOST_LEARNED_FROM = 10_000

# Behaviour columns of net amounts in a window of days, as `past_days` finds them.
RECENT = ("net_amount_last_", "d")


def of_rules_and_trees(
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


def of_learners(
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
