"""How far today's customers are from those that a model was trained for.

A model carries the shares of its customers by tenth of each number and by value of each
category: enough to compare with, and nobody's data.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.history import examples, features, frames, reading
from dynamic_clv.history.examples import CutOff, Tables
from dynamic_clv.history.features import Facts
from dynamic_clv.model.scaling import vocabulary
from dynamic_clv.versions import policy, registry

SCHEMA = pa.schema(
    [
        ("as_of_date", pa.date32()),
        ("model_version", pa.string()),
        ("subject", pa.string()),
        ("stability_index", pa.float64()),
        ("count_customers", pa.int64()),
    ]
)

# Mean of the index over all features. One of them alone tells little: days since the
# last campaign jump with every campaign, and tenure grows by itself. So none counts as
# more than this, four times what Siddiqi calls much.
ALL_FEATURES = "all features"
MOST_OF_ONE = 1.0

TENTHS = np.arange(1, 10) / 10

# A part of the customers that was or is empty counts as this large.
LEAST_SHARE = 1e-4

# Customers compared at most: a random sample of the buckets is as good.
MOST_CUSTOMERS = 100_000

Population = Mapping[str, Mapping[str, Mapping[str, list[Any]]]]


def describe(facts: Facts) -> dict[str, dict[str, dict[str, list[Any]]]]:
    """Describe customers by the share of each part of each feature.

    Returns:
        "numbers": feature -> edges of the parts and their shares; "categories":
        feature -> values and shares. Other values come next to last, missing ones last.
    """
    edges = {name: _edges(values) for name, values in facts.numbers.items()}
    values = {name: vocabulary(given) for name, given in facts.categories.items()}
    found = {
        "numbers": {name: {"edges": given} for name, given in edges.items()},
        "categories": {name: {"values": given} for name, given in values.items()},
    }
    for name, counts in _counts(found, facts).items():
        kind = "numbers" if name in edges else "categories"
        found[kind][name]["shares"] = (counts / max(len(facts), 1)).round(6).tolist()
    return found


def stability_index(shares: Iterable[float], counts: Iterable[float]) -> float:
    """Return the population stability index: sum of (q - p) ln(q / p).

    Siddiqi 2006, "Credit Risk Scorecards": below 0.1 nothing has changed, above 0.25
    much has.

    Args:
        shares: p, parts of the customers then.
        counts: customers in the same parts now.

    Example:
        >>> round(stability_index([0.5, 0.5], [90, 10]), 3)
        0.879
    """
    before, now = np.asarray(list(shares)), np.asarray(list(counts), np.float64)
    before = np.maximum(before, LEAST_SHARE)
    now = np.maximum(now / max(now.sum(), 1.0), LEAST_SHARE)
    return float(((now - before) * np.log(now / before)).sum())


def measure(population: Population, facts: Facts) -> dict[str, float]:
    """Return the stability index of every feature, and their mean.

    In the mean each counts as `MOST_OF_ONE` at most. A feature that has vanished counts
    as missing everywhere.
    """
    counts = _counts(population, facts)
    shares = {**population["numbers"], **population["categories"]}
    found = {
        name: stability_index(shares[name]["shares"], counts[name]) for name in shares
    }
    mean = float(np.minimum(list(found.values()), MOST_OF_ONE).mean())
    return {ALL_FEATURES: mean, **found}


def today(
    tables: Tables,
    trained: frames.Relation,
    promotions: frames.Relation,
    log: Callable[[str], None],
) -> pa.Table:
    """Compare today's customers with those that the champion was trained for.

    Args:
        tables: the relations that the SQL half built.
        trained: `ml_clv__trained_models`.
        promotions: `ml_clv__promotions`.
        log: told one line.

    Returns:
        Rows of `ml_clv__drift`: none without a champion that knows its customers.
    """
    cuts = examples.cut_offs(tables.as_of_dates)
    cut = next((cut for cut in cuts if cut.role == columns.TODAY), None)
    version = cut and _champion(trained, promotions, cut)
    population = version and known(trained, version)
    if not population:
        return SCHEMA.empty_table()
    facts = read(tables, cut)
    found = measure(population, facts)
    log(f"drift of {len(facts)} customers: {found[ALL_FEATURES]:.3f} on average")
    same = {"as_of_date": cut.as_of_date, "model_version": version}
    rows = [
        {"subject": name, "stability_index": value, "count_customers": len(facts)}
        for name, value in found.items()
    ]
    return pa.Table.from_pylist([same | row for row in rows], schema=SCHEMA)


def known(trained: frames.Relation, version: str) -> Population | None:
    """Return the customers that a model was trained for; None where it cannot tell."""
    if "population_json" not in frames.schema(trained).names:
        return None  # no model since the column came
    wanted = {"model_version": version}
    rows = frames.table(trained, wanted, [*wanted, "population_json"]).to_pylist()
    text = rows[0]["population_json"] if rows else None
    return (json.loads(text) or None) if text else None


def read(tables: Tables, cut: CutOff) -> features.Facts:
    """Read the customers of a cut-off, or a sample of them."""
    buckets = reading.sampled(tables.behaviour, [cut], MOST_CUSTOMERS)
    return reading.read_facts(tables, cut.as_of_date, buckets)


def _champion(
    trained: frames.Relation, promotions: frames.Relation, cut: CutOff
) -> str | None:
    rows = frames.table(trained, select=policy.COLUMNS)
    usable = policy.published(rows, cut.as_of_date)
    versions = {row["model_version"] for row in usable}
    return registry.champion(registry.read(promotions), versions, cut.as_of_date)


def _edges(values: np.ndarray) -> list[float]:
    some = values[np.isfinite(values)]
    return np.unique(np.quantile(some, TENTHS)).tolist() if len(some) else []


def _counts(population: Population, facts: Facts) -> dict[str, np.ndarray]:
    unknown = np.full(len(facts), np.nan)
    nothing = np.full(len(facts), None, dtype=object)
    numbers = {
        name: _count_numbers(part["edges"], facts.numbers.get(name, unknown))
        for name, part in population["numbers"].items()
    }
    categories = {
        name: _count_values(part["values"], facts.categories.get(name, nothing))
        for name, part in population["categories"].items()
    }
    return {**numbers, **categories}


def _count_numbers(edges: list[float], values: np.ndarray) -> np.ndarray:
    some = values[np.isfinite(values)]
    parts = np.searchsorted(np.asarray(edges, np.float64), some)
    counts = np.bincount(parts, minlength=len(edges) + 1)
    return np.append(counts, len(values) - len(some))


def _count_values(names: list[str], values: np.ndarray) -> np.ndarray:
    place = {name: number for number, name in enumerate(names)}
    place[None] = len(names) + 1
    parts = [place.get(value, len(names)) for value in values.tolist()]
    return np.bincount(np.array(parts, int), minlength=len(names) + 2)
