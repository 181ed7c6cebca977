"""What a build costs as a shop grows: seconds, processor seconds and memory by stage.

    python benchmarks/speed.py [--customers 10000 100000] [--out DIR]

The smallest shop trains its model; larger ones are given it, as on most days no build
trains. DIR/speed.json, speed.md and speed.svg are written after every size. Linux only:
memory is read from /proc.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import duckdb
import harness
import speed_build
import speed_picture
import speed_report
import speed_shop

CUSTOMERS = (10_000, 100_000)

# The floor of counting: read every fact once and group by customer, with two sums.
FLOOR = """
    select customer_id, count(*) as count_facts, sum(amount) as amount
    from (
        select customer_id, amount from clv_raw.orders
        union all
        select customer_id, 0 as amount from clv_raw.events
    )
    group by customer_id
"""


def main() -> None:
    """Measure every size asked for, the smallest first."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    runs: list[dict[str, Any]] = []
    trained_in = None
    for customers in sorted(asked.customers):
        path = asked.out / f"speed_{customers}" / "clv.duckdb"
        runs.append(measure(path, customers, trained_in))
        trained_in = trained_in or path
        (asked.out / "speed.json").write_text(json.dumps(runs, indent=1))
        (asked.out / "speed.md").write_text(speed_report.markdown(runs))
        speed_picture.draw(runs, asked.out / "speed.svg")
    print((asked.out / "speed.md").read_text())


def measure(path: Path, customers: int, trained_in: Path | None) -> dict[str, Any]:
    """Write a shop, take the floor, build it, and again on the day after."""
    speed_shop.write(path, customers)
    floor_cpu_seconds = _floor(path)
    stages = speed_build.build(path, customers, trained_in)
    stages |= speed_build.the_day_after(path, customers)
    return {
        "customers": customers,
        "trains": trained_in is None,
        "floor_cpu_seconds": floor_cpu_seconds,
        "stages": stages,
    }


def _floor(path: Path) -> float:
    with duckdb.connect(str(path), read_only=True) as connection:
        started = time.process_time()
        connection.execute(f"create temp table floor as {FLOOR}")
        return time.process_time() - started


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, nargs="+", default=CUSTOMERS)
    parser.add_argument("--out", type=Path, default=harness.SCRATCH)
    return parser.parse_args()


if __name__ == "__main__":
    main()
