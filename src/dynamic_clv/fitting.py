"""Experts fitted on labelled rows: a recipe, networks and boosted trees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dynamic_clv import boosting, ensemble, recipe
from dynamic_clv.examples import Part
from dynamic_clv.settings import Settings


@dataclass(frozen=True)
class Effort:
    """How long to learn.

    Attributes:
        epochs: passes of each network, at most where there are rows to judge by.
        rounds: trees by head; None lets the rows to judge by decide.
    """

    epochs: int
    rounds: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Fitted:
    """What the rows taught.

    Attributes:
        recipe: how facts become inputs.
        members: weights of each network.
        trees: LightGBM's text by head.
        effort: epochs and rounds that led there.
        rows: rows learned from.
    """

    recipe: recipe.Recipe
    members: list[ensemble.Weights]
    trees: dict[str, str]
    effort: Effort
    rows: int


def fit(
    rows: Sequence[Part],
    judged: Sequence[Part] | None,
    channels: Sequence[str],
    settings: Settings,
    effort: Effort,
    log: Callable[[str], None],
    check: Callable[[], None],
) -> Fitted:
    """Fit every expert on the same rows.

    Args:
        rows: labelled parts with their windows.
        judged: parts that decide when to stop; None learns for the whole effort.
        channels: columns of the windows, in their order.
        settings: seed, loss, members.
        effort: how long to learn.
        log: told one line per epoch.
        check: called often; may raise to stop.
    """
    made = recipe.fit(rows, channels, rows[0].sequence.shape[1])
    shown = recipe.arrays(made, rows)
    beside = recipe.arrays(made, judged) if judged else None
    networks = ensemble.train(shown, beside, settings, effort.epochs, log, check)
    trees, rounds = boosting.fit(shown, beside, effort.rounds, settings.seed, check)
    epochs = max(round(np.mean([member.epochs for member in networks])), 1)
    return Fitted(
        recipe=made,
        members=[member.weights for member in networks],
        trees=trees,
        effort=Effort(epochs, rounds),
        rows=sum(map(len, rows)),
    )
