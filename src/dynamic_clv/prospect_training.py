"""One row of `ml_clv__trained_models` for prospects, and how well it does.

Quick to learn, so it is kept apart from the networks: it has rows with a purpose of
their own, and follows the same retrain policy.
"""

import datetime as dt
import hashlib
import json
import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from dynamic_clv import columns, prospects
from dynamic_clv.gates import evaluation
from dynamic_clv.history import examples, features, frames, reading
from dynamic_clv.history.examples import CutOff, Tables
from dynamic_clv.measures import answers, metrics
from dynamic_clv.model import artifacts
from dynamic_clv.prospects import ProspectModel, Watched
from dynamic_clv.settings import Settings
from dynamic_clv.versions import policy

# Customers whose orders are averaged at most.
MOST_CUSTOMERS = 200_000

# Roles whose labels end before the test cut-off.
BEFORE_TEST = (columns.TRAIN, columns.VALIDATION)


def train(
    tables: Tables,
    trained: frames.Relation | None,
    settings: Settings,
    log: Callable[[str], None],
) -> pa.Table:
    """Learn about prospects if there are any today and the policy says so.

    Args:
        tables: the relations that the SQL half built.
        trained: rows written so far; None if there are none.
        settings: of this build.
        log: told one line.

    Returns:
        One row to append to `ml_clv__trained_models`, or none.
    """
    cuts = examples.cut_offs(tables.as_of_dates)
    today = next((cut for cut in cuts if cut.role == columns.TODAY), None)
    if not _anybody(tables, today):
        return artifacts.to_table([])
    schema = feature_schema(tables)
    written = artifacts.SCHEMA.empty_table() if trained is None else trained
    rows = frames.table(written, select=policy.COLUMNS)
    date, purpose = today.as_of_date, columns.PROSPECTS
    reason = policy.reason_to_train(rows, settings, schema, date, purpose)
    if reason is None:
        return artifacts.to_table([])
    started = time.monotonic()
    model, figures = learn(tables, cuts, today, settings.max_training_rows)
    row = _row(model, figures, today, settings, schema)
    row |= {"train_reason": reason, "seconds": round(time.monotonic() - started, 1)}
    log(f"a model of prospects, because {reason}: {model.count_watched} rows")
    known = set(rows.column("model_version").to_pylist())
    new = [row] if row["model_version"] not in known else []
    return pa.Table.from_pylist(new, schema=artifacts.SCHEMA)


def feature_schema(tables: Tables) -> dict[str, list[str]]:
    """List the columns to learn from, by kind, and the inputs in use."""
    kinds = features.kinds([frames.schema(tables.prospects)])
    return {**kinds, "inputs": reading.inputs(tables.inputs)}


def learn(
    tables: Tables, cuts: Sequence[CutOff], today: CutOff, most_rows: int
) -> tuple[ProspectModel, dict[str, Any]]:
    """Learn from every labelled cut-off, and judge the recipe on the test one.

    A large shop is learned from by some of its buckets, which are a random sample.

    Returns:
        The model, and figures of the test; no figures where there was no test.
    """
    buckets = reading.sampled(tables.prospects, cuts, most_rows)
    wanted = {columns.CUSTOMER_BUCKET: buckets}
    rows = frames.table(tables.prospects, wanted)
    labels = frames.table(tables.prospect_labels, wanted)
    seen = prospects.watched(rows, labels)
    model = prospects.fit(seen, average_order_amount(tables, today))
    test = next((cut for cut in cuts if cut.role == columns.TEST), None)
    return model, _judge(tables, cuts, test, rows, labels) if test else {}


def average_order_amount(tables: Tables, cut: CutOff) -> float:
    """Return the mean net amount of a purchase day by then; 0 without any."""
    buckets = reading.sampled(tables.behaviour, [cut], MOST_CUSTOMERS)
    wanted = {columns.AS_OF_DATE: cut.as_of_date, columns.CUSTOMER_BUCKET: buckets}
    names = [columns.FREQUENCY, columns.MONETARY_VALUE]
    rows = frames.table(tables.behaviour, wanted, [*wanted, *names])
    frequency, value = (frames.floats(rows.column(name)) for name in names)
    days = frequency + 1
    # exactly, or the order of the rows would decide the last digit
    amount = math.fsum(np.nan_to_num(value * days))
    return max(amount, 0.0) / max(float(days.sum()), 1.0)


