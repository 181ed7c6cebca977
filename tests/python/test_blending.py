"""How much of each expert is believed."""

import numpy as np
import pytest

from dynamic_clv.model import blending
from dynamic_clv.networks import network

ROWS = 400
MEAN = network.MEAN

# As far from 5.0 as from 5.2, and far from both for each customer.
NOISY = np.where(np.arange(ROWS) % 2, 15.1, -4.9)[:, None]


def squared(actual, predicted):
    return ((actual - predicted) ** 2)[:, 0]


def choose(truth, champion="cnn_lstm", **said):
    """Choose the shares of the mean from what each expert says of everybody."""
    experts = {
        name: {MEAN: np.broadcast_to(values, (ROWS, 1))}
        for name, values in said.items()
    }
    targets = {MEAN: np.broadcast_to(truth, (ROWS, 1)).astype(np.float32)}
    return blending.choose(experts, targets, {MEAN: squared}, champion)[MEAN]


@pytest.mark.parametrize(
    ("truth", "shares"),
    [
        (9.0, {"cnn_lstm": 1.0}),
        (1.0, {"btyd": 1.0}),
        (3.0, {"btyd": 0.5, "cnn_lstm": 0.5}),  # the root of 1 x 9
    ],
)
def test_the_shares_are_those_that_validation_likes(truth, shares):
    found = choose(truth, btyd=1.0, cnn_lstm=9.0)
    assert found.shares == pytest.approx(shares) and found.champion == "cnn_lstm"
    assert found.losses["blend"] <= min(found.losses["btyd"], found.losses["cnn_lstm"])


def test_where_validation_cannot_tell_the_network_speaks():
    found = choose(NOISY, btyd=5.0, cnn_lstm=5.2)
    assert found.shares["cnn_lstm"] > 0.95


def test_where_validation_cannot_tell_the_regression_is_half_of_the_network():
    found = choose(NOISY, btyd=5.1, cnn_lstm=5.2, logistic_regression=5.0)
    halves = {"cnn_lstm": 0.5, "logistic_regression": 0.5, "btyd": 0.0}
    assert {"btyd": 0.0, **found.shares} == pytest.approx(halves, abs=0.05)


def test_a_policy_is_what_is_expected_before_any_evidence():
    said = {"cnn_lstm": 5.2, "gradient_boosting": 5.0}
    alone, halves = (choose(NOISY, policy, **said) for policy in ("cnn_lstm", "best"))
    assert alone.shares["cnn_lstm"] > 0.95
    assert halves.shares["cnn_lstm"] == pytest.approx(0.5, abs=0.05)
    assert alone.options == halves.options


@pytest.mark.parametrize("champion", ["cnn_lstm", "best"])
def test_who_is_better_beyond_noise_is_believed_under_every_policy(champion):
    truth = np.where(np.arange(ROWS) % 2, 20.0, 22.0)[:, None]
    said = {"btyd": 1.0, "cnn_lstm": 9.0, "gradient_boosting": 21.0}
    found = choose(truth, champion, **said)
    assert found.shares == pytest.approx({"gradient_boosting": 1.0})


def test_a_little_more_evidence_moves_the_shares_a_little():
    """No threshold: no score jumps because a customer more or less was seen."""
    spread = np.linspace(-10.0, 10.0, ROWS)[:, None]
    shares = [
        choose(truth + spread, btyd=4.0, cnn_lstm=6.0).shares.get("btyd", 0.0)
        for truth in np.linspace(6.0, 3.0, 61)
    ]
    steps = np.diff(shares)
    assert shares[0] < 0.05 and shares[-1] > 0.95
    assert steps.min() >= -1e-9 and steps.max() < 0.1


def test_useless_numbers_are_never_chosen():
    found = choose(1.0, btyd=1.0, cnn_lstm=np.nan, gradient_boosting=np.nan)
    assert found.shares == pytest.approx({"btyd": 1.0})


def test_an_expert_without_a_head_is_not_asked_for_it():
    said = np.ones((3, 3))
    experts = {
        "cnn_lstm": {network.QUANTILES: said},
        "btyd": {network.QUANTILES: said * 3},
        "gradient_boosting": {},
    }
    losses = {network.QUANTILES: lambda actual, found: squared(actual, found)}
    targets = {network.QUANTILES: np.full((3, 1), 3.0)}
    found = blending.choose(experts, targets, losses, "best")
    assert found[network.QUANTILES].shares == pytest.approx({"btyd": 1.0})


def test_heads_are_mixed_where_they_were_corrected():
    halves = {"btyd": 0.5, "cnn_lstm": 0.5}
    experts = {
        name: {
            MEAN: np.array([[amount]]),
            network.ORDER: np.array([[chance]]),
            network.QUANTILES: np.array([[0.0, amount, 2 * amount]]),
        }
        for name, amount, chance in (("btyd", 4.0, 0.5), ("cnn_lstm", 16.0, 0.9))
    }
    found = blending.combine(experts, dict.fromkeys(experts["btyd"], halves))
    assert found[MEAN] == pytest.approx(np.array([[8.0]]))  # the root of 4 x 16
    # odds 1 and 9: the root of their product is 3, a chance of 3/4
    assert found[network.ORDER] == pytest.approx(np.array([[0.75]]))
    assert found[network.QUANTILES] == pytest.approx(np.array([[0.0, 10.0, 20.0]]))
