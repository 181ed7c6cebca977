"""Accuracy over three seeds on the demo shop and on CDNOW, as a Markdown table.

Each seed is a whole `dbt build` from nothing in a scratch file. The demo shop is judged
on its test cut-off, which no choice has seen; CDNOW on the 273 days after 1997-10-01,
which no build has read.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np

ROOT = Path(__file__).parents[1]
SCRATCH = ROOT / "target" / "accuracy"
BIN = Path(sys.executable).parent
SEEDS = (1, 2, 3)

METRICS = {
    "mean_absolute_error_of_median": "MAE of the median",
    "mean_absolute_error": "MAE of the mean",
    "root_mean_squared_error": "RMSE",
    "normalised_gini": "Gini",
    "spearman": "Spearman",
    "area_under_curve": "AUC",
    "total_bias": "bias",
}

Scores = dict[str, dict[str, float]]


def build(project: Path, seed: int, **environment: str) -> float:
    """Run `dbt build` with one seed; return its wall time in seconds."""
    command = [BIN / "dbt", "--no-version-check", "build"]
    command += ["--vars", json.dumps({"clv_seed": seed})]
    started = time.perf_counter()
    subprocess.run(
        command,
        cwd=project,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
    return time.perf_counter() - started


def demo(seed: int) -> tuple[Scores, float]:
    """Judge one build of the demo shop on its test cut-off."""
    path = SCRATCH / f"demo_{seed}.duckdb"
    path.unlink(missing_ok=True)
    seconds = build(ROOT, seed, CLV_DUCKDB_PATH=str(path), DBT_PROFILES_DIR="profiles")
    query = "select * from clv_model_evaluation where split = 'test'"
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.sql(query).df()
    wide = rows.pivot(index="model_name", columns="metric", values="metric_value")
    return wide.to_dict(orient="index"), seconds


def cdnow(seed: int) -> tuple[Scores, float]:
    """Judge one build of the consumer project on the days that followed."""
    path = SCRATCH / f"cdnow_{seed}.duckdb"
    path.unlink(missing_ok=True)
    project = ROOT / "integration_tests"
    cdnow_file = subprocess.check_output(
        [sys.executable, project / "cdnow_file.py"], text=True
    ).strip()
    environment = {
        "CLV_CONSUMER_DUCKDB_PATH": str(path),
        "CDNOW_FILE": cdnow_file,
        "DBT_PROFILES_DIR": ".",
    }
    subprocess.run([BIN / "dbt", "deps", "--quiet"], cwd=project, check=True)
    seconds = build(project, seed, **environment)
    report = subprocess.check_output(
        [sys.executable, project / "report_holdout.py", "--json"],
        env={**os.environ, **environment},
    )
    return json.loads(report), seconds


def show(name: str, runs: list[tuple[Scores, float]]) -> None:
    """Print the mean over seeds, one column per model."""
    models = list(runs[0][0])
    seconds = np.mean([seconds for _, seconds in runs])
    print(f"\n{name}, mean of {len(runs)} seeds, dbt build {seconds:.0f} s\n")
    print("| | " + " | ".join(models) + " |")
    print("|---|" + "---:|" * len(models))
    for metric, label in METRICS.items():
        means = [np.mean([run[model][metric] for run, _ in runs]) for model in models]
        print(f"| {label} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")


def main() -> None:
    """Run every seed on every shop; names on the command line pick some of them."""
    SCRATCH.mkdir(parents=True, exist_ok=True)
    shops = {"demo": demo, "cdnow": cdnow}
    for name in sys.argv[1:] or shops:
        show(name, [shops[name](seed) for seed in SEEDS])


if __name__ == "__main__":
    main()
