"""What cut-offs that a model never learned from say about it: whom to believe, how far.

Totals and ranges are judged as they would have been predicted then, season and level
included; experts are compared at the level that really came.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np

from dynamic_clv.history.examples import Part
from dynamic_clv.model import blending, calibration, experts, prediction, recipe
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.networks import ensemble, network
from dynamic_clv.settings import Settings


def choose(
    model: TrainedModel, parts: Sequence[Part], settings: Settings
) -> dict[str, blending.Choice]:
    """Choose the shares of the model's experts, each part at the level it really had.

    Args:
        model: with a recipe and experts.
        parts: labelled, with their windows.
        settings: loss and champion.
    """
    shown = [recipe.inputs(model.recipe, part, part.level) for part in parts]
    asked = [prediction.ask(model, one) for one in shown]
    together = {
        expert: _together([one[expert] for one in asked]) for expert in asked[0]
    }
    targets = _together([recipe.targets(model.recipe, part) for part in parts])
    losses = ensemble.loss_by_head(settings)
    return blending.choose(together, targets, losses, settings.champion)


def shifts(model: TrainedModel, parts: Sequence[Part]) -> dict[dt.date, float]:
    """Return how far the total is moved at each cut-off; no label is needed."""
    found = {}
    for part in parts:
        inputs = prediction.inputs(model, part)
        mean = prediction.mix(model, inputs, part.horizon_days)[network.MEAN]
        anchors = experts.anchor_heads(inputs)[network.MEAN]
        found[part.cut_off.as_of_date] = calibration.shift(mean, anchors)
    return found


def stretch(model: TrainedModel, parts: Sequence[Part]) -> calibration.Stretch:
    """Learn from labelled parts how wide the range between p10 and p90 should be."""
    said = [prediction.predict(model, part).quantiles for part in parts]
    return calibration.stretch(said, [part.amount for part in parts])


def _together(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
