"""Steps of the benchmark, each usable by itself.

path = prepare(shop)                  the SQL half, once per shop
tables, settings = tables_of(path), settings_of(path, seed=1)
answers = network(path, seed=1)       train and score, as `dbt build` would
known = truth(path, shop)             what happened afterwards
judge(known, said(answers, known))    how far apart the two are

`rivals_question.read` and `ask` read the same for everybody else.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from shops import Shop

from dynamic_clv import scoring
from dynamic_clv.history.examples import Tables
from dynamic_clv.learning import training
from dynamic_clv.measures import metrics
from dynamic_clv.measures.baselines import Baseline
from dynamic_clv.settings import Settings

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / "target" / "benchmark"

# The relations that the Python half reads, by their name in `examples.Tables`.
RELATIONS = {
    "as_of_dates": "fea_clv__as_of_dates",
    "labels": "fea_clv__labels",
    "behaviour": "fea_clv__customer_behaviour",
    "profile": "fea_clv__customer_profile",
    "windows": "fea_clv__customer_windows",
    "inputs": "int_clv__reconciliation",
}
LEARNER = "ml_clv__trained_models"

# What happened after the question was asked, of everyone with an order before it.
TRUTH = """
    with
    facts as (
        select
            customer_id,
            order_date,
            cast(net_amount as double) as net_amount,
            1 - is_refund as is_order
        from int_clv__orders_cleaned
    ),
    customers as (
        select customer_id
        from facts
        where order_date < date '{start}' and is_order = 1
        group by customer_id
    ),
    horizon as (
        select *
        from facts
        where
            order_date >= date '{start}'
            and order_date < date '{start}' + {days}
    )
    select
        customers.customer_id,
        coalesce(sum(horizon.net_amount), 0) as net_amount,
        coalesce(sum(horizon.is_order), 0) as count_orders
    from customers
    left join horizon using (customer_id)
    group by customers.customer_id
    order by customers.customer_id
"""


@dataclass(frozen=True)
class Truth:
    """What customers did in the horizon; arrays are (customers,), sorted by id."""

    customer_ids: np.ndarray
    amount: np.ndarray
    count_orders: np.ndarray


@dataclass(frozen=True)
class Network:
    """What the package would publish.

    Attributes:
        scores: rows of `scoring.SCHEMA`.
        trained: rows of `artifacts.SCHEMA`.
        seconds: training and scoring, without the SQL half.
    """

    scores: pa.Table
    trained: pa.Table
    seconds: float

    @property
    def label_horizon_days(self) -> int:
        """Days that history could label: 0 where a fallback had to answer."""
        return max(self.trained.column("label_horizon_days").to_pylist())


def prepare(shop: Shop, folder: Path = SCRATCH) -> Path:
    """Run the SQL half of a shop into a DuckDB file of its own.

    A file that the same SQL made of the same shop is used again.

    Returns:
        Path of the file; the learning settings lie beside it.
    """
    home = folder / shop.name
    path, mark = home / "clv.duckdb", home / "made_of.txt"
    made_of = _fingerprint(shop)
    if path.exists() and mark.exists() and mark.read_text() == made_of:
        return path
    home.mkdir(parents=True, exist_ok=True)
    for old in (path, Path(f"{path}.wal"), mark):
        old.unlink(missing_ok=True)
    started = time.monotonic()
    _dbt(shop, home)
    (home / "settings.json").write_text(json.dumps(_learning(home)))
    (home / "sql_seconds.txt").write_text(f"{time.monotonic() - started:.1f}")
    mark.write_text(made_of)
    return path


@contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a prepared file for reading."""
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def tables_of(connection: duckdb.DuckDBPyConnection) -> Tables:
    """Return the relations as the Python models would get them from dbt."""
    return Tables(
        **{name: connection.table(table) for name, table in RELATIONS.items()}
    )


def settings_of(path: Path, seed: int) -> Settings:
    """Return the settings that dbt would hand to the Python models, and a seed."""
    meta = json.loads((path.parent / "settings.json").read_text())
    return replace(Settings.from_meta(meta), seed=seed)


def sql_seconds(path: Path) -> float:
    """Return how long the SQL half took."""
    return float((path.parent / "sql_seconds.txt").read_text())


def truth(path: Path, shop: Shop) -> Truth:
    """Read what happened in the horizon."""
    query = TRUTH.format(start=shop.as_of_date, days=shop.horizon_days)
    with opened(path) as connection:
        rows = connection.sql(query).fetchnumpy()
    return Truth(
        np.asarray(rows["customer_id"], dtype=str),
        np.asarray(rows["net_amount"], np.float64),
        np.asarray(rows["count_orders"], np.float64),
    )


