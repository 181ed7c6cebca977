"""Score every customer with the champion, a group of buckets at a time."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dynamic_clv import columns, prospects
from dynamic_clv.errors import BadInput
from dynamic_clv.history import examples, features, frames, reading
from dynamic_clv.history.examples import CutOff, Part, Tables
from dynamic_clv.learning import training
from dynamic_clv.model import artifacts, prediction
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.prospects import ProspectModel
from dynamic_clv.settings import Settings
from dynamic_clv.versions import policy, registry

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
        promotions: `ml_clv__promotions`; None takes the newest model for the champion.
    """

    tables: Tables
    trained: frames.Relation
    settings: Settings
    log: Callable[[str], None]
    promotions: frames.Relation | None = None

    def run(
        self, interrupted: Callable[[], bool] = lambda: False
    ) -> Iterator[pa.RecordBatch]:
        """Score every customer and prospect of today, in batches of `SCHEMA`.

        Memory is bounded by `customers_per_batch`: one group of buckets is read,
        predicted and handed on at a time.

        Args:
            interrupted: asked between groups; True stops everything.

        Raises:
            BadInput: there is somebody to score but no model that may be used.
            Interrupted: the build was asked to stop.
        """
        check = training.stopper(interrupted)
        cuts = examples.cut_offs(self.tables.as_of_dates)
        today = next((cut for cut in cuts if cut.role == columns.TODAY), None)
        customers = _bucket_sizes(self.tables.behaviour, today)
        not_yet = _bucket_sizes(self.tables.prospects, today)
        if not customers:
            self.log("no customer to score: none has ordered yet")
        if customers:
            yield from self._customers(today, customers, check)
        if not_yet:
            yield from self._prospects(today, not_yet, check)

    def _customers(
        self, today: CutOff, sizes: dict[int, int], check: Callable[[], None]
    ) -> Iterator[pa.RecordBatch]:
        model = artifacts.from_row(self._row(today, columns.PUBLISHED))
        count = sum(sizes.values())
        self.log(f"scoring {count} customers with model {model.model_version}")
        for buckets in groups(sizes, self.settings.customers_per_batch):
            check()
            facts = reading.read_facts(self.tables, today.as_of_date, buckets)
            part = to_predict(self.tables, model, today, facts, buckets)
            same = _of_model(vars(model) | {"model_version": model.model_version})
            reason = model.metrics.get("fallback_reason")
            found = prediction.predict(model, part)
            yield _rows(today, same, reason, part.facts.customer_ids, found)

    def _prospects(
        self, today: CutOff, sizes: dict[int, int], check: Callable[[], None]
    ) -> Iterator[pa.RecordBatch]:
        row = self._row(today, columns.PROSPECTS)
        model = ProspectModel.from_json(row["scaler_json"])
        count = sum(sizes.values())
        self.log(f"scoring {count} prospects with model {row['model_version']}")
        for buckets in groups(sizes, self.settings.customers_per_batch):
            check()
            wanted = {
                columns.AS_OF_DATE: today.as_of_date,
                columns.CUSTOMER_BUCKET: buckets,
            }
            facts = prospects.known(frames.table(self.tables.prospects, wanted))
            found = prospects.predict(model, facts, today.horizon_days)
            same, reason = _of_model(row), model.fallback_reason
            yield _rows(today, same, reason, facts.customer_ids, found)

    def _row(self, today: CutOff, purpose: str) -> Mapping[str, Any]:
        """Read the model to score with: the champion, and the newest of prospects.

        Raises:
            BadInput: there is none, or it counts in another currency or other periods.
        """
        rows = frames.table(self.trained, select=policy.COLUMNS)
        date = today.as_of_date
        usable = {row["model_version"] for row in policy.published(rows, date, purpose)}
        decisions = registry.read(self.promotions)
        version = registry.champion(decisions, usable, date)
        version = version or policy.choose(rows, self.settings, date, purpose)
        if version is None:
            raise BadInput(
                f"A {purpose} model that knows nothing after {date} is needed.",
                f"Received {rows.num_rows} trained models, none of them usable.",
                "Run `dbt build`: it trains one.",
            )
        wanted = {"model_version": version}
        row = frames.table(self.trained, wanted).to_pylist()[0]
        channels = reading.channels(self.tables.windows)
        if why := policy.obstacle(row, self.settings, channels):
            raise BadInput(
                f"A {purpose} model that fits this build is needed.",
                f"Received model {version}: {why}.",
                "Run `dbt build`: it trains one, or promotes one that fits.",
            )
        return row


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
    if model.recipe.period_days != cut.period_days:
        raise BadInput(
            f"Windows of {model.recipe.period_days} days are needed by model "
            f"{model.model_version}.",
            f"Received windows of {cut.period_days} days.",
            "Run `dbt build`.",
        )
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


def _bucket_sizes(
    relation: frames.Relation | None, today: CutOff | None
) -> dict[int, int]:
    if relation is None or today is None:
        return {}
    wanted = {columns.AS_OF_DATE: today.as_of_date}
    rows = frames.table(relation, wanted, [columns.CUSTOMER_BUCKET])
    found, sizes = np.unique(rows.column(0).to_numpy(), return_counts=True)
    return dict(zip(found.tolist(), sizes.tolist(), strict=True))


def _of_model(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every score tells of its model."""
    return {
        "model_version": row["model_version"],
        "model_kind": row["model_kind"],
        "model_trained_at": row["trained_at"],
    }


def _rows(
    today: CutOff,
    of_model: Mapping[str, Any],
    fallback_reason: str | None,
    customer_ids: pa.Array,
    found: prediction.Predictions,
) -> pa.RecordBatch:
    """Write predictions as rows of the scores table."""
    same = {
        **of_model,
        "as_of_date": today.as_of_date,
        "horizon_days": today.horizon_days,
        "fallback_reason": fallback_reason,
    }
    p10, median, p90 = found.quantiles.T
    values = {
        "customer_id": customer_ids,
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
        pa.array([same[item.name]] * len(customer_ids), item.type)
        if item.name in same
        else pa.array(values[item.name], item.type, from_pandas=True)
        for item in SCHEMA
    ]
    return pa.record_batch(arrays, schema=SCHEMA)
