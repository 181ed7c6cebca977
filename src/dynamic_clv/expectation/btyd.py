"""Buy-till-you-die: how often, how much and how long customers go on buying.

Orders follow BG/NBD (Fader, Hardie and Lee 2005, "Counting Your Customers the Easy
Way", Marketing Science 24(2)) or MBG/NBD, in which a customer may also leave right
after the first order (Batislam, Denizel and Filiztekin 2007, "Empirical validation and
comparison of models for customer base analysis", International Journal of Research in
Marketing 24(3)): whichever is likelier. Amounts follow Gamma-Gamma (Fader and Hardie
2013, "The Gamma-Gamma Model of Monetary Value"). An "order" is a day with purchases.

    frequency       x    repeat purchase days (0 for a one-time buyer)
    recency_days    t_x  first to last purchase day
    t_days          T    first purchase day to as_of_date
    monetary_value  z    mean net amount per purchase day, the first one included

Gamma-Gamma is fitted on all buyers with x + 1 purchase days each. The paper drops the
first order; keeping it ranks customers better on real shops.
"""

from dataclasses import asdict, dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from dynamic_clv.errors import BadInput, NotEnoughData
from dynamic_clv.expectation import likelihoods

Array = NDArray[np.float64]

DAYS_PER_WEEK = 7.0
LEAST_CUSTOMERS = 20
LEAST_REPEAT_BUYERS = 5
LEAST_STATES = 3
BG_NBD, MBG_NBD = "bg_nbd", "mbg_nbd"
ORDERS_MODELS = (BG_NBD, MBG_NBD)
NEVER_DAYS = 36_500.0
NUDGE = 1e-6

NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(64)
NODES, NODE_WEIGHTS = (NODES + 1) / 2, NODE_WEIGHTS / 2  # on (0, 1)


@dataclass(frozen=True)
class BtydParameters:
    """Fitted orders (r, alpha, a, b) and Gamma-Gamma (p, q, v); v in shop currency.

    leaves_after_first tells MBG/NBD from BG/NBD.
    """

    r: float
    alpha: float
    a: float
    b: float
    p: float
    q: float
    v: float
    time_unit_days: float = DAYS_PER_WEEK
    leaves_after_first: bool = False

    @property
    def mean_order_amount(self) -> float:
        """Mean amount per purchase day over all customers, p v / (q - 1)."""
        return self.p * self.v / (self.q - 1)

    @property
    def b_with_first(self) -> float:
        """Second parameter of the leaving chance, with the first order counted."""
        return self.b + 1 if self.leaves_after_first else self.b

    def to_dict(self) -> dict[str, float]:
        """Give plain floats, ready for JSON; 1 and 0 for yes and no."""
        return {name: float(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, float]) -> "BtydParameters":
        """Rebuild what `to_dict` gave.

        Raises:
            BadInput: a parameter is missing.
        """
        names = [field.name for field in fields(cls)]
        if not set(names) <= set(values):
            advice = "Run `dbt build`: it trains another model."
            raise BadInput.missing_columns("btyd_json", names, values, advice)
        found = {name: float(values[name]) for name in names}
        found["leaves_after_first"] = found["leaves_after_first"] == 1.0
        return cls(**found)


@dataclass(frozen=True)
class BtydExpectations:
    """What the model expects of each customer; every array is (customers,).

    order_count, spend and p_order (any order) are over the horizon; spend is
    order_count * average_order_amount. days_to_next_order is the median wait of a
    customer who is alive (the mean is infinite for one-time buyers), 36,500 at most.
    """

    order_count: Array
    average_order_amount: Array
    spend: Array
    p_alive: Array
    p_order: Array
    days_to_next_order: Array


