"""What a trained model says about customers, whatever kind of model it is."""

from dataclasses import dataclass

import numpy as np

from dynamic_clv import columns
from dynamic_clv.errors import BadInput
from dynamic_clv.expectation import levels, quantiles
from dynamic_clv.history import features
from dynamic_clv.history.examples import Part
from dynamic_clv.model import blending, experts, recipe
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.model.cohort import Cohort
from dynamic_clv.networks import network

# Nobody's next order is announced for later than this: a hundred years.
LONGEST_WAIT_DAYS = 36_500.0


@dataclass(frozen=True)
class Predictions:
    """Predictions over the horizon, (customers,); amounts in shop currency.

    Attributes:
        amount: mean net amount, >= 0.
        quantiles: (customers, 3) for `quantiles.QUANTILES`, each >= the one before.
        order_count: mean orders.
        p_order: probability of any order.
        p_alive: probability of still being a customer.
        days_to_next_order: median wait of those who are.
        btyd_amount: BG/NBD and Gamma-Gamma's mean, NaN where they could not be fitted.
        btyd_order_count: BG/NBD's orders, likewise.
    """

    amount: np.ndarray
    quantiles: np.ndarray
    order_count: np.ndarray
    p_order: np.ndarray
    p_alive: np.ndarray
    days_to_next_order: np.ndarray
    btyd_amount: np.ndarray
    btyd_order_count: np.ndarray


def predict(model: TrainedModel, part: Part) -> Predictions:
    """Predict the customers of a part that has its windows.

    Args:
        model: of any kind.
        part: anchored with the model's own BG/NBD parameters, where it has some.
    """
    if model.model_kind == columns.COHORT_MEAN:
        return _of_average(model.cohort, part)
    if model.model_kind == columns.BTYD:
        return _of_btyd(part)
    if model.recipe is None or not model.members:
        raise BadInput(
            f"Model {model.model_version} must hold weights and a recipe.",
            "Received a row without.",
            "Run `dbt build --vars 'clv_force_retrain: true'`.",
        )
    return _of_network(model, model.recipe, part)


def level(model: TrainedModel, part: Part) -> levels.Level:
    """Return the level that a model expects of the whole shop at a part's cut-off."""
    cut = part.cut_off
    return levels.forecast(
        model.levels,
        cut.as_of_date,
        cut.horizon_days,
        model.season_at(cut.as_of_date),
        part.anchored.parameters.leaves_after_first,
    )


def inputs(model: TrainedModel, part: Part) -> dict[str, np.ndarray]:
    """Return what the experts of a network model read, at the level to be expected."""
    return recipe.inputs(model.recipe, part, level(model, part))


def mix(
    model: TrainedModel, inputs: dict[str, np.ndarray], horizon_days: int
) -> dict[str, np.ndarray]:
    """Ask the experts of a network model and mix what they say.

    No label says how long a correction lasts beyond the longest one, so amounts and
    counts fade back to BG/NBD as the horizon grows longer than that. The chance of any
    order does not: most of it is decided early.
    """
    known = min(model.recipe.longest_horizon_days / horizon_days, 1.0)
    blend = {
        head: shares if head == network.ORDER else blending.faded(shares, known)
        for head, shares in model.blend.items()
    }
    return blending.combine(ask(model, inputs), blend)


def ask(
    model: TrainedModel, inputs: dict[str, np.ndarray]
) -> dict[str, dict[str, np.ndarray]]:
    """Ask the experts of a network model; heads by expert, see `experts.ask`."""
    return experts.ask(model.members, model.trees, model.regression, inputs)


def _of_network(model: TrainedModel, fitted: recipe.Recipe, part: Part) -> Predictions:
    heads = mix(model, inputs(model, part), part.horizon_days)
    heads[network.MEAN] *= np.exp(model.shift_at(part.cut_off.as_of_date))
    heads[network.QUANTILES] = model.stretch.apply(heads[network.QUANTILES])
    return _from_heads(heads, fitted.spend_unit, part)


def _of_btyd(part: Part) -> Predictions:
    """Predict without any correction."""
    unmoved = levels.Level(part.cut_off.as_of_date, part.horizon_days)
    anchors = features.anchor_logs(part.anchored, unmoved, blending.TINY)
    return _from_heads(experts.heads(anchors), 1.0, part)


def _from_heads(heads: dict[str, np.ndarray], unit: float, part: Part) -> Predictions:
    expected = part.anchored.expected
    p_order = np.clip(heads[network.ORDER][:, 0], 0.0, 1.0)
    amount = heads[network.MEAN][:, 0] * unit
    spend = heads[network.QUANTILES] * unit
    return Predictions(
        amount=amount,
        quantiles=_skewed(quantiles.ruled_out(spend, p_order), amount),
        # orders are at least as many as the chance of any
        order_count=np.maximum(heads[network.COUNT][:, 0], p_order),
        p_order=p_order,
        # who will order has not left
        p_alive=np.clip(np.maximum(expected.p_alive, p_order), 0.0, 1.0),
        days_to_next_order=np.minimum(expected.days_to_next_order, LONGEST_WAIT_DAYS),
        btyd_amount=expected.spend,
        btyd_order_count=expected.order_count,
    )


def _skewed(spend_quantiles: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Put quantiles in order, the median not above the mean: spend has a long tail."""
    low, median, high = spend_quantiles.T
    median = np.minimum(median, mean)
    return np.stack([np.minimum(low, median), median, np.maximum(high, median)], axis=1)


def _of_average(cohort: Cohort, part: Part) -> Predictions:
    """Predict the average customer for everybody; purchase days are Poisson."""
    ones = np.ones(len(part))
    purchases = cohort.purchase_days_per_day * part.horizon_days
    amount = cohort.amount_per_day * part.horizon_days
    chance = float(-np.expm1(-purchases))
    middle = max(amount, 1e-9) / max(chance, 1e-9) / quantiles.MEAN_OVER_MEDIAN
    spend = quantiles.of_spend(
        np, np.array([[chance]]), np.log([[middle]]), quantiles.START_SPREAD
    )
    wait = np.log(2) / max(cohort.purchase_days_per_day, 1e-9)
    return Predictions(
        amount=ones * amount,
        quantiles=np.repeat(spend, len(part), axis=0),
        order_count=ones * purchases * cohort.orders_per_purchase_day,
        p_order=ones * chance,
        p_alive=ones * chance,
        days_to_next_order=ones * min(wait, LONGEST_WAIT_DAYS),
        btyd_amount=ones * np.nan,
        btyd_order_count=ones * np.nan,
    )
