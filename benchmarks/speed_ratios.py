"""The package's kernels beside what others would write, as ratios within one run.

    python benchmarks/speed_ratios.py [--out DIR]

Features are set beside pandas, on a shop that `speed.py` has built, tensors beside a
plain NumPy scatter, training beside the same network in
PyTorch (`pip install torch`, left out where it is missing), scoring beside Keras.
Numbers are drawn: how fast a row is learned from does not depend on what it says.
DIR/ratios.json and DIR/ratios.md are written. Two cores, and nothing else on them.
"""

import argparse
import importlib.util
import json
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import harness
import numpy as np
import pandas as pd
import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.history import windows
from dynamic_clv.networks import ensemble, inference, network, runtime
from dynamic_clv.networks.hyperparameters import DEFAULTS
from dynamic_clv.settings import Settings

# A shop of weeks: a year of them, and as many channels and features as the demo's.
SHAPE = network.Shape(steps=52, channels=14, features=105)
TRAINING_ROWS = 60_000
CUSTOMERS = 100_000
PERIODS_PER_CUSTOMER = 7
REPEATS = 5

# Where dbt leaves the SQL of the features.
COMPILED = Path("target", "compiled", "dynamic_clv", "models", "features")


def main() -> None:
    """Measure every pair, ours and theirs in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=harness.SCRATCH)
    parser.add_argument(
        "--shop", type=Path, default=harness.SCRATCH / "speed_10000" / "clv.duckdb"
    )
    asked = parser.parse_args()
    out = asked.out
    out.mkdir(parents=True, exist_ok=True)
    found = [*features(asked.shop), tensors(), scoring(), *training()]
    (out / "ratios.json").write_text(json.dumps(found, indent=1))
    (out / "ratios.md").write_text(markdown(found))
    print(markdown(found))


def features(shop: Path) -> list[dict]:
    """Rows a second of browsing features, beside the same ones in pandas.

    Both count what customers did in all, in 90 and in 30 days before every cut-off.
    """
    if not shop.exists():
        print(f"pandas is left out: there is no {shop}. Run speed.py first.")
        return []
    with duckdb.connect(str(shop), read_only=True) as connection:
        connection.execute(f"set threads = {runtime.COUNT_THREADS}")
        days = connection.sql("from int_clv__customer_periods").df()
        cutoffs = connection.sql("from fea_clv__cutoffs").df()
        name = "fea_clv__browsing_behaviour"
        query = (shop.parent / COMPILED / f"{name}.sql").read_text()
        count = connection.sql(f"from {name}").count("*").fetchone()[0]
        same = connection.sql(f"from {name}").df()

        def ours() -> None:
            connection.execute(f"create or replace temp table made as {query}")

        check_features(browsing_in_pandas(days, cutoffs), same)
        what = "browsing features (DuckDB)", "the same sums in pandas"
        return [
            _pair(*what, count, ours, lambda: browsing_in_pandas(days, cutoffs)),
        ]


def browsing_in_pandas(days: pd.DataFrame, cutoffs: pd.DataFrame) -> pd.DataFrame:
    """Sum every channel over three spans before each cut-off, as the SQL does."""
    channels = [name for name in days if name.startswith("count_")]
    made = []
    for date, looked_at in cutoffs.groupby("as_of_date"):
        before = days["activity_date"] < date
        seen = days[before & days["customer_bucket"].isin(looked_at["customer_bucket"])]
        ago = (date - seen["activity_date"]).dt.days
        spans = [
            seen[ago <= most].groupby("customer_id")[channels].sum().add_suffix(suffix)
            for suffix, most in (("", 99999), ("_last_90d", 90), ("_last_30d", 30))
        ]
        made.append(pd.concat(spans, axis=1).fillna(0).assign(as_of_date=date))
    return pd.concat(made).reset_index()


def check_features(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Refuse to time what is not the same.

    Raises:
        SystemExit: names the column that differs.
    """
    keys = ["customer_id", "as_of_date"]
    one, two = (frame.set_index(keys).sort_index() for frame in (found, wanted))
    for name in [name for name in two if name in one]:
        if not np.allclose(one[name], two[name].astype(float)):
            raise SystemExit(f"Wanted the same {name} from pandas and SQL.")