def fit(
    frequency: ArrayLike,
    recency_days: ArrayLike,
    t_days: ArrayLike,
    monetary_value: ArrayLike,
    orders_model: str | None = None,
) -> BtydParameters:
    """Fit both models by maximum likelihood; row order changes nothing.

    No penalty is used. Logarithms of the parameters are kept in wide bounds and q
    above 1, so that the mean amount exists.

    Args:
        frequency: repeat purchase days, (customers,).
        recency_days: days from first to last purchase, (customers,).
        t_days: days from first purchase to as_of_date, (customers,).
        monetary_value: mean amount per purchase day, (customers,); who returned
            everything (<= 0) or is unknown (NaN) is left out of Gamma-Gamma only.
        orders_model: one of `ORDERS_MODELS`; None takes the likelier one, as both have
            four parameters.

    Raises:
        NotEnoughData: too few customers or repeat buyers, or no convergence.
        BadInput: lengths differ, or a time is negative or out of order.

    Example:
        >>> parameters = fit([0, 2] * 20, [0, 30] * 20, range(40, 80), [9, 12] * 20)
        >>> parameters.time_unit_days
        7.0
    """
    x, t_x, t, z = _customers(
        frequency, recency_days, t_days, monetary_value, DAYS_PER_WEEK
    )
    _check_enough("customers", LEAST_CUSTOMERS, len(x))
    _check_enough("repeat buyers", LEAST_REPEAT_BUYERS, (x > 0).sum())
    states = likelihoods.grouped(x, t_x, t)
    _check_enough("different purchase histories", LEAST_STATES, len(states[0]))
    r, alpha, a, b, leaves_after_first = _fit_orders(states, orders_model)
    has_amount = z > 0
    what = "customers with a positive monetary value"
    _check_enough(what, LEAST_CUSTOMERS, has_amount.sum())
    p, q, v = likelihoods.fit_amounts(x[has_amount] + 1, z[has_amount])
    return BtydParameters(
        r, alpha, a, b, p, q, v, leaves_after_first=leaves_after_first
    )


def expectations(
    parameters: BtydParameters,
    frequency: ArrayLike,
    recency_days: ArrayLike,
    t_days: ArrayLike,
    monetary_value: ArrayLike,
    horizon_days: ArrayLike,
) -> BtydExpectations:
    """Expect orders, amounts and activity of each customer over a horizon.

    Args:
        parameters: what `fit` gave.
        frequency: see `fit`, likewise the next three.
        recency_days: days.
        t_days: days.
        monetary_value: below 0 counts as 0, which few purchase days believe little;
            NaN becomes the mean over all customers.
        horizon_days: days after as_of_date, one for all or one each.

    Returns:
        Finite arrays, >= 0, (customers,); zero orders at horizon zero.

    Raises:
        BadInput: lengths differ, or a time is negative or out of order.
    """
    unit = parameters.time_unit_days
    x, t_x, t, z = _customers(frequency, recency_days, t_days, monetary_value, unit)
    horizon = np.asarray(horizon_days, np.float64)
    if horizon.ndim and len(horizon) != len(x):
        lengths = {"frequency": len(x), "horizon_days": len(horizon)}
        raise BadInput.unequal_lengths(lengths)
    _check_range("horizon_days", ">= 0 and finite", (horizon >= 0) & (horizon < np.inf))
    horizon = np.broadcast_to(horizon / unit, x.shape)
    rate, elapsed = parameters.r + x, parameters.alpha + t  # lambda, if alive
    p_alive = _p_alive(parameters, x, t_x, t)
    p_order = -np.expm1(-rate * np.log1p(horizon / elapsed))  # if alive
    order_count = p_alive * _orders_if_alive(parameters, x, t, horizon, p_order)
    amount = _order_amount(parameters, x + 1, z)
    with np.errstate(over="ignore"):
        wait_days = elapsed * np.expm1(np.log(2) / rate) * unit
    return BtydExpectations(
        order_count=order_count,
        average_order_amount=amount,
        spend=order_count * amount,
        p_alive=p_alive,
        p_order=p_alive * p_order,
        days_to_next_order=np.minimum(wait_days, NEVER_DAYS),
    )


def _fit_orders(
    states: list[Array], orders_model: str | None
) -> tuple[float, float, float, float, bool]:
    """Fit the models asked for; of two, BG/NBD is kept unless the other is likelier."""
    found = {
        name: likelihoods.fit_orders(*states, name == MBG_NBD)
        for name in ORDERS_MODELS
        if orders_model in (name, None)
    }
    best = max(found, key=lambda name: found[name][1])
    r, alpha, a, b = found[best][0]
    return r, alpha, a, b, best == MBG_NBD


