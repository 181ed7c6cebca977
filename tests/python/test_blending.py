"""How much of the network is believed."""

import numpy as np
import pytest

from dynamic_clv import blending, ensemble, network


def squared(actual, predicted):
    return (actual - predicted) ** 2


@pytest.fixture
def judged():
    logs = np.zeros((50, 4), np.float32)  # every anchor: spend 1, chance .5, orders 1
    inputs = {
        network.SEQUENCE: np.zeros((50, 4, 1), np.float32),
        network.FEATURES: np.zeros((50, 1), np.float32),
        network.ANCHORS: logs,
    }
    return inputs


def choose(monkeypatch, inputs, says: float, truth: float):
    said = {head: np.full((50, 1), says) for head in network.HEADS}
    said[network.QUANTILES] = np.full((50, 3), says)
    monkeypatch.setattr(ensemble, "predict", lambda members, shown: said)
    targets = {head: np.full((50, 1), truth, np.float32) for head in network.HEADS}
    losses = {network.MEAN: squared}
    return blending.choose([], (inputs, targets), losses)


@pytest.mark.parametrize(
    ("says", "truth", "share"), [(3, 3, 1.0), (3, 1, 0.0), (3, 2, 0.5), (3, 9, 1.0)]
)
def test_the_share_is_the_one_that_validation_likes(
    monkeypatch, judged, says, truth, share
):
    shares, losses = choose(monkeypatch, judged, says, truth)
    assert shares == {network.MEAN: share}
    found = losses[network.MEAN]
    assert (
        found["bg_nbd"] == (1 - truth) ** 2 and found["network"] == (says - truth) ** 2
    )
    assert found["blend"] <= min(found["bg_nbd"], found["network"])


def test_useless_numbers_are_never_chosen(monkeypatch, judged):
    shares, _ = choose(monkeypatch, judged, np.nan, 1.0)
    assert shares == {network.MEAN: 0.0}


def test_heads_by_hand():
    logs = np.log([[30.0, 2.0, 3.0, 10.0]])  # odds 3: a chance of 3/4
    found = blending.heads(logs)
    assert found[network.MEAN].tolist() == [[pytest.approx(30)]]
    assert found[network.COUNT].tolist() == [[pytest.approx(2)]]
    assert found[network.ORDER].tolist() == [[pytest.approx(0.75)]]
    # the median is rank (.5 - .25) / .75 = 1/3 of buyers: odds 1/2
    assert found[network.QUANTILES][0, 1] == pytest.approx(10 * np.sqrt(0.5), rel=1e-4)


def test_mixing():
    found, anchors = np.array([[4.0]]), np.array([[2.0]])
    assert blending.mix(found, anchors, 0.25).tolist() == [[2.5]]
