"""How accurate the package is beside its rivals, shop by shop.

    python benchmarks/accuracy.py [shop ...] [--seeds 1 2 3] [--online-retail PATH]
                                  [--rivals NAME ...] [--out DIR] [--fresh]

The SQL half of each shop runs once. Then, seed by seed, the package and every rival
learn from the same cut-offs and facts, answer the same question, and are judged on what
really happened, which none of them has read. DIR/accuracy.json is written after every
shop and seed, and what it holds is not done again; DIR/accuracy.md is made of it.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import ablation_package
import asking
import harness
import numpy as np
import report
import rivals
import rivals_question
from harness import Truth
from shops import Shop, shops

from dynamic_clv import columns
from dynamic_clv.measures import metrics
from dynamic_clv.measures.baselines import Baseline

# Draws of as many customers, with replacement, that give the 90% interval of an error.
COUNT_RESAMPLES = 500
INTERVAL = (0.05, 0.95)

LIBRARY = harness.ROOT / "src" / "dynamic_clv"

Run = dict[str, Any]


def main() -> None:
    """Run what was asked for and is not there yet."""
    asked = _arguments()
    out: Path = asked.out
    _say(f"Code {code_hash()}, results in {out}.")
    runs = [] if asked.fresh else load(out / "accuracy.json")
    for name in asked.shops:
        shop = asked.known[name]
        waiting = [s for s in asked.seeds if not _done(runs, shop, s, asked.rivals)]
        path = harness.prepare(shop) if waiting else None
        for seed in waiting:
            runs = _without(runs, shop, seed)
            runs.append(measure(shop, path, seed, asked.rivals))
            save(runs, out)
    save(runs, out)
    print((out / "accuracy.md").read_text())


def measure(shop: Shop, path: Path, seed: int, names: list[str]) -> Run:
    """Train and judge the package and its rivals on one shop with one seed."""
    known = harness.truth(path, shop)
    _say(f"{shop.name}, seed {seed}: {len(known.customer_ids)} customers")
    package = harness.network(path, seed)
    given = harness.said(package, known)
    mine = {**_judged(known, given), "seconds": package.seconds}
    question, whole = _read(path, seed, package)
    answers, models = {report.PACKAGE: given}, {report.PACKAGE: mine}
    _say_model(report.PACKAGE, mine)
    if whole is not None:
        mixed = _placed(ablation_package.under(columns.BEST)(whole), question, known)
        models[report.MIXED] = {**_judged(known, mixed), "seconds": package.seconds}
    for name in names:
        answers[name], models[name] = _rival(name, question, known)
        _say_model(name, models[name])
    return {
        "shop": shop.name,
        "title": shop.title,
        "seed": seed,
        "count_customers": len(known.customer_ids),
        "currency": shop.currency,
        "horizon_days": shop.horizon_days,
        "longest_label_days": question.longest_label_days,
        "model_kinds": package.trained.column("model_kind").to_pylist(),
        "sql_seconds": harness.sql_seconds(path),
        "reading_seconds": question.seconds,
        "coverage": harness.coverage(package, known),
        "code": code_hash(),
        "models": models,
        "differences": differences(known, answers, models),
    }


def _read(
    path: Path, seed: int, found: harness.Network
) -> tuple[rivals_question.Question, ablation_package.Package | None]:
    """Read the shop for the rivals, and for the package under its other policy."""
    started = time.monotonic()
    with harness.opened(path) as connection:
        given = harness.tables_of(connection), harness.settings_of(path, seed)
        known = rivals_question.read(*given)
        question = rivals_question.ask(known, found.trained)
        question = replace(question, seconds=time.monotonic() - started)
        return question, ablation_package.package(known, found.trained)


def differences(
    known: Truth, answers: Mapping[str, Baseline | None], models: Mapping[str, Any]
) -> dict[str, Any]:
    """Set the package beside the best rival of each metric, on customers drawn anew.

    Returns:
        By metric: who it is, the package's value less theirs, and its 90% interval.
    """
    judged = {name: values for name, values in models.items() if "error" not in values}
    counted = {
        name: {**values, "mae": report.mae_of(name, values)}
        for name, values in judged.items()
    }
    found = {}
    for metric in report.COMPARED:
        rival = report.best(counted, metric, report.OWN)
        if rival is not None:
            mine, theirs = answers[report.PACKAGE], answers[rival]
            value, low, high = _difference(metric.name, known, mine, theirs)
            found[metric.name] = {
                "rival": rival,
                **{"difference": value, "low": low, "high": high},
            }
    return found


def _difference(
    name: str, known: Truth, mine: Baseline, theirs: Baseline
) -> tuple[float, float, float]:
    """Subtract a rival's metric from the package's."""
    if name == "auc":
        bought = (known.count_orders > 0).astype(float)
        both = mine.probability, theirs.probability
        return metrics.bootstrap_difference(metrics.area_under_curve, bought, *both)
    if name == "mae":
        better = min(
            (theirs.amount, theirs.median_amount),
            key=lambda said: float(np.abs(known.amount - said).mean()),
        )
        both = mine.median_amount, better
        error = metrics.mean_absolute_error
        return metrics.bootstrap_difference(error, known.amount, *both)
    ranked = {
        "rmse": metrics.root_mean_squared_error,
        "gini": metrics.normalised_gini,
        "spearman": metrics.spearman,
    }[name]
    both = mine.amount, theirs.amount
    return metrics.bootstrap_difference(ranked, known.amount, *both)


def resampled_rmse(known: Truth, given: Baseline, seed: int = 0) -> np.ndarray:
    """Return the RMSE of `COUNT_RESAMPLES` draws of customers, (draws,)."""
    errors = (given.amount - known.amount) ** 2
    dice, count = np.random.default_rng(seed), len(errors)
    draws = (dice.integers(0, count, count) for _ in range(COUNT_RESAMPLES))
    return np.sqrt([errors[draw].mean() for draw in draws])


def load(path: Path) -> list[Run]:
    """Return the runs of an earlier day, and say so if other code made them."""
    if not path.exists():
        return []
    runs = json.loads(path.read_text())["runs"]
    if any(run["code"] != code_hash() for run in runs):
        _say(f"{path} holds runs of other code. They are kept; --fresh redoes them.")
    return runs


def save(runs: list[Run], out: Path) -> None:
    """Write JSON and Markdown; a reader never finds half of a file."""
    order = {name: place for place, name in enumerate(shops("any"))}
    runs = sorted(runs, key=lambda run: (order.get(run["shop"], 99), run["seed"]))
    held = json.dumps({"runs": runs}, indent=1, allow_nan=False)
    _write(out / "accuracy.json", held)
    _write(out / "accuracy.md", report.markdown(runs))


@cache
def code_hash() -> str:
    """Return a hash of the library and of the rivals, as they were at the start."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for file in sorted([*LIBRARY.glob("*.py"), *here.glob("rivals*.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _write(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text)
    unfinished.replace(path)


