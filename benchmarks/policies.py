"""What the package would have said under its other `clv_champion`, for the same price.

Validation chooses shares for both policies at each training, so nothing is learned
again.
"""

from dataclasses import replace
from pathlib import Path

import harness
import numpy as np
import pyarrow.compute as pc
from harness import Network, Truth
from rivals_question import ALL_BUCKETS

from dynamic_clv import (
    artifacts,
    columns,
    examples,
    judging,
    prediction,
    reading,
    scoring,
)
from dynamic_clv.artifacts import TrainedModel
from dynamic_clv.baselines import Baseline


def said_under(
    champion: str, path: Path, found: Network, known: Truth
) -> Baseline | None:
    """Predict today's customers with the shares of one policy.

    Args:
        champion: the policy, see `settings.CHAMPIONS`.
        path: from `harness.prepare`.
        found: what was trained, under any policy.
        known: whose customers are asked about, in their order.

    Returns:
        None where a fallback answered, which follows no policy.
    """
    rows = found.trained
    published = pc.equal(rows.column("purpose"), columns.PUBLISHED)
    model = artifacts.from_row(rows.filter(published).to_pylist()[0])
    if model.model_kind != columns.CNN_LSTM:
        return None
    options = model.metrics["shares"].items()
    blend = {head: shares.get(champion, model.blend[head]) for head, shares in options}
    ids, answer = _predict(path, replace(model, blend=blend))
    where = harness.places(ids, known.customer_ids)
    values = (answer.amount, answer.quantiles[:, 1], answer.p_order)
    return Baseline(*(value[where] for value in values))


def _predict(
    path: Path, model: TrainedModel
) -> tuple[np.ndarray, prediction.Predictions]:
    """Set a model on today's total and ask it about everybody."""
    with harness.opened(path) as connection:
        tables = harness.tables_of(connection)
        cuts = examples.cut_offs(tables.as_of_dates)
        today = next(cut for cut in cuts if cut.role == columns.TODAY)
        facts = reading.read_facts(tables, today.as_of_date, ALL_BUCKETS)
        part = scoring.to_predict(tables, model, today, facts, ALL_BUCKETS)
    model = replace(model, shifts=judging.shifts(model, [part]))
    ids = np.array(part.facts.customer_ids.to_pylist(), str)
    return ids, prediction.predict(model, part)
