"""What each ingredient of the package is worth: the package without it, shop by shop.

    python benchmarks/ablation.py [shop ...] [--seeds 1 2 3] [--online-retail PATH]
                                  [--out DIR]

The package is trained once per shop and seed, and asked without this or that; the
network is trained anew without each of its parts. DIR/ablation.json is written after
every shop and seed, and what it holds is not done again; DIR/ablation.md is made of it.
"""

import json
import sys
from typing import Any

import ablation_report
import asking
import harness
import numpy as np
import rivals_question
from ablation_networks import NETWORKS
from ablation_package import INGREDIENTS, package
from harness import Truth
from shops import Shop
from threadpoolctl import threadpool_limits

from dynamic_clv.measures.baselines import Baseline

Run = dict[str, Any]


def main() -> None:
    """Run what was asked for and is not there yet."""
    asked = asking.asked(asking.parser(__doc__))
    held = asked.out / "ablation.json"
    runs = json.loads(held.read_text()) if held.exists() else []
    done = {(run["shop"], run["seed"]) for run in runs}
    for name in asked.shops:
        for seed in asked.seeds:
            if (name, seed) not in done:
                runs.append(measure(asked.known[name], seed))
                held.write_text(json.dumps(runs, indent=1, allow_nan=False))
    report = ablation_report.markdown(runs, list(asked.known))
    (asked.out / "ablation.md").write_text(report)
    print(report)


def measure(shop: Shop, seed: int) -> Run:
    """Train the package on one shop with one seed, and take it apart."""
    path = harness.prepare(shop)
    known = harness.truth(path, shop)
    trained = harness.network(path, seed).trained
    with harness.opened(path) as connection:
        shown = harness.tables_of(connection), harness.settings_of(path, seed)
        given = rivals_question.read(*shown)
        question = rivals_question.ask(given, trained)
        found = package(given, trained)
    if found is None:
        raise SystemExit(
            f"Wanted a network to take apart. {shop.name} is answered by a fallback."
        )
    judged = {}
    for name, variant in INGREDIENTS.items():
        judged[name] = _judged(known, question.customer_ids, variant(found))
        _say(shop, seed, name, judged[name])
    for name, train in NETWORKS.items():
        with threadpool_limits(1):
            judged[name] = _judged(known, question.customer_ids, train(question))
        _say(shop, seed, name, judged[name])
    return {"shop": shop.name, "title": shop.title, "seed": seed, "variants": judged}


def _judged(known: Truth, ids: np.ndarray, said: Baseline) -> dict[str, float | None]:
    where = harness.places(ids, known.customer_ids)
    given = Baseline(*(values[where] for values in vars(said).values()))
    found = harness.judge(known, given)
    return {
        name: value if np.isfinite(value) else None for name, value in found.items()
    }


def _say(shop: Shop, seed: int, name: str, found: dict[str, float | None]) -> None:
    print(
        f"{shop.name}, seed {seed}: {name:34} MAE {found['mae']:9.2f}  "
        f"RMSE {found['rmse']:9.2f}  Gini {found['gini'] or 0.0:.3f}",
        file=sys.stderr,
        flush=True,
    )


if __name__ == "__main__":
    main()
