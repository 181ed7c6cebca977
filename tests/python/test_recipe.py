"""From facts to what the network reads."""

import json
from dataclasses import replace

import numpy as np
import pytest
from memory_shop import orders, tables

from dynamic_clv.expectation.levels import Level
from dynamic_clv.history import examples, reading
from dynamic_clv.model import recipe
from dynamic_clv.model.recipe import Recipe
from dynamic_clv.networks import network

EVERYBODY = (0, 255)
STEPS = 12


def learn(times: float = 1.0):
    bought = [replace(order, amount=order.amount * times) for order in orders(150)]
    shop = tables(bought)
    cuts = examples.cut_offs(shop.as_of_dates)
    parts = reading.read_labelled(shop, cuts, EVERYBODY, lambda: None)
    names = reading.channels(shop.windows)
    parts = reading.with_history(parts, shop.windows, names, STEPS, EVERYBODY)
    return parts, recipe.fit(parts, names, STEPS)


@pytest.fixture(scope="module")
def learned():
    return learn()


def test_inputs_have_the_shape_that_the_recipe_says(learned):
    parts, fitted = learned
    shown = recipe.inputs(fitted, parts[0], parts[0].level)
    shape, rows = fitted.shape, len(parts[0])
    assert shown[network.SEQUENCE].shape == (rows, shape.steps, shape.channels)
    assert shown[network.FEATURES].shape == (rows, shape.features)
    assert shown[network.ANCHORS].shape == (rows, 4)
    assert all(values.dtype == np.float32 for values in shown.values())
    assert all(np.isfinite(values).all() for values in shown.values())


def test_nothing_happens_in_a_silenced_channel(learned):
    parts, fitted = learned
    quiet = fitted.silenced(["net_amount"])
    heard, silent = (
        recipe.inputs(one, parts[0], parts[0].level)[network.SEQUENCE]
        for one in (fitted, quiet)
    )
    place = fitted.channels.index("net_amount")
    assert heard[:, :, place].any()
    assert silent[:, :, place] == pytest.approx(0, abs=1e-9)
    others = [n for n in range(heard.shape[2]) if n != place]
    assert np.array_equal(silent[:, :, others], heard[:, :, others])


def test_cents_and_millions_look_alike(learned):
    parts, fitted = learned
    for times in (0.01, 1e6):
        others, refitted = learn(times)
        assert refitted.spend_unit == pytest.approx(fitted.spend_unit * times)
        one = recipe.inputs(fitted, parts[0], parts[0].level)
        two = recipe.inputs(refitted, others[0], others[0].level)
        for name in one:
            assert two[name] == pytest.approx(one[name], abs=1e-3), (times, name)


def test_text_and_back_shows_the_network_the_same(learned):
    parts, fitted = learned
    again = Recipe.from_dict(json.loads(json.dumps(fitted.to_dict(), sort_keys=True)))
    one = recipe.inputs(fitted, parts[0], parts[0].level)
    two = recipe.inputs(again, parts[0], parts[0].level)
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_a_horizon_never_trained_on_moves_the_anchors_only(learned):
    parts, fitted = learned
    part = parts[0]
    cut = replace(part.cut_off, horizon_days=10 * part.horizon_days)
    longer = examples.unlabelled(cut, part.facts, part.anchored.parameters)
    longer = replace(longer, sequence=part.sequence)
    level = Level(cut.as_of_date, cut.horizon_days)
    one, two = (recipe.inputs(fitted, p, level) for p in (part, longer))
    assert np.array_equal(one[network.FEATURES], two[network.FEATURES])
    assert (two[network.ANCHORS] >= one[network.ANCHORS] - 1e-6)[:, :3].all()
    assert two[network.ANCHORS][:, 0].mean() > one[network.ANCHORS][:, 0].mean()


def test_targets_are_in_units_of_the_mean_spend(learned):
    parts, fitted = learned
    _, wanted = recipe.arrays(fitted, parts)
    assert np.maximum(wanted[network.MEAN], 0).mean() == pytest.approx(1, rel=1e-5)
    assert np.array_equal(wanted[network.MEAN], wanted[network.QUANTILES])
    assert np.array_equal(wanted[network.ORDER], wanted[network.COUNT] > 0)
