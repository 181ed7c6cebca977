"""Textbook learners on made-up customers of whom the best answer is known."""

from dataclasses import replace

import numpy as np
import pytest

from dynamic_clv.measures import learned_baselines
from dynamic_clv.measures.learned_baselines import LEARNERS, Lesson


def lesson(count: int = 2_000) -> Lesson:
    """Return customers who buy where the first feature is positive, for 1 to 5."""
    dice = np.random.default_rng(1)
    features = dice.uniform(-1, 1, size=(count, 3)).astype(np.float32)
    bought = (features[:, 0] > 0).astype(np.float64)
    spend = bought * (1 + 4 * np.abs(features[:, 1])) * dice.uniform(0.9, 1.1, count)
    return Lesson(features, spend, bought, seed=1)


@pytest.mark.parametrize("name", LEARNERS)
def test_everybody_finds_who_buys_and_who_does_not(name: str):
    buyer, other = np.array([[0.8, 0.5, 0.0], [-0.8, 0.5, 0.0]], np.float32)
    said = LEARNERS[name](lesson(), np.stack([buyer, other]))
    assert said.amount[0] > 2 * said.amount[1] >= 0
    assert 1 >= said.probability[0] > 0.5 >= said.probability[1] >= 0
    assert said.median_amount[0] > said.median_amount[1] >= 0


@pytest.mark.parametrize("name", ["support_vectors", "ridge"])
def test_the_total_of_the_training_rows_is_right(name: str):
    known = lesson()
    said = LEARNERS[name](known, known.features)
    assert said.amount.sum() == pytest.approx(known.spend.sum(), rel=0.02)


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("everybody", [0.0, 1.0])
def test_where_all_or_none_bought_there_is_nothing_to_tell_apart(name, everybody):
    known = lesson(200)
    same = np.full(200, everybody)
    said = LEARNERS[name](Lesson(known.features, 2 * same, same, 1), known.features)
    assert said.amount == pytest.approx(2 * same, abs=0.2)
    if name != "support_vectors":  # it has no chances, only ranks
        assert said.probability == pytest.approx(same)


def test_a_seed_may_be_a_date_and_a_time():
    known = lesson(200)
    large = replace(known, seed=202402291530)
    assert set(learned_baselines.answers(large, known.features, 1.0))


def test_amounts_come_in_the_units_asked_for():
    known = lesson(300)
    once = learned_baselines.answers(known, known.features, 1.0)
    thrice = learned_baselines.answers(known, known.features, 3.0)
    assert tuple(once) == learned_baselines.QUICK
    for name, said in once.items():
        assert thrice[name].amount == pytest.approx(3 * said.amount)
        assert thrice[name].median_amount == pytest.approx(3 * said.median_amount)
        assert np.array_equal(thrice[name].probability, said.probability)


def test_nobody_can_learn_from_nothing():
    nothing = Lesson(np.zeros((0, 3), np.float32), np.zeros(0), np.zeros(0), 1)
    assert learned_baselines.answers(nothing, np.zeros((5, 3)), 1.0) == {}