def tensors() -> dict:
    """Rows a second from Arrow to a dense array, beside `out[where, step] = values`."""
    dice = np.random.default_rng(1)
    ids = pa.array([f"c{number:09d}" for number in range(CUSTOMERS)])
    customer = np.repeat(np.arange(CUSTOMERS), PERIODS_PER_CUSTOMER)
    period = dice.integers(0, SHAPE.steps, len(customer))
    values = dice.gamma(2.0, size=(len(customer), SHAPE.channels))
    names = [f"channel_{number}" for number in range(SHAPE.channels)]
    table = pa.table(
        {
            columns.CUSTOMER_ID: ids.take(pa.array(customer)),
            columns.PERIODS_BEFORE_TODAY: period,
            **dict(zip(names, values.T, strict=True)),
        }
    )
    batches = table.to_batches(max_chunksize=100_000)
    known, place = values.astype(np.float32), SHAPE.steps - 1 - period

    def ours() -> None:
        windows.scatter(batches, ids, 0, SHAPE.steps, names)

    def theirs() -> None:
        dense = np.zeros((CUSTOMERS, SHAPE.steps, SHAPE.channels), np.float32)
        dense[customer, place] = known

    what = "tensor building", "plain NumPy scatter of known places"
    return _pair(*what, len(customer), ours, theirs)


def scoring() -> dict:
    """Customers a second through one network, beside Keras with the same weights."""
    model = network.build(SHAPE)
    weights, (inputs, _) = model.get_weights(), rows(CUSTOMERS // 2)

    def theirs() -> None:
        model.predict(inputs, inference.ROWS_PER_PREDICTION, verbose=0)

    def ours() -> None:
        inference.predict([weights], inputs)

    what = "scoring (ONNX Runtime)", "Keras on TensorFlow"
    return _pair(*what, CUSTOMERS // 2, ours, theirs)


def training() -> list[dict]:
    """Rows a second of an epoch, beside the same epoch in PyTorch."""
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is left out: it is not installed.")
        return []
    import speed_torch

    inputs, targets = rows(TRAINING_ROWS)
    batch = ensemble.batch_size(TRAINING_ROWS)
    model = ensemble._compiled(inputs, Settings(), DEFAULTS, member=0)
    lesson = speed_torch.Lesson(inputs, targets, runtime.COUNT_THREADS)

    def ours() -> None:
        model.fit(inputs, targets, batch_size=batch, verbose=0)

    def theirs() -> None:
        lesson.epoch(batch)

    what = "training (Keras on TensorFlow)", "PyTorch"
    return [_pair(*what, TRAINING_ROWS, ours, theirs)]


def rows(count: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draw inputs and targets of a shop in which a third come back."""
    dice = np.random.default_rng(1)
    sizes = {
        network.SEQUENCE: (SHAPE.steps, SHAPE.channels),
        network.FEATURES: (SHAPE.features,),
        network.ANCHORS: (4,),
    }
    inputs = {
        name: dice.normal(size=(count, *size)).astype(np.float32)
        for name, size in sizes.items()
    }
    came = (dice.random((count, 1)) < 1 / 3).astype(np.float32)
    spend = (dice.gamma(2.0, size=(count, 1)) * came).astype(np.float32)
    targets = {
        network.MEAN: spend,
        network.ORDER: came,
        network.COUNT: came,
        network.QUANTILES: spend,
    }
    return inputs, targets


def markdown(found: list[dict]) -> str:
    """Write one line per pair."""
    lines = [
        "| what | rows a second | beside | rows a second | ratio (least to most) |",
        "| --- | ---: | --- | ---: | ---: |",
    ]
    for pair in found:
        ratio = f"{pair['ratio']:.2f} ({pair['least']:.2f} to {pair['most']:.2f})"
        lines.append(
            f"| {pair['ours']} | {pair['our_rows_per_second']:,.0f} "
            f"| {pair['theirs']} | {pair['their_rows_per_second']:,.0f} | {ratio} |"
        )
    return "\n".join(lines) + "\n"


def _pair(
    ours: str,
    theirs: str,
    count: int,
    run_ours: Callable[[], None],
    run_theirs: Callable[[], None],
) -> dict:
    """Run both in turn, once to warm up and then `REPEATS` times.

    Returns:
        Rows a second of the median run of each, and ours over theirs: of the medians,
        and the least and the most of neighbouring runs.
    """
    pairs = [(_seconds(run_ours), _seconds(run_theirs)) for _ in range(REPEATS + 1)]
    mine, other = np.array(pairs[1:]).T
    ratios = other / mine
    return {
        "ours": ours,
        "theirs": theirs,
        "our_rows_per_second": count / float(np.median(mine)),
        "their_rows_per_second": count / float(np.median(other)),
        "ratio": float(np.median(other) / np.median(mine)),
        "least": float(ratios.min()),
        "most": float(ratios.max()),
    }


def _seconds(run: Callable[[], None]) -> float:
    started = time.monotonic()
    run()
    return time.monotonic() - started


if __name__ == "__main__":
    main()
