"""A search keeps only what validation clearly likes better, and stops in time."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from memory_shop import QUICK

from dynamic_clv.learning import search, training
from dynamic_clv.learning.search import Lesson
from dynamic_clv.model import artifacts
from dynamic_clv.networks.hyperparameters import DEFAULTS

LESSON = Lesson([], [], ["count_orders", "net_amount"], QUICK, lambda: None)


@pytest.fixture
def said():
    """Return what a search said."""
    return []


def pretend(monkeypatch, losses_by_rate):
    """Let the learning rate alone decide how good a network is; list the trials."""
    made = []

    def tried(lesson, chosen):
        made.append(chosen)
        return search._Tried(chosen, None, [], losses_by_rate(chosen.learning_rate))

    monkeypatch.setattr(search, "_try", tried)
    monkeypatch.setattr(search, "useless_channels", lambda *args: [])
    return made


def test_no_time_means_the_defaults_and_no_trial(monkeypatch, said):
    made = pretend(monkeypatch, lambda rate: np.ones(50))
    assert search.search(LESSON, 0, said.append) == search.Found()
    assert not made and not said


def test_what_is_clearly_better_is_kept_and_built_upon(monkeypatch, said):
    noise = np.random.default_rng(1).normal(size=400)
    made = pretend(monkeypatch, lambda rate: noise + (0.5 if rate == 3e-4 else 1.0))
    found = search.search(LESSON, 1_000, said.append)
    assert found.chosen == replace(DEFAULTS, learning_rate=3e-4)
    assert [trial.is_kept for trial in found.trials].count(True) == 2  # and the first
    assert made[3] == replace(DEFAULTS, learning_rate=3e-4, width=64)
    assert len(said) == len(search.CHANGES)


def test_what_may_be_chance_is_not_kept(monkeypatch, said):
    same, noise = np.random.default_rng(2).normal(size=(2, 400))
    noise -= noise.mean()
    better_by_1_5_errors = noise - 1.5 * noise.std() / np.sqrt(400)

    def losses(rate):
        return same if rate == 1e-3 else same + better_by_1_5_errors

    pretend(monkeypatch, losses)
    assert search.search(LESSON, 1_000, said.append).chosen == DEFAULTS


def test_no_trial_begins_after_the_time_is_up(monkeypatch, said):
    pretend(monkeypatch, lambda rate: np.ones(50))
    ticks = itertools.count(step=10.0)
    found = search.search(LESSON, 45, said.append, clock=lambda: next(ticks))
    assert len(found.trials) == 3


def test_a_channel_that_nobody_misses_is_silenced(small_shop, monkeypatch):
    monkeypatch.setattr(search, "_SUGGESTIONS", (search._silence,))
    named = []
    real = search.useless_channels

    def remembered(*args):
        named.extend(real(*args))
        return named

    monkeypatch.setattr(search, "useless_channels", remembered)
    settings = replace(QUICK, search_seconds=60)
    rows = training.train(small_shop, None, settings, lambda line: None).to_pylist()
    back_test, published = map(artifacts.from_row, rows)
    trials = json.loads(rows[0]["metrics_json"])["trials"]
    assert [trial["change"] for trial in trials] == [
        {},
        *([{"silent_channels": named}] if named else []),
    ]
    kept = named if trials[-1]["is_kept"] and named else []
    for model in (back_test, published):
        chosen = model.metrics["hyperparameters"]
        assert chosen["silent_channels"] == kept
        pairs = zip(model.recipe.channels, model.recipe.channel_units, strict=True)
        assert [name for name, unit in pairs if unit == 1e30] == kept
