"""The regression beside the network: right answers, nothing silent."""

import numpy as np
import pytest
from scipy import special
from sklearn.linear_model import LogisticRegression

from dynamic_clv.history import features
from dynamic_clv.model import boosting, logistic
from dynamic_clv.networks import network

PLACE = boosting.ANCHOR[network.ORDER]


def never():
    """Nobody asks to stop."""


def rows(count=400, start=0.0):
    """Customers with two features: the first and chance decide who orders."""
    dice = np.random.default_rng(3)
    seen = dice.normal(size=(count, 2)).astype(np.float32)
    ordered = dice.uniform(size=count) < special.expit(seen[:, 0] - 1)
    anchors = np.zeros((count, features.COUNT_ANCHORS), np.float32)
    anchors[:, PLACE] = start
    inputs = {network.FEATURES: seen, network.ANCHORS: anchors}
    return inputs, {network.ORDER: ordered[:, None].astype(np.float32)}


def fit(taught, judged=None):
    weights, _ = logistic.fit(taught, judged, None, never)
    return weights


def test_it_finds_what_scikit_learn_finds():
    inputs, targets = rows()
    theirs = LogisticRegression(C=1.0, tol=1e-8).fit(
        inputs[network.FEATURES].astype(np.float64), targets[network.ORDER][:, 0]
    )
    wanted = [*theirs.coef_[0], theirs.intercept_[0]]
    assert fit((inputs, targets)) == pytest.approx(wanted, abs=1e-3)


def test_the_anchor_is_a_start_that_the_constant_takes_back():
    """Everybody one logit lower at the start ends at the same chances."""
    plain, lower = (fit(rows(start=start)) for start in (0.0, -1.0))
    assert lower[-1] - plain[-1] == pytest.approx(1.0, abs=1e-3)
    assert lower[:-1] == pytest.approx(plain[:-1], abs=1e-3)
    chances = [
        logistic.predict(weights, rows(start=start)[0])[network.ORDER]
        for weights, start in ((plain, 0.0), (lower, -1.0))
    ]
    assert chances[0] == pytest.approx(chances[1], abs=1e-3)


def test_as_many_are_expected_to_order_as_did():
    inputs, targets = rows()
    expected = logistic.predict(fit((inputs, targets)), inputs)
    came = targets[network.ORDER].sum()
    assert expected[network.ORDER].sum() == pytest.approx(came, rel=1e-3)


def test_everybody_ordering_is_no_reason_to_fail():
    inputs, targets = rows()
    targets = {network.ORDER: np.ones_like(targets[network.ORDER])}
    found = logistic.predict(fit((inputs, targets)), inputs)
    assert found[network.ORDER].min() > 0.99
    assert np.isfinite(found[network.ORDER]).all()


def test_an_interruption_is_noticed_between_steps():
    asked = []

    def stop():
        asked.append(True)
        if len(asked) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        logistic.fit(rows(), None, None, stop)
    assert len(asked) == 3


def test_no_customers_get_no_answers():
    nobody = {name: values[:0] for name, values in rows()[0].items()}
    found = logistic.predict([1.0, 2.0, 3.0], nobody)
    assert found[network.ORDER].shape == (0, 1)


def test_validation_chooses_how_close_to_the_anchor_the_regression_stays():
    """Where what was learned holds, the least penalty; where it is over, the most."""
    inputs, targets = rows()
    _, same = logistic.fit((inputs, targets), (inputs, targets), None, never)
    assert same == min(logistic.PENALTIES)
    other = {network.ORDER: 1 - targets[network.ORDER]}
    _, over = logistic.fit((inputs, targets), (inputs, other), None, never)
    assert over == max(logistic.PENALTIES)


def test_the_published_model_keeps_the_penalty_that_validation_chose():
    weights, penalty = logistic.fit(rows(), None, 300.0, never)
    assert penalty == 300.0
    assert np.abs(weights[:-1]).max() < np.abs(fit(rows())[:-1]).max()