def _customers(
    x: ArrayLike, t_x: ArrayLike, t: ArrayLike, z: ArrayLike, unit_days: float
) -> tuple[Array, Array, Array, Array]:
    """Check the four arrays and count times in units; no amount is below zero."""
    x, t_x, t, z = (np.asarray(values, np.float64) for values in (x, t_x, t, z))
    names = ("frequency", "recency_days", "t_days", "monetary_value")
    lengths = dict(zip(names, map(np.size, (x, t_x, t, z)), strict=True))
    if len(set(lengths.values())) > 1 or x.ndim != 1:
        raise BadInput.unequal_lengths(lengths)
    _check_range("frequency", ">= 0 and finite", (x >= 0) & (x < np.inf))
    _check_range("recency_days", "between 0 and `t_days`", (t_x >= 0) & (t_x <= t))
    _check_range("t_days", "finite", t < np.inf)
    z = np.where(np.isfinite(z), np.maximum(z, 0.0), np.nan)
    return x, t_x / unit_days, t / unit_days, z


def _check_range(name: str, wanted: str, is_good: NDArray[np.bool_]) -> None:
    if not is_good.all():
        raise BadInput.out_of_range(name, wanted, int((~is_good).sum()))


def _check_enough(what: str, wanted: int, received: float) -> None:
    if received < wanted:
        raise NotEnoughData.too_few(what, wanted, received)


def _p_alive(parameters: BtydParameters, x: Array, t_x: Array, t: Array) -> Array:
    """P(alive at as_of_date), 2005, under eq. (9); 1 with no chance to leave so far."""
    r, alpha, a = parameters.r, parameters.alpha, parameters.a
    could_leave = (x > 0) | parameters.leaves_after_first
    odds = np.log(a / np.where(could_leave, parameters.b_with_first + x - 1, 1.0))
    odds = odds + (r + x) * np.log((alpha + t) / (alpha + t_x))
    return np.where(could_leave, special.expit(-odds), 1.0)


def _orders_if_alive(
    parameters: BtydParameters, x: Array, t: Array, horizon: Array, p_order: Array
) -> Array:
    """Orders in the horizon (weeks) of customers who are alive; 2005, eq. (10).

    Euler's transformation takes r + x out of the hypergeometric function, so heavy
    buyers do not overflow. What still fails is integrated over the leaving chance.
    Who is alive has stayed x times under BG/NBD and x + 1 times under MBG/NBD: all that
    sets the two apart here is b.
    """
    r, a, b = parameters.r, parameters.a, parameters.b_with_first
    a = a if abs(a - 1) > NUDGE else 1 + NUDGE
    c = a + b + x - 1
    c = np.where(np.abs(c) > NUDGE, c, NUDGE)
    elapsed = parameters.alpha + t
    z = horizon / (elapsed + horizon)
    with np.errstate(all="ignore"):
        rest = (1 - z) ** (a - 1) * special.hyp2f1(a - 1, a + b - 1 - r, c, z)
        orders = c / (a - 1) * (1 - rest)
    least, most = p_order, (r + x) * horizon / elapsed  # leaves at once, never
    bad = ~((orders >= least * (1 - NUDGE)) & (orders <= most * (1 + NUDGE)))
    if bad.any():
        ratio = (horizon / elapsed)[bad]
        orders[bad] = _orders_by_quadrature(parameters, x[bad], ratio)
    return np.clip(orders, least, most)


def _orders_by_quadrature(parameters: BtydParameters, x: Array, ratio: Array) -> Array:
    """Mean of (1 - (1 + p ratio)^-(r + x)) / p over p ~ Beta(a, b + x); error < 0.1%.

    It is the same expectation before the integral is solved: a customer with rate
    lambda and leaving chance p places (1 - exp(-lambda p t)) / p orders.
    """
    rate, orders = parameters.r + x, np.zeros_like(x)
    for node, weight in zip(NODES, NODE_WEIGHTS, strict=True):
        stayed = parameters.b_with_first + x
        p = np.maximum(special.betaincinv(parameters.a, stayed, node), 1e-300)
        orders += weight * -np.expm1(-rate * np.log1p(p * ratio)) / p
    return orders


def _order_amount(parameters: BtydParameters, x: Array, z: Array) -> Array:
    """Mean amount given x purchase days of mean z: p (v + x z) / (p x + q - 1)."""
    p, q = parameters.p, parameters.q
    share = p * x / (p * x + q - 1)
    mean = parameters.mean_order_amount
    return np.where(np.isnan(z), mean, share * z + (1 - share) * mean)
