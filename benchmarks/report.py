"""The Markdown report of the accuracy benchmark, made of accuracy.json.

python benchmarks/report.py DIR     writes DIR/accuracy.md again
"""

import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = "dynamic_clv"

# The same model under `clv_champion: best`.
MIXED = "dynamic_clv_best"

# Both are shown, but beating oneself is no news.
OWN = frozenset({PACKAGE, MIXED})

Run = Mapping[str, Any]
Values = Mapping[str, float | None]

HEADER = """# Accuracy

Every model learns from the same cut-offs and facts before the day of the question and
is judged on what customers spent in the horizon after it. Values are means over seeds;
amounts are per customer, in the shop's currency. MAE is that of the median; a rival
gets the better of its median and its mean, the package only its median. AUC ranks
customers by the chance of any order. Bias is the predicted over the actual total: 1 is
right. Where more days are asked for than the longest label has, amounts of rivals
without an anchor are multiplied by the ratio. Seconds are learning and predicting on
the machine of this run: the package's hold its reading of the tables, a rival's do
not. In brackets: 90% of the RMSEs when as many customers are drawn anew.
"""


@dataclass(frozen=True)
class Metric:
    """One column of a table.

    Attributes:
        name: in accuracy.json.
        title: of the column.
        digits: after the point.
        better: the smaller, the better; takes a value.
    """

    name: str
    title: str
    digits: int
    better: Callable[[float], float]


def _away_from_one(bias: float) -> float:
    """Half and double are equally wrong; nothing at all is as wrong as can be."""
    return abs(math.log(bias)) if bias > 0 else math.inf


METRICS = (
    Metric("mae", "MAE", 2, float),
    Metric("rmse", "RMSE", 2, float),
    Metric("gini", "Gini", 3, lambda value: -value),
    Metric("spearman", "Spearman", 3, lambda value: -value),
    Metric("auc", "AUC", 3, lambda value: -value),
    Metric("bias", "bias", 3, _away_from_one),
)
COMPARED = METRICS[:-1]
SECONDS = Metric("seconds", "seconds", 1, float)


def markdown(runs: Iterable[Run]) -> str:
    """Write the whole report.

    Args:
        runs: as `accuracy.measure` makes them, any shops and seeds.
    """
    by_shop: dict[str, list[Run]] = {}
    for run in runs:
        by_shop.setdefault(run["shop"], []).append(run)
    pages = [HEADER, _summary(by_shop)]
    return "\n".join([*pages, *(_shop(runs) for runs in by_shop.values())])


def mae_of(name: str, values: Values) -> float:
    """Return the MAE that counts: a rival's better one, the package's median's."""
    if name == PACKAGE:
        return values["mae"]
    return min(values["mae"], values["mae_of_mean"])


def averaged(runs: Iterable[Run]) -> dict[str, dict[str, float | None]]:
    """Average each model over seeds; one that failed or is undefined stays None."""
    found: dict[str, list[Values]] = {}
    for run in runs:
        for name, values in run["models"].items():
            judged = "error" not in values
            counted = {**values, "mae": mae_of(name, values)} if judged else values
            found.setdefault(name, []).append(counted)
    names = [metric.name for metric in (*METRICS, SECONDS)]
    names += ["rmse_low", "rmse_high"]
    return {
        model: {
            name: _mean([values.get(name) for values in all_seeds]) for name in names
        }
        for model, all_seeds in found.items()
    }


def best(
    models: Mapping[str, Values], metric: Metric, leave_out: Iterable[str] = ()
) -> str | None:
    """Name the best model of a metric; None where nobody has a value."""
    known = {
        name: metric.better(values[metric.name])
        for name, values in models.items()
        if name not in leave_out and values[metric.name] is not None
    }
    return min(known, key=known.get, default=None)


def _summary(by_shop: Mapping[str, list[Run]]) -> str:
    """Set the package beside the best rival of each shop and metric."""
    lines = ["\n## The package beside its best rival\n"]
    lines += [
        "Each cell: the package / the best rival of that metric, and who it is. Where",
        "another draw of customers may well turn the order round (0 is in the 90%",
        "interval of the difference with every seed), there is a ~ before the rival.\n",
    ]
    lines += _row(["shop", *(metric.title for metric in METRICS)])
    lines += _row(["---"] * (len(METRICS) + 1))
    for runs in by_shop.values():
        models = averaged(runs)
        cells = [_against(models, metric, runs) for metric in METRICS]
        lines += _row([runs[0]["title"], *cells])
    return "\n".join(lines) + "\n"


