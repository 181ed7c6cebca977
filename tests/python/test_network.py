"""The network starts at BG/NBD's expectation and cannot run away from it."""

import numpy as np
import pytest

from dynamic_clv.model import experts
from dynamic_clv.networks import network, runtime
from dynamic_clv.networks.hyperparameters import Hyperparameters

SHAPE = network.Shape(steps=10, channels=3, features=5)
SHAKEN = Hyperparameters(channel_dropout=0.5, amount_jitter=0.3)


@pytest.fixture(scope="module")
def model():
    return network.build(SHAPE)


def inputs(rows: int = 64, times: float = 1.0) -> dict[str, np.ndarray]:
    dice = np.random.default_rng(1)
    return {
        network.SEQUENCE: dice.normal(size=(rows, 10, 3)).astype("float32") * times,
        network.FEATURES: dice.normal(size=(rows, 5)).astype("float32") * times,
        network.ANCHORS: dice.normal(size=(rows, 4)).astype("float32"),
    }


def test_before_training_every_head_is_its_anchor(model):
    shown = inputs()
    found = {name: np.asarray(values) for name, values in model(shown).items()}
    for head, anchor in experts.anchor_heads(shown).items():
        assert found[head] == pytest.approx(anchor, rel=1e-4, abs=1e-6), head
    assert tuple(found) == network.HEADS


def test_no_weights_move_a_head_further_than_allowed(model):
    dice = np.random.default_rng(2)
    before = model.get_weights()
    model.set_weights([dice.normal(size=w.shape, scale=50.0) for w in before])
    shown = inputs(times=100.0)
    found = {name: np.asarray(values) for name, values in model(shown).items()}
    model.set_weights(before)
    anchors = experts.anchor_heads(shown)
    most = network.MOST_CORRECTION + 1e-3
    for head in (network.MEAN, network.COUNT):
        moved = np.abs(np.log(found[head] / anchors[head]))
        assert 1 < moved.max() <= most
    assert np.isfinite(found[network.QUANTILES]).all()
    assert (np.diff(found[network.QUANTILES], axis=1) >= 0).all()
    assert ((found[network.ORDER] >= 0) & (found[network.ORDER] <= 1)).all()


def test_what_is_left_out_or_shaken_in_training_is_whole_afterwards(model):
    other = network.build(SHAPE, SHAKEN, dropout=0.5)
    other.set_weights(model.get_weights())
    shown = inputs()
    for head, values in model(shown).items():
        assert np.array_equal(np.asarray(other(shown)[head]), np.asarray(values))


def test_training_shakes_what_it_is_shown_and_keeps_its_mean():
    keras = runtime.prepare()
    keras.utils.set_random_seed(1)
    jitter = Hyperparameters(amount_jitter=0.3)
    sequence = keras.Input((10, 3))
    shake = keras.Model(sequence, network._shake(keras, sequence, jitter))
    shaken = np.asarray(shake(np.ones((2_000, 10, 3), "float32"), training=True))
    assert shaken.mean() == pytest.approx(1.0, abs=0.01)
    assert shaken.std() == pytest.approx(0.3, abs=0.01)


def test_it_is_small(model):
    assert model.count_params() < 20_000


def test_a_short_history_is_not_pooled_away():
    short = network.build(network.Shape(steps=2, channels=1, features=1))
    assert short.output[network.MEAN].shape == (None, 1)
