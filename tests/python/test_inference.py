"""ONNX Runtime says what Keras says."""

import subprocess
import sys

import numpy as np
import pytest

from dynamic_clv.networks import inference, network
from dynamic_clv.networks.hyperparameters import Hyperparameters

SHAPES = {
    "usual": network.Shape(steps=12, channels=3, features=5),
    "too short to be pooled": network.Shape(steps=2, channels=3, features=5),
    "an odd number of steps": network.Shape(steps=5, channels=2, features=1),
}


def inputs(shape, rows=40):
    dice = np.random.default_rng(1)
    sizes = {
        network.SEQUENCE: (rows, shape.steps, shape.channels),
        network.FEATURES: (rows, shape.features),
        network.ANCHORS: (rows, 4),
    }
    return {
        name: dice.normal(size=size).astype("float32") for name, size in sizes.items()
    }


def drawn(model, seed=2):
    """Give a network weights that do something, as training would."""
    dice = np.random.default_rng(seed)
    sizes = [values.shape for values in model.get_weights()]
    model.set_weights([dice.normal(size=size, scale=0.4) for size in sizes])
    return model.get_weights()


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("width", [8, 32])
def test_every_head_is_what_keras_says(name, width):
    shape = SHAPES[name]
    model = network.build(shape, Hyperparameters(width=width))
    weights, shown = drawn(model), inputs(shape)
    found = inference.predict([weights], shown)
    for head, values in model(shown).items():
        wanted = np.asarray(values)
        assert found[head] == pytest.approx(wanted, rel=1e-4, abs=1e-5), head
        assert np.abs(wanted).max() > 0
    moved = inference.corrections(weights, shown)
    assert np.abs(moved).max() > 1  # the weights did something


def test_members_are_averaged():
    shape = SHAPES["usual"]
    model = network.build(shape)
    members, shown = [drawn(model, seed) for seed in (1, 2)], inputs(shape)
    both = inference.predict(members, shown)
    one, two = (inference.predict([member], shown) for member in members)
    for head in network.HEADS:
        assert both[head] == pytest.approx((one[head] + two[head]) / 2)


def test_groups_of_customers_say_what_all_say(monkeypatch):
    shape = SHAPES["usual"]
    weights, shown = drawn(network.build(shape)), inputs(shape)
    whole = inference.corrections(weights, shown)
    monkeypatch.setattr(inference, "ROWS_PER_PREDICTION", 7)
    assert inference.corrections(weights, shown) == pytest.approx(whole, abs=1e-6)


def test_no_customers_get_no_answers():
    shape = SHAPES["usual"]
    nobody = {name: values[:0] for name, values in inputs(shape).items()}
    found = inference.predict([drawn(network.build(shape))], nobody)
    assert found[network.QUANTILES].shape == (0, 3)


ALONE = """
import sys
import numpy as np
from dynamic_clv.gates import evaluation
from dynamic_clv.networks import inference, network
from dynamic_clv import scoring, serving

sizes = [(4, 3, 8), (8,), (8, 32), (8, 32), (32,)]
sizes += [(13, 48), (48,), (48, 24), (24,), (29, 6), (6,)]
weights = [np.ones(size, np.float32) for size in sizes]
shown = {
    network.SEQUENCE: np.ones((2, 12, 3), np.float32),
    network.FEATURES: np.ones((2, 5), np.float32),
    network.ANCHORS: np.ones((2, 4), np.float32),
}
assert inference.predict([weights], shown)[network.MEAN].shape == (2, 1)
assert not {"tensorflow", "keras"} & {*sys.modules}
"""


def test_who_only_scores_waits_for_no_tensorflow():
    subprocess.run([sys.executable, "-c", ALONE], check=True)
