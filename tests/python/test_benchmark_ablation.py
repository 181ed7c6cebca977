"""The package taken apart: the whole is what is published, and a part is missed."""

import importlib
import sys
from dataclasses import replace
from pathlib import Path

import memory_shop
import numpy as np
import pyarrow as pa
import pytest

from dynamic_clv import columns, network, scoring

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def benchmarks():
    """Import from benchmarks/, whose `shops` is not the `shops` of these tests."""
    ours = sys.modules.pop("shops", None)
    sys.path.insert(0, str(BENCHMARKS))
    names = ("ablation_package", "ablation_networks", "ablation_report")
    try:
        found = [importlib.import_module(name) for name in ("rivals_question", *names)]
    finally:
        sys.path.remove(str(BENCHMARKS))
        sys.modules.pop("shops", None)
        if ours is not None:
            sys.modules["shops"] = ours
    return found


@pytest.fixture(scope="module")
def read(benchmarks, small_shop):
    return benchmarks[0].read_shop(small_shop, memory_shop.QUICK)


@pytest.fixture(scope="module")
def found(benchmarks, read, small_models):
    return benchmarks[1].package(read, small_models)


def test_the_whole_is_what_the_package_publishes(
    benchmarks, found, small_shop, small_models
):
    job = scoring.Job(small_shop, small_models, memory_shop.QUICK, lambda line: None)
    scores = pa.Table.from_batches(job.run(), schema=scoring.SCHEMA)
    said = benchmarks[1].everything(found)
    ids = found.today.facts.customer_ids.to_pylist()
    published = dict(
        zip(
            scores.column("customer_id").to_pylist(),
            scores.column("predicted_clv").to_pylist(),
            strict=True,
        )
    )
    assert said.amount == pytest.approx([published[one] for one in ids], rel=1e-5)


def test_every_ingredient_can_be_left_out_and_most_are_missed(benchmarks, found):
    ingredients = benchmarks[1].INGREDIENTS
    whole = benchmarks[1].everything(found)
    changed = set()
    for name, variant in ingredients.items():
        said = variant(found)
        for values in vars(said).values():
            assert values.shape == whole.amount.shape and np.isfinite(values).all()
        if not np.allclose(said.amount, whole.amount, rtol=1e-6):
            changed.add(name)
    assert {
        "the network only",
        "BG/NBD only, at the shop's level",
        "without any level of the shop",
        "without the middle of two totals",
        "without fading beyond the labels",
    } <= changed


def test_bg_nbd_alone_is_the_anchor(benchmarks, found):
    said = benchmarks[1].one_expert(columns.BTYD)(found)
    bare = benchmarks[1].one_expert(columns.BTYD)(
        found.without(members=[found.published.members[0]])
    )
    assert said.amount == pytest.approx(bare.amount)


def test_every_network_without_a_part_answers(benchmarks, read, small_models):
    question = benchmarks[0].of_read(read, small_models)
    question = replace(
        question, settings=replace(memory_shop.QUICK, max_epochs=1, ensemble_members=1)
    )
    networks = benchmarks[2].NETWORKS
    answers = {name: train(question) for name, train in networks.items()}
    for said in answers.values():
        for values in vars(said).values():
            assert values.shape == (len(question.customer_ids),)
            assert np.isfinite(values).all() and (values >= 0).all()
    orders = question.rows[1][network.ORDER].mean()
    start = benchmarks[0].longer(orders, question.stretch)
    spread = [
        answers[name].probability.std()
        for name in ("without the anchor", "the network alone")
    ]
    # after one epoch nobody is far from the average customer without the anchor
    assert answers["without the anchor"].probability.mean() == pytest.approx(
        start, abs=0.1
    )
    assert spread[0] < spread[1]


def test_the_report_says_what_is_lost(benchmarks):
    package, networks, report = benchmarks[1:]
    names = [*package.INGREDIENTS, *networks.NETWORKS]
    values = {"mae": 10.0, "rmse": 20.0, "gini": 0.8, "spearman": None, "auc": 0.7}
    runs = [
        {
            "shop": "corner",
            "title": "Corner shop",
            "seed": seed,
            "variants": {
                name: {**values, "mae": 10.0 + place * seed}
                for place, name in enumerate(names)
            },
        }
        for seed in (1, 3)
    ]
    text = report.markdown(runs, ["corner", "not measured"])
    # 10 + 1 and 10 + 3 for the second ingredient: a fifth more on average
    assert "| the network only | +20.0% |" in text
    assert "| everything | 10.00 |" in text and "not measured" not in text
    assert "| everything | 0.800 |" in text and "| without the trees | +0 |" in text
