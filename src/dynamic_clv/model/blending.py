"""How much of each expert to believe, head by head: validation decides.

Experts are mixed where they were corrected: means and counts as logarithms, chances as
logits, so that one expert's whale is damped by the others. Quantiles may be zero, and
are mixed as amounts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from scipy import special

from dynamic_clv import columns
from dynamic_clv.networks import network

Arrays = dict[str, np.ndarray]
Shares = dict[str, float]

# Splits into quarters are tried: finer ones differ by less than validation can see.
PARTS = 4

# Before any evidence: the network alone, or as much of it as of the trees. Where a
# regression was fitted it is the other half of the network.
ALONE = {columns.CNN_LSTM: 1.0}
WITH_REGRESSION = {columns.CNN_LSTM: 0.5, columns.LOGISTIC: 0.5}

# Standard errors that a difference must exceed to be more than noise.
NOISE = 2.0

# Draws of the validation customers that splits are chosen on, and what draws them.
COUNT_DRAWS = 200
DICE_SEED = 0

TINY = 1e-9


@dataclass(frozen=True)
class Choice:
    """What validation chose for one head.

    Attributes:
        options: by policy, see `settings.CHAMPIONS`: the share of each expert, together
            1.
        champion: the policy that is followed.
        losses: mean validation loss of each expert alone, and of the blend.
    """

    options: dict[str, Shares]
    champion: str
    losses: dict[str, float]

    @property
    def shares(self) -> Shares:
        """Return the shares of the policy that is followed."""
        return self.options[self.champion]


def choose(
    experts: Mapping[str, Arrays],
    targets: Arrays,
    losses: Mapping[str, Callable[[np.ndarray, np.ndarray], Any]],
    champion: str,
) -> dict[str, Choice]:
    """Choose the shares of every head.

    Args:
        experts: heads by expert on validation rows, see `experts.ask`.
        targets: what happened there, see `recipe.targets`.
        losses: head -> loss of each customer.
        champion: "cnn_lstm" expects the network to be the best, "best" expects the
            trees to be as good; either lets go as far as it is beaten beyond noise.
    """
    return {
        head: _choose(experts, head, targets[head], loss, champion)
        for head, loss in losses.items()
    }


def combine(experts: Mapping[str, Arrays], shares: Mapping[str, Shares]) -> Arrays:
    """Mix the experts' heads, in float64."""
    return {head: _mix(experts, head, found) for head, found in shares.items()}


def faded(shares: Shares, known: float) -> Shares:
    """Leave BG/NBD the part of the horizon that no label has reached.

    Args:
        shares: of each expert.
        known: longest label over the horizon asked for, at most 1.

    Examples:
        >>> faded({"cnn_lstm": 1.0}, 0.75)
        {'cnn_lstm': 0.75, 'btyd': 0.25}
    """
    found = {name: part * known for name, part in shares.items()}
    if known < 1:
        found[columns.BTYD] = found.get(columns.BTYD, 0.0) + 1 - known
    return found


def worse_by(mine: np.ndarray, other: np.ndarray) -> float:
    """Return how much worse the first losses are, in standard errors.

    Args:
        mine: losses of some customers, (customers,); not finite is infinitely worse.
        other: losses of the same customers.
    """
    if not np.isfinite(mine).all():
        return np.inf
    worse = mine - other
    mean, error = float(worse.mean()), worse.std() / np.sqrt(max(len(worse), 1))
    if error > 0:
        return float(mean / error)
    return np.inf * np.sign(mean) if mean else 0.0  # the same for every customer


def _choose(
    experts: Mapping[str, Arrays],
    head: str,
    target: np.ndarray,
    loss: Callable[[np.ndarray, np.ndarray], Any],
    champion: str,
) -> Choice:
    def judge(shares: Shares) -> np.ndarray:
        mixed = _mix(experts, head, shares).astype(np.float32)
        found = np.asarray(loss(target, mixed), np.float64)
        return np.where(np.isfinite(found), found, np.inf)

    there = [name for name, heads in experts.items() if head in heads]
    prior = WITH_REGRESSION if columns.LOGISTIC in there else ALONE
    wider = _beside_trees(prior) if columns.BOOSTING in there else prior
    tried = [(shares, judge(shares)) for shares in _grid(there)]
    options = {
        columns.CNN_LSTM: _bagged(tried, prior),
        columns.BEST: _bagged(tried, wider),
    }
    alone = {name: {name: 1.0} for name in there}
    known = {**alone, "blend": options[champion]}
    losses = {name: float(judge(shares).mean()) for name, shares in known.items()}
    return Choice(options, champion, losses)


def _beside_trees(prior: Shares) -> Shares:
    """Give half of everything to the trees."""
    return {**{name: part / 2 for name, part in prior.items()}, columns.BOOSTING: 0.5}


def _bagged(tried: Sequence[tuple[Shares, np.ndarray]], prior: Shares) -> Shares:
    """Average the splits that are chosen when the customers are drawn anew.

    Each draw takes the split that is better than the expected one by most, after
    `NOISE` standard errors of that difference are taken off; the expected one itself
    where none is. So there is no threshold at which all scores jump (Breiman 1996,
    "Bagging Predictors"): a little more evidence, or another processor, moves the
    shares a little.

    Args:
        tried: splits, and the loss of each customer under them.
        prior: the split that is expected.
    """
    sound = [(shares, loss) for shares, loss in tried if np.isfinite(loss).all()]
    expected = min(sound, key=lambda pair: _distance(pair[0], prior))[1]
    worse = np.stack([loss - expected for _, loss in sound])  # (splits, customers)
    count = worse.shape[1]
    dice = np.random.default_rng(DICE_SEED)
    draws = dice.multinomial(count, np.full(count, 1 / count), size=COUNT_DRAWS)
    errors = worse.std(axis=1) / np.sqrt(count)
    regret = worse @ (draws.T / count) + NOISE * errors[:, None]  # (splits, draws)
    found: Shares = {}
    for place in regret.argmin(axis=0):
        for name, part in sound[place][0].items():
            found[name] = found.get(name, 0.0) + part / COUNT_DRAWS
    return found


def _grid(names: list[str]) -> Iterator[Shares]:
    """List every split of the whole into quarters."""
    for parts in product(range(PARTS + 1), repeat=len(names)):
        if sum(parts) == PARTS:
            shares = zip(names, parts, strict=True)
            yield {name: part / PARTS for name, part in shares if part}


def _distance(shares: Shares, prior: Shares) -> float:
    names = {*shares, *prior}
    return sum(abs(shares.get(name, 0.0) - prior.get(name, 0.0)) for name in names)


def _mix(experts: Mapping[str, Arrays], head: str, shares: Shares) -> np.ndarray:
    forward, back = _LINKS.get(head, _AMOUNTS)
    return back(
        sum(part * forward(experts[name][head]) for name, part in shares.items())
    )


def _logs(values: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(values, TINY))


def _logits(values: np.ndarray) -> np.ndarray:
    return special.logit(np.clip(values, TINY, 1 - TINY))


_AMOUNTS = (np.asarray, np.asarray)
_LINKS = {
    network.MEAN: (_logs, np.exp),
    network.COUNT: (_logs, np.exp),
    network.ORDER: (_logits, special.expit),
}
