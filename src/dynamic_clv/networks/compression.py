"""Smaller networks in place of the trained ones, for those who ask for them.

What is kept instead of the trained networks is judged, mixed, gated and published as
any network is, so a loss of accuracy cannot pass unseen.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dynamic_clv.networks import ensemble, inference, network, rounding
from dynamic_clv.networks.hyperparameters import Hyperparameters
from dynamic_clv.settings import Settings

Arrays = dict[str, np.ndarray]
Weights = list[np.ndarray]

NONE, INT8, STUDENT = "none", "int8", "student"

# A student is half as wide as its teachers, and alone.
STUDENT_WIDTH = 16


def compress(
    members: Sequence[Weights],
    shown: Arrays,
    settings: Settings,
    log: Callable[[str], None],
    check: Callable[[], None],
) -> list[Weights]:
    """Return the networks to keep: as they are, rounded, or one student of them.

    Args:
        members: weights of each trained network.
        shown: inputs of the rows they were trained on, see `recipe`.
        settings: say how.
        log: told one line per epoch of a student.
        check: called often; may raise to stop.
    """
    if settings.compression == INT8:
        return [rounding.pack(weights) for weights in members]
    if settings.compression == STUDENT:
        return [_student(members, shown, settings, log, check)]
    return list(members)


def report(
    before: Sequence[Weights],
    after: Sequence[Weights],
    judged: tuple[Arrays, Arrays],
    settings: Settings,
) -> dict[str, dict[str, Any]]:
    """Compare networks before and after, on rows that neither was trained on.

    Returns:
        For each: size of its weights, customers scored per second, and the mean loss of
        every head.
    """
    return {
        name: _measured(members, judged, settings)
        for name, members in (("trained", before), ("kept", after))
    }


def _student(
    members: Sequence[Weights],
    shown: Arrays,
    settings: Settings,
    log: Callable[[str], None],
    check: Callable[[], None],
) -> Weights:
    """Train one narrow network on what the others say (Hinton et al. 2015).

    It learns no noise by heart, for there is none in what they say: it goes on for as
    many epochs as are allowed.
    """
    said = inference.predict(members, shown)
    targets = {head: values.astype(np.float32) for head, values in said.items()}
    chosen = Hyperparameters(width=STUDENT_WIDTH, dropouts=(0.0,))
    alone = replace(settings, ensemble_members=1)
    [learned] = ensemble.train(
        (shown, targets), None, alone, settings.max_epochs, log, check, chosen
    )
    return learned.weights


def _measured(
    members: Sequence[Weights], judged: tuple[Arrays, Arrays], settings: Settings
) -> dict[str, Any]:
    inputs, targets = judged
    inference.predict(members, inputs)  # the first time is never the usual one
    started = time.monotonic()
    said = inference.predict(members, inputs)
    seconds = time.monotonic() - started
    losses = {
        f"loss_of_{head}": float(
            np.mean(loss(targets[head], said[head].astype(np.float32)))
        )
        for head, loss in ensemble.loss_by_head(settings).items()
    }
    arrays = [values for weights in members for values in weights]
    return {
        "kilobytes": sum(values.nbytes for values in arrays) / 1024,
        "customers_per_second": len(inputs[network.ANCHORS]) / max(seconds, 1e-9),
        **losses,
    }
