"""The Markdown report of the ablation: what is lost without each ingredient."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from ablation_networks import NETWORKS
from ablation_package import INGREDIENTS
from report import COMPARED, Metric

Run = Mapping[str, Any]

HEADER = """# Ablation

Mean of seeds. The first row of each table is the whole; below it, what changes without
an ingredient. MAE is that of the median. Positive MAE and RMSE, in percent, and
negative Gini, Spearman and AUC, in thousandths, are what the ingredient was worth.
"""


def markdown(runs: Iterable[Run], order: Sequence[str]) -> str:
    """Write both tables of every metric.

    Args:
        runs: as `ablation.measure` makes them, any shops and seeds.
        order: names of the shops, as their columns are to stand.
    """
    by_shop: dict[str, list[Run]] = {name: [] for name in order}
    for run in runs:
        by_shop[run["shop"]].append(run)
    measured = [found for found in by_shop.values() if found]
    titles = (("The package", INGREDIENTS), ("The network by itself", NETWORKS))
    parts = [
        _table(f"{title}: {metric.title}", metric, list(variants), measured)
        for title, variants in titles
        for metric in COMPARED
    ]
    return "\n".join([HEADER, *parts])


def change(metric: Metric, whole: float, without: float) -> str:
    """Say what the lack of an ingredient changes.

    Examples:
        >>> change(COMPARED[0], 50.0, 51.0), change(COMPARED[2], 0.7, 0.69)
        ('+2.0%', '-10')
    """
    if metric.name in ("mae", "rmse"):
        return f"{without / whole - 1:+.1%}"
    return f"{1000 * (without - whole):+.0f}"


def _table(
    title: str, metric: Metric, names: list[str], measured: list[list[Run]]
) -> str:
    whole, *rest = names
    values = [_mean(runs, whole, metric) for runs in measured]
    shown = [f"{value:,.{metric.digits}f}" for value in values]
    lines = [f"\n## {title}\n", _row(["", *(runs[0]["title"] for runs in measured)])]
    lines += [_row(["---", *["---:"] * len(measured)]), _row([whole, *shown])]
    for name in rest:
        found = [_mean(runs, name, metric) for runs in measured]
        pairs = zip(values, found, strict=True)
        lines.append(_row([name, *(change(metric, *pair) for pair in pairs)]))
    return "\n".join(lines) + "\n"


def _mean(runs: list[Run], name: str, metric: Metric) -> float:
    values = [run["variants"][name][metric.name] for run in runs]
    return float(np.mean([np.nan if value is None else value for value in values]))


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
