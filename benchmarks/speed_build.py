"""dbt builds of the made-up shop, stage by stage: seconds and peak memory."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import harness
import speed_process
import speed_shop
from speed_process import Cost

# A model trained on a small shop is carried over to larger ones: training is bounded
# by `clv_max_training_rows` and no part of a daily build.
TRAINED = "ml_clv__trained_models"
PROMOTIONS = "ml_clv__promotions"
NEVER = ("--exclude-resource-type", "unit_test", "seed")

Stage = dict[str, float]


def build(path: Path, customers: int, trained_in: Path | None) -> dict[str, Stage]:
    """Build everything and its tests, without training where a model is carried over.

    Args:
        path: DuckDB file that holds the raw tables.
        customers: of the shop.
        trained_in: file of a shop with a trained model; None trains one.

    Returns:
        Seconds, processor seconds and peak bytes of the whole, and of each stage.
    """
    if trained_in is not None:
        carry_over(trained_in, path)
    cost = dbt(path, customers, "build", *NEVER)
    if trained_in is not None:
        check_untrained(trained_in, path)
    results = json.loads((path.parent / "target" / "run_results.json").read_text())
    return {"build": _whole(cost), **by_stage(cost, results["results"])}


def the_day_after(path: Path, customers: int) -> dict[str, Stage]:
    """Let one percent of new events come, and take them in: cheaply, then anew.

    Returns:
        Costs of a refresh, which neither trains nor judges, of a build that need not
        train, and of a full refresh that need not.
    """
    speed_shop.write_new_events(path)
    commands = {
        "refresh": ("build", "--select", "tag:clv_refresh", *NEVER),
        "build that need not train": ("build", *NEVER),
        "full refresh": ("build", "--full-refresh", *NEVER),
    }
    return {
        name: _whole(dbt(path, customers, *command))
        for name, command in commands.items()
    }


def dbt(path: Path, customers: int, *command: str) -> Cost:
    """Run dbt on the shop, as a shop's own scheduler would."""
    home = path.parent
    variables = json.dumps(speed_shop.shop(customers).variables())
    whole = [
        str(Path(sys.executable).parent / "dbt"),
        *("--no-version-check", "--log-path", str(home / "logs"), *command),
        *("--target-path", str(home / "target"), "--vars", variables),
    ]
    environment = {
        "CLV_DUCKDB_PATH": str(path),
        "DBT_PROFILES_DIR": str(harness.ROOT / "profiles"),
        "CLV_BENCHMARK_LOG": str(home / "dbt.log"),
    }
    return speed_process.run(whole, environment, harness.ROOT)


def carry_over(trained_in: Path, path: Path) -> None:
    """Copy one shop's models, and who is champion, to another of the same settings."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"attach '{trained_in}' as small (read_only)")
        for table in (TRAINED, PROMOTIONS):
            connection.execute(
                f"create or replace table main.{table} as from small.main.{table}"
            )


def check_untrained(trained_in: Path, path: Path) -> None:
    """Refuse a build that trained although it was given a model: it is another thing.

    Raises:
        SystemExit: names why it trained.
    """
    query = f"select train_reason from {TRAINED} order by trained_at"
    found = []
    for file in (trained_in, path):
        with duckdb.connect(str(file), read_only=True) as connection:
            found.append(connection.execute(query).fetchall())
    given, held = found
    if len(held) > len(given):
        raise SystemExit(
            f"Wanted a build without training. {path} trained: {held[-1][0]}. "
            "Begin with the smallest shop again, and change no code meanwhile."
        )


def _whole(cost: Cost) -> Stage:
    return {
        "seconds": cost.seconds,
        "cpu_seconds": cost.cpu_seconds,
        "peak_bytes": cost.peak_bytes(),
    }


def by_stage(cost: Cost, results: list[Mapping[str, Any]]) -> dict[str, Stage]:
    """Sum the seconds of each stage's models, and find its highest memory."""
    found: dict[str, Stage] = {}
    for result in results:
        stage = _stage(result["unique_id"])
        span = [item for item in result["timing"] if item["name"] == "execute"]
        if stage is None or not span:
            continue
        since, until = (_time(span[0][end]) for end in ("started_at", "completed_at"))
        before = found.get(stage, {"seconds": 0.0, "peak_bytes": 0})
        found[stage] = {
            "seconds": before["seconds"] + until - since,
            "peak_bytes": max(before["peak_bytes"], cost.peak_bytes(since, until)),
        }
    return found


def _stage(unique_id: str) -> str | None:
    """Return the stage of a node, by its kind and the prefix of its name."""
    kind, _, name = unique_id.split(".")[:3]
    if kind != "model":
        return "tests" if kind == "test" else None
    if name.startswith("ml_clv__"):
        return name
    return "features" if name.startswith(("stg_", "int_", "fea_")) else "marts"


def _time(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
