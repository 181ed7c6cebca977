"""Everything fitted on training rows that turns facts into what a network reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dynamic_clv.expectation import levels
from dynamic_clv.history import features, windows
from dynamic_clv.history.examples import Part
from dynamic_clv.model import scaling
from dynamic_clv.networks import network

# A channel whose unit is as large as this says nothing.
SILENT = 1e30


@dataclass(frozen=True)
class Recipe:
    """The scaler and its companions; travels with the weights.

    Attributes:
        scaler: scales of profile, behaviour and expectations.
        channels: columns of the windows, in order.
        channel_units: size of what usually happens in each channel.
        spend_unit: mean spend in the horizon, shop currency; the network's unit.
        longest_horizon_days: the longest horizon among the training rows.
        steps: periods of history.
        period_days: days in one period.
    """

    scaler: scaling.Scaler
    channels: list[str]
    channel_units: list[float]
    spend_unit: float
    longest_horizon_days: int
    steps: int
    period_days: int

    @property
    def shape(self) -> network.Shape:
        """Sizes of the network that reads these inputs."""
        count_channels = len(self.channels) + 1  # and whether the customer existed
        return network.Shape(self.steps, count_channels, len(self.scaler.names()))

    def silenced(self, names: Sequence[str]) -> "Recipe":
        """Return a recipe in which nothing ever happens in some channels."""
        pairs = zip(self.channels, self.channel_units, strict=True)
        units = [SILENT if name in names else unit for name, unit in pairs]
        return replace(self, channel_units=units)

    def to_dict(self) -> dict:
        """Return plain values, ready for JSON."""
        return {**vars(self), "scaler": self.scaler.to_dict()}

    @classmethod
    def from_dict(cls, values: Mapping) -> "Recipe":
        """Rebuild a recipe from `to_dict`."""
        scaler = scaling.Scaler.from_dict(values["scaler"])
        return cls(**{**values, "scaler": scaler})


def fit(parts: Sequence[Part], channels: Sequence[str], steps: int) -> Recipe:
    """Fit the recipe on labelled parts, never on rows that are to be predicted.

    Args:
        parts: training rows.
        channels: columns of the windows, in the order they were scattered in.
        steps: periods of history that were scattered.
    """
    numbers = _together([_numbers(part, part.horizon_days) for part in parts])
    categories = _together([part.facts.categories for part in parts])
    expected = features.anchor_numbers(parts[0].anchored).keys()
    amount = np.concatenate([part.amount for part in parts])
    sequence = np.concatenate([part.sequence[:, :, :-1] for part in parts])
    return Recipe(
        scaler=scaling.fit(numbers, categories, unlogged=expected),
        channels=list(channels),
        channel_units=windows.channel_units(sequence).tolist(),
        spend_unit=max(float(np.maximum(amount, 0.0).mean()), 1e-9),
        longest_horizon_days=max(part.horizon_days for part in parts),
        steps=steps,
        period_days=parts[0].cut_off.period_days,
    )


def inputs(recipe: Recipe, part: Part, level: levels.Level) -> dict[str, np.ndarray]:
    """Turn one part into the network's inputs.

    A horizon longer than any that was trained on is seen as the longest that was;
    only the anchors, which extrapolate soundly, know the real one.

    Returns:
        float32 arrays by input name, see `network.build`.
    """
    seen = min(part.horizon_days, recipe.longest_horizon_days)
    numbers = _numbers(part, seen)
    anchors = features.anchor_logs(part.anchored, level)
    anchors[:, [0, 3]] -= np.log(recipe.spend_unit)
    return {
        network.SEQUENCE: windows.compress(
            part.sequence, np.array(recipe.channel_units)
        ),
        network.FEATURES: scaling.transform(
            recipe.scaler, numbers, part.facts.categories, len(part)
        ),
        network.ANCHORS: anchors.astype(np.float32),
    }


def targets(recipe: Recipe, part: Part) -> dict[str, np.ndarray]:
    """Return what each head should have said, float32 (customers, 1)."""
    spend = (part.amount / recipe.spend_unit).astype(np.float32)[:, None]
    orders = part.count_orders.astype(np.float32)[:, None]
    return {
        network.MEAN: spend,
        network.ORDER: (orders > 0).astype(np.float32),
        network.COUNT: orders,
        network.QUANTILES: spend,
    }


def arrays(
    recipe: Recipe, parts: Sequence[Part]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return inputs and targets of labelled parts, each at the level it really had."""
    shown = [inputs(recipe, part, part.level) for part in parts]
    return _together(shown), _together([targets(recipe, part) for part in parts])


def _numbers(part: Part, horizon_days: int) -> dict[str, np.ndarray]:
    """Return behaviour, profile and what BG/NBD expects over a horizon."""
    anchored = part.anchored
    if horizon_days != anchored.horizon_days:
        anchored = features.anchor(part.facts, anchored.parameters, horizon_days)
    return {**part.facts.numbers, **features.anchor_numbers(anchored)}


def _together(parts: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