def _rival(
    name: str, question: rivals_question.Question, known: Truth
) -> tuple[Baseline | None, dict[str, Any]]:
    """Ask and judge one rival; a rival that fails is reported, not hidden."""
    try:
        given, seconds = rivals.respond(name, question)
    except Exception as error:  # a long run shall not end because one rival cannot
        return None, {"error": f"{type(error).__name__}: {error}"[:300]}
    given = _placed(given, question, known)
    return given, {**_judged(known, given), "seconds": seconds}


def _placed(
    given: Baseline, question: rivals_question.Question, known: Truth
) -> Baseline:
    """Put an answer in the order of the truth."""
    where = harness.places(question.customer_ids, known.customer_ids)
    return Baseline(*(values[where] for values in vars(given).values()))


def _judged(known: Truth, given: Baseline) -> dict[str, Any]:
    """Measure one answer."""
    low, high = np.quantile(resampled_rmse(known, given), INTERVAL)
    found = {**harness.judge(known, given), "rmse_low": low, "rmse_high": high}
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: float) -> float | None:
    """Return what JSON can hold: NaN, as of a constant's ranking, becomes null."""
    return float(value) if np.isfinite(value) else None


def _done(runs: list[Run], shop: Shop, seed: int, names: list[str]) -> bool:
    return any(
        (run["shop"], run["seed"]) == (shop.name, seed)
        and set(names) <= {*run["models"]}
        for run in runs
    )


def _without(runs: list[Run], shop: Shop, seed: int) -> list[Run]:
    return [run for run in runs if (run["shop"], run["seed"]) != (shop.name, seed)]


def _arguments() -> argparse.Namespace:
    parser = asking.parser(__doc__)
    parser.add_argument("--rivals", nargs="*", default=list(rivals.RIVALS))
    parser.add_argument("--fresh", action="store_true", help="forget earlier results")
    asked = asking.asked(parser)
    asking.check(parser, "rival", asked.rivals, rivals.RIVALS)
    return asked


def _say_model(name: str, found: dict[str, Any]) -> None:
    if "error" in found:
        _say(f"    {name:26} failed: {found['error']}")
        return
    mae = report.mae_of(name, found)
    _say(
        f"    {name:26} MAE {mae:9.2f}  RMSE {found['rmse']:9.2f}  "
        f"{found['seconds']:6.1f} s"
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
