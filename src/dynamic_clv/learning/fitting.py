"""Experts fitted on labelled rows: a recipe, networks, a regression, boosted trees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dynamic_clv.history.examples import Part
from dynamic_clv.model import boosting, logistic, recipe
from dynamic_clv.networks import compression, ensemble
from dynamic_clv.networks.hyperparameters import DEFAULTS, Hyperparameters
from dynamic_clv.settings import Settings


@dataclass(frozen=True)
class Effort:
    """How long to learn, and how.

    Attributes:
        epochs: passes of each network, at most where there are rows to judge by.
        rounds: trees by head; None lets the rows to judge by decide.
        penalty: on the weights of the regression; None likewise.
        chosen: how the networks are built and trained.
    """

    epochs: int
    rounds: Mapping[str, int] | None = None
    penalty: float | None = None
    chosen: Hyperparameters = DEFAULTS


@dataclass(frozen=True)
class Fitted:
    """What the rows taught.

    Attributes:
        recipe: how facts become inputs.
        members: weights of each network that is kept.
        trees: LightGBM's text by head.
        regression: weights of `logistic`.
        effort: epochs and rounds that led there.
        rows: rows learned from.
        compressed: what compression cost, see `compression.report`; empty without.
    """

    recipe: recipe.Recipe
    members: list[ensemble.Weights]
    trees: dict[str, str]
    regression: list[float]
    effort: Effort
    rows: int
    compressed: dict[str, dict[str, float]]


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
        effort: how long to learn, and how.
        log: told one line per epoch.
        check: called often; may raise to stop.
    """
    chosen = effort.chosen
    made = recipe.fit(rows, channels, rows[0].sequence.shape[1])
    made = made.silenced(chosen.silent_channels)
    shown = recipe.arrays(made, rows)
    beside = recipe.arrays(made, judged) if judged else None
    told = (log, check)
    networks = ensemble.train(shown, beside, settings, effort.epochs, *told, chosen)
    trained = [member.weights for member in networks]
    members = compression.compress(trained, shown[0], settings, *told)
    compressed = {}
    if beside and settings.compression != compression.NONE:
        compressed = compression.report(trained, members, beside, settings)
    trees, rounds = boosting.fit(shown, beside, effort.rounds, settings.seed, check)
    regression, penalty = logistic.fit(shown, beside, effort.penalty, check)
    epochs = max(round(np.mean([member.epochs for member in networks])), 1)
    return Fitted(
        recipe=made,
        members=members,
        trees=trees,
        regression=regression,
        effort=Effort(epochs, rounds, penalty, chosen),
        rows=sum(map(len, rows)),
        compressed=compressed,
    )
