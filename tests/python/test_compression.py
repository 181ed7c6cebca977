"""Smaller networks: what they are, and that what they cost is written down."""

from dataclasses import replace

import numpy as np
import pytest
from test_ensemble import never, rows

from dynamic_clv.errors import BadSettings
from dynamic_clv.model import weights
from dynamic_clv.networks import compression, ensemble, inference, network, rounding
from dynamic_clv.settings import Settings

QUICK = Settings(ensemble_members=2, max_epochs=12, seed=5)


def silent(line):
    """Nobody listens."""


@pytest.fixture(scope="module")
def taught():
    shown, targets = rows(600)
    shown[network.ANCHORS][:] = -1.0  # far from the truth, so there is much to learn
    learned = ensemble.train((shown, targets), None, QUICK, 12, silent, never)
    return [member.weights for member in learned], (shown, targets)


def keep(taught, how):
    members, (shown, _) = taught
    settings = replace(QUICK, compression=how)
    return compression.compress(members, shown, settings, silent, never)


def distance(taught, kept):
    """Mean distance of log spend from what the trained networks say."""
    members, (shown, _) = taught
    one, two = (np.log(inference.predict(m, shown)["mean"]) for m in (members, kept))
    return np.abs(one - two).mean()


def test_unasked_the_networks_stay_as_they_are(taught):
    members, _ = taught
    kept = keep(taught, "none")
    assert all(one is two for one, two in zip(members, kept, strict=True))


def test_weights_of_eight_bits_say_nearly_the_same(taught):
    kept = keep(taught, "int8")
    assert {values.dtype for values in kept[0]} == {np.dtype("i1"), np.dtype("f4")}
    assert 0 < distance(taught, kept) < 0.02
    again = weights.decode(weights.encode(kept))
    assert distance(taught, again) == distance(taught, kept)


def test_a_weight_is_rounded_by_half_a_step_at_most():
    values = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)
    step = np.abs(values).max(axis=0) / 127
    [back] = rounding.unpack(rounding.pack([values]))
    assert (np.abs(back - values) <= step / 2 + 1e-6).all()


def test_a_student_is_one_small_network_that_learned_what_the_others_say(taught):
    kept = keep(taught, "student")
    assert len(kept) == 1
    assert kept[0][0].shape[-1] == compression.STUDENT_WIDTH
    untaught = [np.zeros_like(values) for values in kept[0]]  # the anchors alone
    assert distance(taught, kept) < distance(taught, [untaught]) / 2


@pytest.mark.parametrize("how", ["int8", "student"])
def test_what_compression_cost_is_written_down(taught, how):
    members, lesson = taught
    found = compression.report(members, keep(taught, how), lesson, QUICK)
    trained, kept = found["trained"], found["kept"]
    assert kept["kilobytes"] < trained["kilobytes"] / 3
    for head in network.HEADS:
        assert np.isfinite(kept[f"loss_of_{head}"])
    assert min(one["customers_per_second"] for one in found.values()) > 0


def test_another_compression_is_refused():
    with pytest.raises(BadSettings, match="compression"):
        Settings(compression="zip")
