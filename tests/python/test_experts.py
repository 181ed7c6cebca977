"""Experts start from the same anchors and can be mixed."""

import numpy as np
import pytest

from dynamic_clv.errors import Interrupted
from dynamic_clv.model import boosting, experts
from dynamic_clv.networks import network


def never():
    """Nothing ever asks this training to stop."""


def rows(count: int = 600, seed: int = 1):
    """Customers of whom the first feature tells who buys twice what is expected."""
    dice = np.random.default_rng(seed)
    loud = dice.integers(0, 2, (count, 1))
    spend = (dice.gamma(4.0, 0.25, (count, 1)) * (1 + loud)).astype(np.float32)
    inputs = {
        network.FEATURES: np.hstack([loud, dice.normal(size=(count, 2))]),
        network.ANCHORS: np.zeros((count, 4), np.float32),
    }
    targets = {
        network.MEAN: spend,
        network.ORDER: (spend > 1).astype(np.float32),
        network.COUNT: np.round(spend),
    }
    return inputs, targets


def test_heads_by_hand():
    logs = np.log([[30.0, 2.0, 3.0, 10.0]])  # odds 3: a chance of 3/4
    found = experts.heads(logs)
    assert found[network.MEAN].tolist() == [[pytest.approx(30)]]
    assert found[network.COUNT].tolist() == [[pytest.approx(2)]]
    assert found[network.ORDER].tolist() == [[pytest.approx(0.75)]]
    # the median is rank (.5 - .25) / .75 = 1/3 of buyers: odds 1/2
    assert found[network.QUANTILES][0, 1] == pytest.approx(10 * np.sqrt(0.5), rel=1e-4)


def test_trees_learn_what_the_anchor_does_not_know():
    trees, rounds = boosting.fit(rows(), rows(seed=2), None, 1, never)
    shown, _ = rows(seed=3)
    found = boosting.predict(trees, shown)
    loud = shown[network.FEATURES][:, 0] == 1
    assert found[network.MEAN][loud].mean() == pytest.approx(2.0, rel=0.1)
    assert found[network.MEAN][~loud].mean() == pytest.approx(1.0, rel=0.1)
    assert found[network.ORDER][loud].mean() > found[network.ORDER][~loud].mean() + 0.2
    assert all(1 <= count <= boosting.MOST_ROUNDS for count in rounds.values())


def test_trees_that_learn_nothing_stay_at_the_anchor():
    inputs, targets = rows()
    inputs[network.FEATURES][:] = 0.0
    trees, _ = boosting.fit(
        (inputs, targets), None, dict.fromkeys(targets, 5), 1, never
    )
    found = boosting.predict(trees, inputs)[network.MEAN]
    assert np.ptp(found) == 0 and found[0, 0] == pytest.approx(1.5, rel=0.4)


def test_the_same_rows_and_seed_give_the_same_trees():
    once = boosting.fit(rows(), rows(seed=2), None, 1, never)
    assert boosting.fit(rows(), rows(seed=2), None, 1, never) == once


def test_an_interruption_stops_before_the_next_tree():
    asked = []

    def stop():
        asked.append(True)
        if len(asked) == 3:
            raise Interrupted("Stop.")

    with pytest.raises(Interrupted):
        boosting.fit(rows(), None, dict.fromkeys(rows()[1], 50), 1, stop)
    assert len(asked) == 3


def test_no_customers_get_no_answers():
    trees, _ = boosting.fit(rows(), None, dict.fromkeys(rows()[1], 2), 1, never)
    nobody = {name: values[:0] for name, values in rows()[0].items()}
    assert boosting.predict(trees, nobody)[network.MEAN].shape == (0, 1)


def test_who_is_absent_is_not_asked():
    shown = {network.ANCHORS: np.zeros((2, 4), np.float32)}
    assert list(experts.ask([], {}, [], shown)) == ["btyd"]
