"""The package taken apart: the whole is what is published, and a part is missed."""

from dataclasses import replace

import memory_shop
import numpy as np
import pyarrow as pa
import pytest
from benchmark_modules import imported

from dynamic_clv import columns, scoring
from dynamic_clv.networks import network

questions, package, networks, report = imported(
    "rivals_question", "ablation_package", "ablation_networks", "ablation_report"
)


@pytest.fixture(scope="module")
def read(small_shop):
    return questions.read(small_shop, memory_shop.QUICK)


@pytest.fixture(scope="module")
def found(read, small_models):
    return package.package(read, small_models)


def test_the_whole_is_what_the_package_publishes(found, small_shop, small_models):
    job = scoring.Job(small_shop, small_models, memory_shop.QUICK, lambda line: None)
    scores = pa.Table.from_batches(job.run(), schema=scoring.SCHEMA)
    said = package.everything(found)
    ids = found.today.facts.customer_ids.to_pylist()
    published = dict(
        zip(
            scores.column("customer_id").to_pylist(),
            scores.column("predicted_clv").to_pylist(),
            strict=True,
        )
    )
    assert said.amount == pytest.approx([published[one] for one in ids], rel=1e-5)


def test_every_ingredient_can_be_left_out_and_most_are_missed(found):
    ingredients = package.INGREDIENTS
    whole = package.everything(found)
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


def test_policies_differ_by_what_they_expect(found):
    alone, best = (package.under(one)(found) for one in ("cnn_lstm", "best"))
    same = package.everything(found)
    assert np.array_equal(alone.amount, same.amount)
    assert np.isfinite(best.amount).all() and (best.amount >= 0).all()
    assert not np.allclose(alone.amount, best.amount, rtol=1e-6)


def test_bg_nbd_alone_is_the_anchor(found):
    said = package.one_expert(columns.BTYD)(found)
    bare = package.one_expert(columns.BTYD)(
        found.without(members=[found.published.members[0]])
    )
    assert said.amount == pytest.approx(bare.amount)


def test_every_network_without_a_part_answers(read, small_models):
    question = questions.ask(read, small_models)
    question = replace(
        question, settings=replace(memory_shop.QUICK, max_epochs=1, ensemble_members=1)
    )
    answers = {name: train(question) for name, train in networks.NETWORKS.items()}
    for said in answers.values():
        for values in vars(said).values():
            assert values.shape == (len(question.customer_ids),)
            assert np.isfinite(values).all() and (values >= 0).all()
    orders = question.rows[1][network.ORDER].mean()
    start = questions.longer(orders, question.stretch)
    spread = [
        answers[name].probability.std()
        for name in ("without the anchor", "the network alone")
    ]
    # after one epoch nobody is far from the average customer without the anchor
    assert answers["without the anchor"].probability.mean() == pytest.approx(
        start, abs=0.1
    )
    assert spread[0] < spread[1]


def test_the_report_says_what_is_lost():
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
