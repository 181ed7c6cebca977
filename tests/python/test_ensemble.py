"""Training and averaging networks."""

import numpy as np
import pytest

from dynamic_clv.errors import Interrupted
from dynamic_clv.learning.training import stopper
from dynamic_clv.networks import ensemble, inference, network
from dynamic_clv.networks.hyperparameters import Hyperparameters
from dynamic_clv.settings import Settings

QUICK = Settings(ensemble_members=1, max_epochs=1, seed=5)


def rows(count: int = 300):
    dice = np.random.default_rng(1)
    chance = dice.random((count, 1)) < 0.5
    spend = (dice.gamma(2.0, size=(count, 1)) * chance).astype("float32")
    inputs = {
        network.SEQUENCE: dice.normal(size=(count, 4, 2)).astype("float32"),
        network.FEATURES: dice.normal(size=(count, 3)).astype("float32"),
        network.ANCHORS: np.zeros((count, 4), "float32"),
    }
    targets = {
        network.MEAN: spend,
        network.ORDER: chance.astype("float32"),
        network.COUNT: chance.astype("float32") * 2,
        network.QUANTILES: spend,
    }
    return inputs, targets


def never():
    """Nothing ever asks this training to stop."""


def test_an_interruption_stops_within_a_batch_and_gives_nothing():
    asked = []

    def interrupted() -> bool:
        asked.append(True)
        return len(asked) > 2

    with pytest.raises(Interrupted, match="asked to stop"):
        ensemble.train(
            rows(1_000), None, QUICK, 5, lambda line: None, stopper(interrupted)
        )
    assert len(asked) == 3


def test_one_line_per_epoch_and_the_same_numbers_again():
    lines = []
    settings = Settings(ensemble_members=2, max_epochs=2, seed=5)
    once = ensemble.train(rows(), rows(100), settings, 2, lines.append, never)
    assert len(lines) == 4 and lines[0].startswith("network 1 of 2, epoch 1: loss ")
    again = ensemble.train(rows(), rows(100), settings, 2, lines.append, never)
    for one, two in zip(once, again, strict=True):
        assert all(
            np.array_equal(a, b) for a, b in zip(one.weights, two.weights, strict=True)
        )
    assert not np.array_equal(once[0].weights[0], once[1].weights[0])


def test_weights_that_have_become_useless_are_not_kept():
    inputs, targets = rows(100)
    targets[network.MEAN][:] = np.nan
    found = ensemble.train((inputs, targets), None, QUICK, 2, lambda line: None, never)
    assert found[0].epochs == 0
    assert all(np.isfinite(values).all() for values in found[0].weights)


@pytest.mark.parametrize("count", [1, 100, 5_000, 10_000_000])
def test_batches_stay_within_bounds(count):
    size = ensemble.batch_size(count)
    assert ensemble.LEAST_BATCH <= size <= ensemble.MOST_BATCH


@pytest.mark.parametrize("width", [8, 32])
def test_a_network_of_another_width_is_read_as_wide_as_it_is(width):
    chosen = Hyperparameters(width=width)
    told = (lambda line: None, never)
    found = ensemble.train(rows(), None, QUICK, 1, *told, chosen)
    assert found[0].weights[0].shape[-1] == width
    shown, _ = rows(10)
    said = inference.predict([found[0].weights], shown)
    assert np.isfinite(said[network.MEAN]).all()
