"""Rivals that every build also runs, on the rows of all cut-offs.

A horizon longer than any label is answered by the longest label's amounts times
asked / longest days, and by the chance of any order at a constant hazard.
"""

import numpy as np
from rivals_question import Question, answer, longer

from dynamic_clv.measures import learned_baselines
from dynamic_clv.measures.baselines import Baseline
from dynamic_clv.measures.learned_baselines import Learner, Lesson
from dynamic_clv.networks import network


def decision_tree(question: Question) -> Baseline:
    """See `learned_baselines.decision_tree`; likewise below."""
    return _ask(question, learned_baselines.decision_tree)


def random_forest(question: Question) -> Baseline:
    """A forest of a hundred trees."""
    return _ask(question, learned_baselines.random_forest)


def svr(question: Question) -> Baseline:
    """Support vector regression on 5,000 rows drawn at random."""
    found = _ask(question, learned_baselines.support_vectors)
    return answer(
        found.amount, learned_baselines.ranked(found.amount), found.median_amount
    )


def ridge(question: Question) -> Baseline:
    """Linear, on log spend."""
    return _ask(question, learned_baselines.ridge)


def _ask(question: Question, learner: Learner) -> Baseline:
    inputs, targets = question.rows
    lesson = Lesson(
        inputs[network.FEATURES],
        targets[network.MEAN][:, 0].astype(np.float64),
        targets[network.ORDER][:, 0],
        question.settings.seed,
    )
    said = learner(lesson, question.today[network.FEATURES])
    scale = question.unit * question.stretch
    chance = longer(said.probability, question.stretch)
    return answer(said.amount * scale, chance, said.median_amount * scale)
