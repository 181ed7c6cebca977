"""The Markdown tables of the speed benchmark, made of speed.json."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

Run = Mapping[str, Any]

GIB = 2**30


def markdown(runs: Sequence[Run]) -> str:
    """Write one table of costs, and one of how they grow."""
    lines = _row(["customers", "stage", "seconds", "processor seconds", "peak GiB"])
    lines += _row(["---:", "---", "---:", "---:", "---:"])
    for run in runs:
        for name, stage in run["stages"].items():
            lines += _row([f"{run['customers']:,}", name, *_costs(stage)])
        floor = f"{run['floor_cpu_seconds']:.1f}"
        name = "(floor: one scan, one group by)"
        lines += _row([f"{run['customers']:,}", name, "", floor, ""])
    return "\n".join([*lines, "", *_growth(runs)]) + "\n"


def exponent(small: Run, large: Run, stage: str, what: str) -> float:
    """Return b of cost = a * customers^b between two sizes.

    Examples:
        >>> runs = [{"customers": n, "stages": {"x": {"s": n}}} for n in (10, 100)]
        >>> round(exponent(*runs, "x", "s"), 6)
        1.0
    """
    costs = (run["stages"][stage][what] for run in (large, small))
    sizes = (run["customers"] for run in (large, small))
    return _log_ratio(*costs) / _log_ratio(*sizes)


def _growth(runs: Sequence[Run]) -> list[str]:
    """Compare neighbours; a run that trains is another thing as a whole."""
    lines = _row(["from", "to", "stage", "exponent of seconds", "of peak memory"])
    lines += _row(["---:", "---:", "---", "---:", "---:"])
    for small, large in itertools.pairwise(runs):
        for stage in small["stages"]:
            trains = small["trains"] != large["trains"]
            if stage not in large["stages"]:
                continue
            if trains and stage in ("build", "ml_clv__trained_models"):
                continue
            sizes = [f"{run['customers']:,}" for run in (small, large)]
            found = (
                exponent(small, large, stage, w) for w in ("seconds", "peak_bytes")
            )
            lines += _row([*sizes, stage, *(f"{value:.2f}" for value in found)])
    return lines


def _costs(stage: Mapping[str, float]) -> list[str]:
    used = f"{stage['cpu_seconds']:.0f}" if "cpu_seconds" in stage else ""
    return [f"{stage['seconds']:.0f}", used, f"{stage['peak_bytes'] / GIB:.2f}"]


def _log_ratio(large: float, small: float) -> float:
    return math.log(large / small)


def _row(cells: Sequence[str]) -> list[str]:
    return ["| " + " | ".join(cells) + " |"]
