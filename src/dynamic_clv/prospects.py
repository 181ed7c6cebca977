"""People who have not ordered yet: will they, and what will they bring if they do?

A logistic regression on what a prospect has done says who will order within the horizon
that labels cover; what those who did order brought is an average. Where too few have
ordered to tell prospects apart, everybody gets the shop's rate.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.expectation import quantiles
from dynamic_clv.history import features, frames
from dynamic_clv.history.features import Facts
from dynamic_clv.model import scaling
from dynamic_clv.model.prediction import LONGEST_WAIT_DAYS, Predictions
from dynamic_clv.model.scaling import Scaler

# What is assumed before anybody has been watched: one prospect in twenty orders within
# a year. It weighs as much as twenty prospects, so a few hundred outvote it.
PRIOR_DAYS = 365
PRIOR_RATE = 0.05
PRIOR_PROSPECTS = 20

# An average order of the shop stands in for so many converts: one of them alone, who
# happened to buy a kitchen, should not set what all prospects are worth.
PRIOR_CONVERTS = 5

# Fewer on either side cannot tell prospects apart.
LEAST_CONVERTS = 30

# Strength of the regression's data against its ridge penalty.
PENALTY = 0.1

# The weights are stored with so many digits: enough, and the same on every machine.
DIGITS = 6


@dataclass(frozen=True)
class Watched:
    """Prospects at past cut-offs who could be followed for one horizon.

    Attributes:
        horizon_days: days that each was followed.
        facts: what was known at the cut-off, (rows,).
        amount: net amount in the horizon, (rows,).
        count_orders: orders in the horizon, (rows,).
    """

    horizon_days: int
    facts: Facts
    amount: np.ndarray
    count_orders: np.ndarray

    @property
    def has_ordered(self) -> np.ndarray:
        """Tell who became a customer, (rows,)."""
        return self.count_orders > 0

    @property
    def tells_apart(self) -> bool:
        """Tell whether there is enough of both kinds to learn from."""
        converts = int(self.has_ordered.sum())
        return min(converts, len(self.facts) - converts) >= LEAST_CONVERTS


@dataclass(frozen=True)
class ProspectModel:
    """What is known about prospects as plain numbers.

    Attributes:
        label_horizon_days: days that the probability covers.
        count_watched: prospects at cut-offs that it was learned from; 0 for the prior.
        count_converts: those who ordered.
        rate: share who order, shrunk towards the prior.
        amount_if_order: mean net amount in the horizon of those who order.
        orders_if_order: their mean orders, at least one.
        scaler: of the regression; None where everybody gets the rate.
        intercept: of the regression.
        weights: of the regression, one per column of the scaler.
    """

    label_horizon_days: int
    count_watched: int
    count_converts: int
    rate: float
    amount_if_order: float
    orders_if_order: float
    scaler: Scaler | None = None
    intercept: float = 0.0
    weights: list[float] = field(default_factory=list)

    @property
    def model_kind(self) -> str:
        """Return what kind of answer it gives."""
        tells_apart = self.scaler is not None
        return columns.PROSPECT_CONVERSION if tells_apart else columns.PROSPECT_RATE

    @property
    def fallback_reason(self) -> str:
        """Say why no network answers, and what does."""
        start = "This person has not ordered yet"
        if not self.count_watched:
            return (
                f"{start}, and no prospect could be followed for a whole horizon: "
                f"the score assumes that {PRIOR_RATE:.0%} order within a year."
            )
        seen = (
            f"{start}. {self.count_converts} of {self.count_watched} earlier "
            f"observations of prospects led to an order within "
            f"{self.label_horizon_days} days"
        )
        if self.scaler is None:
            return f"{seen}: too few to tell prospects apart, so all score the same."
        return f"{seen}; the score compares this person's sign-up and visits with them."

    def to_json(self) -> str:
        """Return everything that a prediction depends on, as text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "ProspectModel":
        """Rebuild a model from `to_json`."""
        values: Mapping[str, Any] = json.loads(text)
        scaler = Scaler.from_dict(values["scaler"]) if values["scaler"] else None
        return cls(**{**values, "scaler": scaler})


def known(rows: pa.Table) -> Facts:
    """Return what is known of prospects, sorted by customer and cut-off."""
    keys = (columns.CUSTOMER_ID, columns.AS_OF_DATE)
    rows = rows.sort_by([(name, "ascending") for name in keys])
    return features.known(rows, rows.select([columns.CUSTOMER_ID]))


