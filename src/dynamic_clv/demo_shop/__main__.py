"""Command line: `python -m dynamic_clv.demo_shop FOLDER --customers 2000`."""

import argparse
from pathlib import Path

from dynamic_clv.demo_shop.shop import DEFAULT_CUSTOMERS, DEFAULT_SEED, write_shop


def main() -> None:
    """Write the shop's CSV files and say how many rows each one has."""
    parser = argparse.ArgumentParser(prog="python -m dynamic_clv.demo_shop")
    parser.add_argument("folder", type=Path, help="where the CSV files are written")
    parser.add_argument("--customers", type=int, default=DEFAULT_CUSTOMERS)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    arguments = parser.parse_args()
    if arguments.customers < 1:
        parser.error("--customers must be at least 1")
    counts = write_shop(arguments.folder, arguments.customers, arguments.seed)
    for name, count in counts.items():
        print(f"{name}.csv: {count} rows")


if __name__ == "__main__":
    main()
