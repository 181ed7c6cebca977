"""The command line that the benchmarks of shops share."""

import argparse
import os
import sys
from collections.abc import Collection
from pathlib import Path

import harness
from shops import shops

SEEDS = (1, 2, 3)


def parser(description: str) -> argparse.ArgumentParser:
    """Begin a command line: which shops, which seeds, where to."""
    found = argparse.ArgumentParser(description=description.splitlines()[0])
    found.add_argument("shops", nargs="*", help="names; all of them if none is given")
    found.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    found.add_argument(
        "--online-retail",
        default=os.environ.get("CLV_ONLINE_RETAIL"),
        help="Parquet file of Online Retail II; also CLV_ONLINE_RETAIL",
    )
    found.add_argument("--out", type=Path, default=harness.SCRATCH)
    return found


def asked(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """Read the command line; `known` has every shop by name, and `out` is there."""
    found = parser.parse_args()
    path = found.online_retail
    if not path:
        left_out = "Online Retail II is left out: --online-retail PATH asks it."
        print(left_out, file=sys.stderr, flush=True)
    elif not Path(path).is_file():
        parser.error(f"Wanted a Parquet file. Found none at {path}.")
    found.known = shops(path)
    found.shops = found.shops or list(found.known)
    check(parser, "shop", found.shops, found.known)
    found.out.mkdir(parents=True, exist_ok=True)
    return found


def check(
    parser: argparse.ArgumentParser,
    what: str,
    given: Collection[str],
    known: Collection[str],
) -> None:
    """Stop with a sentence where a name is not known."""
    unknown = [name for name in given if name not in known]
    if unknown:
        parser.error(
            f"Wanted a {what} among {', '.join(known)}. Received {', '.join(unknown)}."
        )
