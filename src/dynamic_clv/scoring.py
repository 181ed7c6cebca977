"""Score every customer with the newest usable model, a group of buckets at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dynamic_clv import (
    artifacts,
    columns,
    examples,
    features,
    frames,
    policy,
    prediction,
    reading,
    training,
)
from dynamic_clv.artifacts import TrainedModel
from dynamic_clv.errors import BadInput
from dynamic_clv.examples import CutOff, Part, Tables
from dynamic_clv.settings import Settings

SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("as_of_date", pa.date32()),
        ("horizon_days", pa.int32()),
        ("model_version", pa.string()),
        ("model_kind", pa.string()),
        ("model_trained_at", pa.timestamp("us")),
        ("predicted_clv", pa.float64()),
        ("predicted_clv_median", pa.float64()),
        ("predicted_clv_p10", pa.float64()),
        ("predicted_clv_p90", pa.float64()),
        ("predicted_order_count", pa.float64()),
        ("churn_probability", pa.float64()),
        ("p_alive", pa.float64()),
        ("expected_days_to_next_order", pa.float64()),
        ("btyd_clv", pa.float64()),
        ("btyd_order_count", pa.float64()),
        ("fallback_reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class Job:
    """Everything needed to score, so that a stream can be read later.

    Attributes:
        tables: the relations that the SQL half built; labels are not needed.
        trained: `ml_clv__trained_models`.
        settings: of this build.
        log: told what is scored with what.
    """

    tables: Tables
    trained: frames.Relation
    settings: Settings
    log: Callable[[str], None]

    def run(
        self, interrupted: Callable[[], bool] = lambda: False
    ) -> Iterator[pa.RecordBatch]:
        """Score every customer of today, in batches of `SCHEMA`.

        Memory is bounded by `customers_per_batch`: one group of buckets is read,
        predicted and handed on at a time.

        Args:
            interrupted: asked between groups; True stops everything.

        Raises:
            BadInput: there are customers but no model that may be used.
            Interrupted: the build was asked to stop.
        """
        check = training.stopper(interrupted)
        cuts = examples.cut_offs(self.tables.as_of_dates)
        today = next((cut for cut in cuts if cut.role == columns.TODAY), None)
        sizes = _bucket_sizes(self.tables, today)
        if today is None or not sizes:
            self.log("nothing to score: no customer has ordered yet")
            return
        model = load(self.trained, self.settings, today)
        count = sum(sizes.values())
        self.log(f"scoring {count} customers with model {model.model_version}")
        for buckets in groups(sizes, self.settings.customers_per_batch):
            check()
            facts = reading.read_facts(self.tables, today.as_of_date, buckets)
            part = to_predict(self.tables, model, today, facts, buckets)
            yield _rows(model, part, prediction.predict(model, part))


def load(trained: frames.Relation, settings: Settings, today: CutOff) -> TrainedModel:
    """Rebuild the newest model that may be used today.

    Raises:
        BadInput: there is none.
    """
    rows = frames.table(trained, select=policy.COLUMNS)
    version = policy.choose(rows, settings, today.as_of_date)
    if version is None:
        raise BadInput(
            f"A published model that knows nothing after {today.as_of_date} is needed.",
            f"Received {rows.num_rows} trained models, none of them usable.",
            "Run `dbt build -s ml_clv__trained_models`.",
        )
    row = frames.table(trained, {"model_version": version}).to_pylist()[0]
    return artifacts.from_row(row)


def to_predict(
    tables: Tables,
    model: TrainedModel,
    cut: CutOff,
    facts: features.Facts,
    buckets: tuple[int, int],
) -> Part:
    """Prepare a part with the model's own expectations, channels and steps."""
    parameters = model.parameters_at(cut.as_of_date)
    if parameters is None:
        return examples.unanchored(cut, facts)
    part = examples.unlabelled(cut, facts, parameters)
    if model.recipe is None:
        return part
    names, steps = model.recipe.channels, model.recipe.steps
    return reading.with_history([part], tables.windows, names, steps, buckets)[0]


def groups(sizes: dict[int, int], most: int) -> Iterator[tuple[int, int]]:
    """Cut the buckets into ranges of at most `most` customers, where they allow it.

    Examples:
        >>> list(groups({0: 5, 1: 5, 2: 5}, most=10))
        [(0, 1), (2, 2)]
    """
    first, count = min(sizes), 0
    for bucket in sorted(sizes):
        if count and count + sizes[bucket] > most:
            yield first, bucket - 1
            first, count = bucket, 0
        count += sizes[bucket]
    yield first, max(sizes)


def _bucket_sizes(tables: Tables, today: CutOff | None) -> dict[int, int]:
    if today is None:
        return {}
    wanted = {columns.AS_OF_DATE: today.as_of_date}
    rows = frames.table(tables.behaviour, wanted, [columns.CUSTOMER_BUCKET])
    found, sizes = np.unique(rows.column(0).to_numpy(), return_counts=True)
    return dict(zip(found.tolist(), sizes.tolist(), strict=True))


def _rows(
    model: TrainedModel, part: Part, found: prediction.Predictions
) -> pa.RecordBatch:
    """Write predictions as rows of the scores table."""
    count, cut = len(part), part.cut_off
    same = {
        "as_of_date": cut.as_of_date,
        "horizon_days": cut.horizon_days,
        "model_version": model.model_version,
        "model_kind": model.model_kind,
        "model_trained_at": model.trained_at,
        "fallback_reason": model.metrics.get("fallback_reason"),
    }
    p10, median, p90 = found.quantiles.T
    values = {
        "customer_id": part.facts.customer_ids,
        "predicted_clv": found.amount,
        "predicted_clv_median": median,
        "predicted_clv_p10": p10,
        "predicted_clv_p90": p90,
        "predicted_order_count": found.order_count,
        "churn_probability": 1.0 - found.p_order,
        "p_alive": found.p_alive,
        "expected_days_to_next_order": found.days_to_next_order,
        "btyd_clv": found.btyd_amount,
        "btyd_order_count": found.btyd_order_count,
    }
    arrays = [
        pa.array([same[item.name]] * count, item.type)
        if item.name in same
        else pa.array(values[item.name], item.type, from_pandas=True)
        for item in SCHEMA
    ]
    return pa.record_batch(arrays, schema=SCHEMA)
