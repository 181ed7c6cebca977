"""The package's network in PyTorch, layer by layer and loss by loss, to be timed."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from dynamic_clv.expectation import quantiles
from dynamic_clv.networks import ensemble, network
from dynamic_clv.networks.hyperparameters import DEFAULTS

Arrays = Mapping[str, np.ndarray]
Tensor = torch.Tensor

WANTED = torch.tensor([quantiles.QUANTILES])


def heads(anchors: Tensor, corrections: Tensor) -> dict[str, Tensor]:
    """Return what `network.heads` returns."""
    moved = network.MOST_CORRECTION * torch.tanh(corrections / network.MOST_CORRECTION)
    log_spend, log_orders, logit, log_if_order = anchors.split(1, dim=1)
    to_mean, to_order, to_count, to_level, to_spread, to_gate = moved.split(1, dim=1)
    logit = logit + to_order
    chance = torch.sigmoid(logit.detach() + to_gate)
    rank = (chance - 1.0 + WANTED) / (chance + 1e-6)
    inside = torch.clamp(rank, 1e-4, 0.999)
    log_odds = torch.log(inside) - torch.log(1.0 - inside)
    spread = quantiles.START_SPREAD * torch.exp(to_spread)
    spent = torch.exp(log_if_order + to_level + spread * log_odds)
    return {
        network.MEAN: torch.exp(log_spend + to_mean),
        network.ORDER: torch.sigmoid(logit),
        network.COUNT: torch.exp(log_orders + to_count),
        network.QUANTILES: torch.where(rank > 0, spent, 0.0),
    }


class Network(nn.Module):
    """Conv1D -> pooling -> LSTM -> dense -> heads, as `network.build`, no dropout."""

    def __init__(self, shape: network.Shape) -> None:
        """Build the layers; PyTorch chooses the weights they start from."""
        super().__init__()
        width, (first, second) = DEFAULTS.width, network.DENSE
        self.patterns = nn.Conv1d(shape.channels, width, network.KERNEL)
        self.pool = nn.AvgPool1d(network.POOL)
        self.memory = nn.LSTM(width, width, batch_first=True)
        self.first = nn.Linear(width + shape.features, first)
        self.second = nn.Linear(first, second)
        self.corrections = nn.Linear(second + shape.features, network.COUNT_CORRECTIONS)
        nn.init.zeros_(self.corrections.weight)

    def forward(
        self, sequence: Tensor, features: Tensor, anchors: Tensor
    ) -> dict[str, Tensor]:
        """Return what every head says, (batch, outputs)."""
        before = nn.functional.pad(sequence.transpose(1, 2), (network.KERNEL - 1, 0))
        pooled = self.pool(torch.relu(self.patterns(before)))
        _, (history, _) = self.memory(pooled.transpose(1, 2))
        deep = torch.cat([history[0], features], 1)
        deep = torch.relu(self.second(torch.relu(self.first(deep))))
        moved = self.corrections(torch.cat([deep, features], 1))
        return heads(anchors, moved)


def loss(actual: Mapping[str, Tensor], said: Mapping[str, Tensor]) -> Tensor:
    """Add up the losses of the heads, as `ensemble.loss_by_head` does."""
    root = torch.sqrt(said[network.MEAN])
    tweedie = 2.0 * actual[network.MEAN] / root + 2.0 * root
    count = said[network.COUNT]
    poisson = count - actual[network.COUNT] * torch.log(count)
    chance = torch.clamp(said[network.ORDER], 1e-7, 1 - 1e-7)
    entropy = nn.functional.binary_cross_entropy(chance, actual[network.ORDER])
    error = actual[network.QUANTILES] - said[network.QUANTILES]
    pinball = torch.maximum(WANTED * error, (WANTED - 1.0) * error)
    return tweedie.mean() + poisson.mean() + entropy + pinball.mean()


class Lesson:
    """A network and its optimiser, ready to go through the rows again and again."""

    def __init__(self, inputs: Arrays, targets: Arrays, threads: int) -> None:
        """Keep the rows as tensors."""
        torch.set_num_threads(threads)
        torch.manual_seed(1)
        self._inputs = {k: torch.from_numpy(v) for k, v in inputs.items()}
        self._targets = {k: torch.from_numpy(v) for k, v in targets.items()}
        self._network = Network(network.shape_of(inputs))
        self._optimiser = torch.optim.AdamW(
            self._network.parameters(), DEFAULTS.learning_rate, weight_decay=0.0
        )

    def epoch(self, batch: int) -> float:
        """Go through all rows once, in a new order; the mean loss."""
        count = len(self._inputs[network.ANCHORS])
        order, losses = torch.randperm(count), []
        for start in range(0, count, batch):
            rows = order[start : start + batch]
            shown = {name: values[rows] for name, values in self._inputs.items()}
            actual = {name: values[rows] for name, values in self._targets.items()}
            self._optimiser.zero_grad()
            found = loss(actual, self._network(**shown))
            found.backward()
            nn.utils.clip_grad_norm_(
                self._network.parameters(), ensemble.LONGEST_GRADIENT
            )
            self._optimiser.step()
            losses.append(found.item())
        return float(np.mean(losses))