def _against(models: Mapping[str, Values], metric: Metric, runs: list[Run]) -> str:
    rival = best(models, metric, OWN)
    mine = models.get(PACKAGE, {}).get(metric.name)
    if rival is None or mine is None:
        return "-"
    theirs = models[rival][metric.name]
    both = [_number(value, metric.digits) for value in (mine, theirs)]
    if metric.better(mine) <= metric.better(theirs):
        both[0] = f"**{both[0]}**"
    else:
        both[1] = f"**{both[1]}**"
    sign = "~" if _may_be_chance(runs, metric.name) else ""
    return f"{both[0]} / {both[1]} {sign}{rival}"


def _may_be_chance(runs: list[Run], metric: str) -> bool:
    """Say whether no seed's difference from the best rival is more than chance."""
    found = [run.get("differences", {}).get(metric) for run in runs]
    return all(one and one["low"] <= 0 <= one["high"] for one in found)


def _shop(runs: list[Run]) -> str:
    """Write one shop's table and what must be known to read it."""
    models, first = averaged(runs), runs[0]
    rival = best(models, METRICS[1], OWN)
    shown = (*METRICS, SECONDS)
    winners = {metric.name: best(models, metric) for metric in METRICS}
    lines = [f"\n## {first['title']}\n", _about(runs), ""]
    lines += _row(["model", *(metric.title for metric in shown)])
    lines += _row(["---", *["---:"] * len(shown)])
    for name, values in models.items():
        cells = [
            _cell(values, metric, winners.get(metric.name) == name) for metric in shown
        ]
        if name in (PACKAGE, rival):
            cells[1] += _interval(values)
        lines += _row([f"**{name}**" if name == PACKAGE else name, *cells])
    return "\n".join([*lines, "", *_remarks(runs)]) + "\n"


def _about(runs: list[Run]) -> str:
    first = runs[0]
    sql, reading = (
        _mean([run[name] for run in runs])
        for name in ("sql_seconds", "reading_seconds")
    )
    return (
        f"{first['count_customers']:,} customers, {first['horizon_days']} days asked "
        f"for, {first['longest_label_days']} in the longest label, "
        f"{first['currency']}; seeds {', '.join(str(run['seed']) for run in runs)}. "
        f"The SQL half took {sql:.0f} s, reading for the rivals {reading:.0f} s."
    )


def _remarks(runs: list[Run]) -> list[str]:
    lines = [_difference(runs, metric) for metric in COMPARED]
    lines = [line for line in lines if line]
    covered = _mean([run.get("coverage") for run in runs])
    if covered is not None:
        lines.append(f"{covered:.1%} of customers are inside their p10 to p90.")
    for run in runs:
        for name, values in run["models"].items():
            if "error" in values:
                lines.append(
                    f"{name} failed with seed {run['seed']}: {values['error']}"
                )
    if len({run["code"] for run in runs}) > 1:
        lines.append("These seeds are of different versions of the code.")
    return [f"- {line}" for line in lines]


def _difference(runs: list[Run], metric: Metric) -> str:
    """Say how far the package is from the best rival, customers drawn anew."""
    found = [run.get("differences", {}).get(metric.name) for run in runs]
    found = [one for one in found if one]
    if not found:
        return ""
    names = " or ".join(sorted({one["rival"] for one in found}))
    value, low, high = (
        f"{_mean([one[name] for one in found]):+,.{metric.digits}f}"
        for name in ("difference", "low", "high")
    )
    return f"{metric.title} {value} ({low} to {high}) beside the best, {names}."


def _cell(values: Values, metric: Metric, wins: bool) -> str:
    text = _number(values[metric.name], metric.digits)
    return f"**{text}**" if wins else text


def _interval(values: Values) -> str:
    if values["rmse_low"] is None or values["rmse_high"] is None:
        return ""
    return f" ({values['rmse_low']:,.1f} to {values['rmse_high']:,.1f})"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def _row(cells: list[str]) -> list[str]:
    return ["| " + " | ".join(cells) + " |"]


def _mean(values: list[float | None]) -> float | None:
    """Average over seeds; one unknown value makes the mean unknown."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known and len(known) == len(values) else None


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "target/benchmark")
    made = json.loads((folder / "accuracy.json").read_text())["runs"]
    (folder / "accuracy.md").write_text(markdown(made))
