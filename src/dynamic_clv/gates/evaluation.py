"""Judge back-test models beside the baselines, on cut-offs they never learned from."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.gates import rival_answers
from dynamic_clv.history import examples, frames, reading
from dynamic_clv.history.examples import CutOff, Part, Tables
from dynamic_clv.learning import training
from dynamic_clv.measures import answers
from dynamic_clv.measures.answers import Answers
from dynamic_clv.measures.baselines import Baseline
from dynamic_clv.model import artifacts, prediction
from dynamic_clv.model.artifacts import TrainedModel

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
        facts=rival_answers.past_facts(part),
        amount=part.amount,
        bought=(part.count_orders > 0).astype(np.float64),
        by_name={
            columns.CNN_LSTM: mine,
            **rival_answers.of_rules_and_trees(tables, model, part, cuts),
            **rival_answers.of_learners(tables, model, part, cuts),
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
