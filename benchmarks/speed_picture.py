"""The picture of the speed benchmark: seconds and memory as a shop grows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair
import pandas as pd
from speed_report import GIB, Run

# Stages in the order of a build, and what a reader calls them.
STAGES = {
    "build": "whole build",
    "features": "cleaning and features, summed",
    "ml_clv__scores": "scores",
    "ml_clv__evaluations": "evaluations",
    "marts": "marts",
}
WIDTH, HEIGHT = 300, 260


def draw(runs: Sequence[Run], path: Path) -> None:
    """Write an SVG with both axes logarithmic: a straight line is a power.

    Args:
        runs: of speed.json; those that trained are left out of the whole build.
        path: of the file.
    """
    points = pd.DataFrame(list(_points(runs)))
    seconds = _panel(points, "seconds", "seconds")
    memory = _panel(points, "gibibytes", "peak memory, GiB")
    both = altair.hconcat(seconds, memory).configure_view(stroke=None)
    both.save(str(path), format="svg")


def _points(runs: Sequence[Run]) -> Any:
    for run in runs:
        for stage, name in STAGES.items():
            if stage not in run["stages"] or (stage == "build" and run["trains"]):
                continue
            cost = run["stages"][stage]
            yield {
                "stage": name,
                "customers": run["customers"],
                "seconds": cost["seconds"],
                "gibibytes": cost["peak_bytes"] / GIB,
            }


def _panel(points: pd.DataFrame, what: str, title: str) -> altair.Chart:
    scale = altair.Scale(type="log", nice=False)
    ticks = sorted(int(count) for count in points["customers"].unique())
    customers = altair.X(
        "customers", scale=scale, axis=altair.Axis(values=ticks, format=",")
    )
    stage = altair.Color("stage", sort=list(STAGES.values()), title=None)
    return (
        altair.Chart(points, width=WIDTH, height=HEIGHT)
        .mark_line(point=True)
        .encode(
            x=customers.title("customers"),
            y=altair.Y(what, scale=scale, title=title),
            color=stage,
        )
    )