def network(path: Path, seed: int, **changes: object) -> Network:
    """Train and score in this process, through the same doors as `dbt build`.

    Args:
        path: from `prepare`.
        seed: of this run.
        changes: settings to try; none in the benchmark itself.
    """
    settings = replace(settings_of(path, seed), **changes)
    started = time.monotonic()
    with opened(path) as connection:
        tables = tables_of(connection)
        trained = training.train(tables, None, settings, _quiet)
        job = scoring.Job(tables, trained, settings, _quiet)
        scores = pa.Table.from_batches(list(job.run()), schema=scoring.SCHEMA)
    return Network(scores, trained, time.monotonic() - started)


def said(found: Network, known: Truth) -> Baseline:
    """Return what the package said of the customers of the truth, in their order."""
    scores, wanted = found.scores, known.customer_ids
    return Baseline(
        amount=column(scores, "predicted_clv", wanted),
        median_amount=column(scores, "predicted_clv_median", wanted),
        probability=1.0 - column(scores, "churn_probability", wanted),
    )


def coverage(found: Network, known: Truth) -> float | None:
    """Return the share of customers inside their p10 to p90; None without such columns.

    Spending nothing is inside an interval that starts at nothing, so the share of a
    shop of few buyers is above the nominal 80%.
    """
    names = ("predicted_clv_p10", "predicted_clv_p90")
    if not set(names) <= set(found.scores.column_names):
        return None
    low, high = (column(found.scores, name, known.customer_ids) for name in names)
    return float(np.mean((low <= known.amount) & (known.amount <= high)))


def judge(known: Truth, given: Baseline) -> dict[str, float]:
    """Measure one answer; both are in the order of `known`.

    Returns:
        The columns of the report. Amounts are in shop currency; `mae` is that of the
        median, `mae_of_mean` that of the mean.
    """
    found = metrics.all_metrics(
        known.amount,
        known.count_orders > 0,
        given.amount,
        given.median_amount,
        given.probability,
    )
    return {
        "mae": found["mean_absolute_error_of_median"],
        "mae_of_mean": found["mean_absolute_error"],
        "rmse": found["root_mean_squared_error"],
        "gini": found["normalised_gini"],
        "spearman": found["spearman"],
        "auc": found["area_under_curve"],
        "bias": found["total_bias"],
    }


def column(scores: pa.Table, name: str, customer_ids: np.ndarray) -> np.ndarray:
    """Return one column of scores in the order of some customers, NaN for null.

    Raises:
        SystemExit: a customer has no score.
    """
    found = np.array(scores.column("customer_id").to_pylist(), str)
    values = scores.column(name).to_pylist()
    given = np.array([np.nan if value is None else value for value in values], float)
    return given[places(found, customer_ids)]


def places(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return where each wanted customer is among those found.

    Raises:
        SystemExit: a customer is not there.
    """
    where = {customer: place for place, customer in enumerate(found)}
    missing = [customer for customer in wanted if customer not in where]
    if missing:
        raise SystemExit(
            f"Wanted a score for every customer. Received none for {len(missing)}, "
            f"such as {missing[0]}. This is a fault of the package."
        )
    return np.array([where[customer] for customer in wanted], int)


def _quiet(line: str) -> None:
    if os.environ.get("CLV_BENCHMARK_VERBOSE"):
        print(f"    {line}", file=sys.stderr)


def _dbt(shop: Shop, home: Path) -> None:
    """Build what the Python half reads, and nothing else; no test, no Python model."""
    wanted = [f"+{name}" for name in RELATIONS.values()]
    command = [
        str(Path(sys.executable).parent / "dbt"),
        *("--no-version-check", "--log-path", str(home / "logs"), "build"),
        *("--exclude-resource-type", "test", "unit_test"),
        *("--select", *wanted, "--target-path", str(home / "target")),
        *("--vars", json.dumps(shop.variables())),
    ]
    environment = {
        **os.environ,
        "CLV_DUCKDB_PATH": str(home / "clv.duckdb"),
        "DBT_PROFILES_DIR": str(ROOT / "profiles"),
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"The SQL half of {shop.name} failed.\n{done.stdout[-3000:]}")


def _learning(home: Path) -> dict:
    """Read the settings that dbt rendered for the model that trains."""
    manifest = json.loads((home / "target" / "manifest.json").read_text())
    nodes = manifest["nodes"].values()
    node = next(node for node in nodes if node["name"] == LEARNER)
    return node["config"]["meta"]


def _fingerprint(shop: Shop) -> str:
    """Return a hash of the shop's vars and of everything that its SQL is made of."""
    digest = hashlib.sha256(json.dumps(shop.variables(), sort_keys=True).encode())
    files = [ROOT / "dbt_project.yml"]
    for folder in ("models", "macros", "seeds", "python_models"):
        files += sorted(path for path in (ROOT / folder).rglob("*") if path.is_file())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