def watched(rows: pa.Table, labels: pa.Table) -> list[Watched]:
    """Join prospects with what they did, one horizon at a time, longest first.

    Args:
        rows: `fea_clv__prospects`.
        labels: `fea_clv__prospect_labels`.
    """
    keys = [columns.CUSTOMER_ID, columns.AS_OF_DATE]
    horizons = labels.column(columns.HORIZON_DAYS)
    found = []
    for days in sorted(horizons.unique().to_pylist(), reverse=True):
        of_horizon = labels.filter(pa.compute.equal(horizons, days))
        ends = of_horizon.select([*keys, *_LABELS])
        joined = rows.join(ends, keys, join_type="inner")
        joined = joined.sort_by([(name, "ascending") for name in keys])
        amount, orders = (frames.floats(joined.column(name)) for name in _LABELS)
        facts = known(joined.drop_columns(list(_LABELS)))
        found.append(Watched(days, facts, np.nan_to_num(amount), orders))
    return found


def fit(seen: Sequence[Watched], average_order_amount: float) -> ProspectModel:
    """Learn from the longest horizon that can tell prospects apart, or the longest.

    Args:
        seen: one per horizon, longest first; may be empty.
        average_order_amount: of the shop's customers; 0 while there are none.
    """
    seen = [one for one in seen if len(one.facts)]
    if not seen:
        return ProspectModel(PRIOR_DAYS, 0, 0, PRIOR_RATE, average_order_amount, 1.0)
    chosen = next((one for one in seen if one.tells_apart), seen[0])
    model = _average(chosen, average_order_amount)
    if not chosen.tells_apart:
        return model
    return _regression(model, chosen)


def predict(model: ProspectModel, facts: Facts, horizon_days: int) -> Predictions:
    """Predict prospects over a horizon.

    A horizon other than the label's is reached with a constant hazard: silence makes
    each further day as likely to bring the first order as those before, and further
    orders come in proportion to time.
    """
    stretch = horizon_days / model.label_horizon_days
    log_silence = stretch * np.log1p(-chance(model, facts))
    p_order = -np.expm1(log_silence)
    orders_if = 1 + (model.orders_if_order - 1) * stretch
    amount_if = model.amount_if_order * orders_if / model.orders_if_order
    middle = max(amount_if, 1e-9) / quantiles.MEAN_OVER_MEDIAN
    spend = quantiles.of_spend(
        np, p_order[:, None], np.log(middle), quantiles.START_SPREAD
    )
    unknown = np.full(len(facts), np.nan)
    return Predictions(
        amount=p_order * amount_if,
        quantiles=np.maximum.accumulate(spend, axis=1),
        order_count=p_order * orders_if,
        p_order=p_order,
        p_alive=unknown,
        days_to_next_order=np.minimum(
            np.log(2) * horizon_days / -log_silence, LONGEST_WAIT_DAYS
        ),
        btyd_amount=unknown,
        btyd_order_count=unknown,
    )


def chance(model: ProspectModel, facts: Facts) -> np.ndarray:
    """Return the probability of an order within the label horizon, (rows,)."""
    if model.scaler is None:
        return np.full(len(facts), model.rate)
    logit = _matrix(model.scaler, facts) @ np.array(model.weights) + model.intercept
    return np.clip(1 / (1 + np.exp(-logit)), 1e-6, 1 - 1e-6)


_LABELS = (columns.NET_AMOUNT_IN_HORIZON, columns.COUNT_ORDERS_IN_HORIZON)


def _average(seen: Watched, average_order_amount: float) -> ProspectModel:
    """Count who ordered and what they brought, each shrunk towards its prior."""
    converts, watched = int(seen.has_ordered.sum()), len(seen.facts)
    prior = -np.expm1(np.log1p(-PRIOR_RATE) * seen.horizon_days / PRIOR_DAYS)
    amount = float(seen.amount[seen.has_ordered].sum())
    orders = float(seen.count_orders[seen.has_ordered].sum())
    weight = converts + PRIOR_CONVERTS
    return ProspectModel(
        label_horizon_days=seen.horizon_days,
        count_watched=watched,
        count_converts=converts,
        rate=float((converts + PRIOR_PROSPECTS * prior) / (watched + PRIOR_PROSPECTS)),
        amount_if_order=max(
            (amount + PRIOR_CONVERTS * average_order_amount) / weight, 0.0
        ),
        orders_if_order=(orders + PRIOR_CONVERTS) / weight,
    )


def _regression(model: ProspectModel, seen: Watched) -> ProspectModel:
    """Add the weights that tell prospects apart."""
    # takes a second to import: a shop without prospects need not wait for it
    from sklearn.linear_model import LogisticRegression

    scaler = scaling.fit(seen.facts.numbers, seen.facts.categories)
    fitted = LogisticRegression(C=PENALTY, max_iter=1_000)
    fitted.fit(_matrix(scaler, seen.facts), seen.has_ordered)
    return ProspectModel(
        **{
            **vars(model),
            "scaler": scaler,
            "intercept": round(float(fitted.intercept_[0]), DIGITS),
            "weights": [round(float(w), DIGITS) for w in fitted.coef_[0]],
        }
    )


def _matrix(scaler: Scaler, facts: Facts) -> np.ndarray:
    """Return float64 (rows, features)."""
    scaled = scaling.transform(scaler, facts.numbers, facts.categories, len(facts))
    return scaled.astype(np.float64)
