"""A small search for a better way to train: on validation cut-offs, in a given time.

One thing is changed at a time, and kept where validation is clearly better with it,
customer by customer: by `blending.NOISE` standard errors, because with one, some of so
many changes would nearly always be kept by chance. A validation cut-off of a thousand
customers tells little apart, so most searches end where they began.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from dynamic_clv.history.examples import Part
from dynamic_clv.model import blending, recipe
from dynamic_clv.model.recipe import Recipe
from dynamic_clv.networks import ensemble, inference, network
from dynamic_clv.networks.hyperparameters import DEFAULTS, Hyperparameters
from dynamic_clv.settings import Settings

# In the order in which they are tried: what most often matters comes first.
CHANGES: tuple[dict[str, Any], ...] = (
    {"learning_rate": 3e-3},
    {"learning_rate": 3e-4},
    {"width": 64},
    {"width": 16},
    {"dropouts": (0.4,)},
    {"weight_decay": 1e-2},
    {"channel_dropout": 0.1},
    {"amount_jitter": 0.2},
)


@dataclass(frozen=True)
class Trial:
    """What one change did.

    Attributes:
        change: what was changed in the best found so far.
        loss: mean validation loss, all heads together.
        is_kept: whether it became the best.
        seconds: that it took.
    """

    change: dict[str, Any]
    loss: float
    is_kept: bool
    seconds: float


@dataclass(frozen=True)
class Found:
    """Where a search ended.

    Attributes:
        chosen: the best.
        trials: in the order in which they were made; the first changes nothing.
    """

    chosen: Hyperparameters = DEFAULTS
    trials: list[Trial] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return what was tried as plain values, ready for JSON."""
        return {"trials": [asdict(trial) for trial in self.trials]}


@dataclass(frozen=True)
class Lesson:
    """What a trial learns from and is judged by.

    Attributes:
        rows: labelled parts with their windows.
        judged: parts of later cut-offs.
        channels: columns of the windows, in their order.
        settings: seed, loss, epochs.
        check: called often; may raise to stop.
    """

    rows: Sequence[Part]
    judged: Sequence[Part]
    channels: Sequence[str]
    settings: Settings
    check: Callable[[], None]


def search(
    lesson: Lesson,
    budget_seconds: float,
    log: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """Try changes until the time is up; a trial that has begun is finished.

    Args:
        lesson: what to learn from and to be judged by.
        budget_seconds: 0 tries nothing, which gives the defaults.
        log: told one line per trial.
        clock: seconds that only grow.
    """
    started = clock()
    if budget_seconds <= 0:
        return Found()
    best = _try(lesson, DEFAULTS)
    trials = [Trial({}, float(best.losses.mean()), True, clock() - started)]
    for suggest in _SUGGESTIONS:
        change, began = suggest(lesson, best), clock()
        if began - started >= budget_seconds:
            break
        if not change:
            continue
        tried = _try(lesson, replace(best.chosen, **change))
        is_kept = blending.worse_by(best.losses, tried.losses) > blending.NOISE
        best = tried if is_kept else best
        loss = float(tried.losses.mean())
        trials.append(Trial(change, loss, is_kept, clock() - began))
        verdict = "kept" if is_kept else "not clearly better"
        log(f"search: {change} gives {loss:.4f}, {verdict}")
    return Found(best.chosen, trials)


@dataclass(frozen=True)
class _Tried:
    """One network: how it was trained, and each judged customer's loss."""

    chosen: Hyperparameters
    recipe: Recipe
    members: list[ensemble.Weights]
    losses: np.ndarray


def useless_channels(lesson: Lesson, tried: _Tried) -> list[str]:
    """Name the channels that no prediction misses when customers swap them.

    Permutation importance (Breiman 2001, "Random Forests"): where the losses do not
    grow clearly, what the network made of the channel was no help.
    """
    inputs, targets = recipe.arrays(tried.recipe, lesson.judged)
    order = np.random.default_rng(lesson.settings.seed).permutation(len(tried.losses))
    found = []
    for place, name in enumerate(lesson.channels):
        lesson.check()
        mixed = inputs[network.SEQUENCE].copy()
        mixed[:, :, place] = mixed[order, :, place]
        heads = inference.predict(tried.members, {**inputs, network.SEQUENCE: mixed})
        swapped = _losses(lesson.settings, heads, targets)
        if blending.worse_by(swapped, tried.losses) <= blending.NOISE:
            found.append(name)
    return found


def _silence(lesson: Lesson, tried: _Tried) -> dict[str, Any]:
    """Suggest not to listen to the channels that are no help."""
    useless = useless_channels(lesson, tried)
    return {"silent_channels": tuple(useless)} if useless else {}


def _try(lesson: Lesson, chosen: Hyperparameters) -> _Tried:
    """Train one network; the seed is the same each time."""
    steps = lesson.rows[0].sequence.shape[1]
    fitted = recipe.fit(lesson.rows, lesson.channels, steps)
    fitted = fitted.silenced(chosen.silent_channels)
    rows, judged = (
        recipe.arrays(fitted, parts) for parts in (lesson.rows, lesson.judged)
    )
    settings = replace(lesson.settings, ensemble_members=1)
    told = (lambda line: None, lesson.check)
    trained = ensemble.train(rows, judged, settings, settings.max_epochs, *told, chosen)
    members = [member.weights for member in trained]
    losses = _losses(settings, inference.predict(members, judged[0]), judged[1])
    return _Tried(chosen, fitted, members, losses)


def _losses(
    settings: Settings, heads: dict[str, np.ndarray], targets: dict[str, np.ndarray]
) -> np.ndarray:
    """Return each customer's loss, all heads together, (customers,)."""
    return sum(
        np.asarray(loss(targets[head], heads[head].astype(np.float32)), np.float64)
        for head, loss in ensemble.loss_by_head(settings).items()
    )


Suggestion = Callable[[Lesson, _Tried], dict[str, Any]]
_SUGGESTIONS: tuple[Suggestion, ...] = (
    *(lambda lesson, tried, change=change: change for change in CHANGES),
    _silence,
)