def evaluations(
    trained: frames.Relation, evaluated: frames.Relation | None
) -> pa.Table:
    """Return the figures of prospects' models that `ml_clv__evaluations` lacks.

    Args:
        trained: `ml_clv__trained_models`.
        evaluated: rows written so far; None if there are none.
    """
    wanted = {"purpose": columns.PROSPECTS}
    names = [*wanted, "model_version", "metrics_json"]
    done = set()
    if evaluated is not None:
        versions = frames.table(evaluated, select=["model_version"])
        done = set(versions.column(0).to_pylist())
    rows = [
        {"model_version": row["model_version"], **figures}
        for row in frames.table(trained, wanted, names).to_pylist()
        if row["model_version"] not in done
        for figures in _figures(json.loads(row["metrics_json"]).get("test", {}))
    ]
    return pa.Table.from_pylist(rows, schema=evaluation.SCHEMA)


def _judge(
    tables: Tables,
    cuts: Sequence[CutOff],
    test: CutOff,
    rows: pa.Table,
    labels: pa.Table,
) -> dict[str, Any]:
    """Learn from before the test cut-off and compare with what came after it."""
    labels = labels.filter(_equal(labels, columns.HORIZON_DAYS, test.horizon_days))
    earlier = [
        cut.as_of_date
        for cut in cuts
        if cut.role in BEFORE_TEST and cut.horizon_days == test.horizon_days
    ]
    dates = labels.column(columns.AS_OF_DATE)
    before = labels.filter(pa.compute.is_in(dates, pa.array(earlier, dates.type)))
    after = labels.filter(_equal(labels, columns.AS_OF_DATE, test.as_of_date))
    judged = prospects.watched(rows, after)
    if not judged:
        return {}
    amount = average_order_amount(tables, test)
    model = prospects.fit(prospects.watched(rows, before), amount)
    return {"test": _compare(model, test, judged[0])}


def _compare(model: ProspectModel, test: CutOff, seen: Watched) -> dict[str, Any]:
    found = prospects.predict(model, seen.facts, test.horizon_days)
    values = {
        "area_under_curve": metrics.area_under_curve(seen.has_ordered, found.p_order),
        "total_bias": metrics.total_bias(seen.amount, found.amount),
    }
    return {
        "model_name": model.model_kind,
        "as_of_date": test.as_of_date.isoformat(),
        "horizon_days": test.horizon_days,
        "count_customers": len(seen.facts),
        "values": {
            name: float(value) if np.isfinite(value) else None
            for name, value in values.items()
        },
    }


def _figures(test: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "model_name": test["model_name"],
            "split": columns.TEST,
            columns.AS_OF_DATE: dt.date.fromisoformat(test["as_of_date"]),
            columns.HORIZON_DAYS: test["horizon_days"],
            "metric": name,
            "decile": answers.ALL_CUSTOMERS,
            "value": value,
            "count_customers": test["count_customers"],
        }
        for name, value in test.get("values", {}).items()
    ]


def _anybody(tables: Tables, today: CutOff | None) -> bool:
    """Tell whether there is a prospect today."""
    if tables.prospects is None or today is None:
        return False
    return today.as_of_date in frames.counts(tables.prospects, columns.AS_OF_DATE)


def _row(
    model: ProspectModel,
    figures: dict[str, Any],
    today: CutOff,
    settings: Settings,
    schema: dict[str, list[str]],
) -> dict[str, Any]:
    """Write the model as a row; everything that it depends on makes its version."""
    learned = {
        "purpose": columns.PROSPECTS,
        "model_kind": model.model_kind,
        columns.AS_OF_DATE: today.as_of_date,
        "settings_json": json.dumps(settings.learned_from(), sort_keys=True),
        "feature_schema_json": json.dumps(schema, sort_keys=True),
        "scaler_json": model.to_json(),
    }
    text = "\n".join(str(value) for value in learned.values())
    return {
        "model_version": hashlib.sha256(text.encode()).hexdigest()[:16],
        "trained_at": dt.datetime.now(dt.UTC).replace(tzinfo=None),
        columns.HORIZON_DAYS: today.horizon_days,
        "label_horizon_days": model.label_horizon_days if model.count_watched else 0,
        "metrics_json": json.dumps(figures, sort_keys=True),
        **learned,
    }


def _equal(table: pa.Table, name: str, value: Any) -> pa.ChunkedArray:
    column = table.column(name)
    return pa.compute.equal(column, pa.scalar(value, column.type))
