"""Likelihoods of buying, with gradients, and the search for their best parameters.

Times are in one unit, amounts in one currency. `btyd` prepares both and reads on.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from dynamic_clv.errors import NotEnoughData

Array = NDArray[np.float64]
Logs = Sequence[tuple[float, ...]]


# bounds are natural logarithms; time in weeks, amounts over their geometric mean
ORDER_BOUNDS = [(-7.0, 7.0), (-7.0, 14.0), (-7.0, 7.0), (-7.0, 7.0)]
ORDER_STARTS = [(0.5, 5.0, 0.8, 2.5), (1.0, 20.0, 0.2, 5.0), (3.0, 30.0, 1.0, 1.0)]
AMOUNT_BOUNDS = [(-7.0, 10.0), (-4.0, 7.0), (-9.0, 14.0)]
AMOUNT_STARTS = [(6.0, 2.5, 0.6), (1.0, 2.0, 3.0)]


def fit_orders(
    w: Array, x: Array, t_x: Array, t: Array, leaves_after_first: bool
) -> tuple[list[float], float]:
    """Find r, alpha, a, b for times in weeks, and the mean log-likelihood there.

    Args:
        w: customers per state, likewise the histories that follow.
        x: repeat purchase days.
        t_x: weeks from first to last purchase.
        t: weeks from first purchase to as_of_date.
        leaves_after_first: MBG/NBD instead of BG/NBD.
    """

    def loss(logs: Array) -> tuple[float, Array]:
        values = np.exp(logs)
        likelihood, gradient = order_likelihood(values, x, t_x, t, leaves_after_first)
        return -(w @ likelihood) / w.sum(), -(gradient @ w) * values / w.sum()

    found = maximise(loss, ORDER_STARTS, ORDER_BOUNDS, "purchase times")
    return found, -loss(np.log(found))[0]


def fit_amounts(x: Array, z: Array) -> list[float]:
    """Find p, q, v for x purchase days of mean amount z; one customer per row."""
    scale = np.exp(np.mean(np.log(np.sort(z))))
    w, x, z = grouped(x, z / scale)

    def loss(logs: Array) -> tuple[float, Array]:
        values = np.exp(logs)  # p, q - 1, v
        likelihood, gradient = amount_likelihood(values, x, z)
        return -(w @ likelihood) / w.sum(), -(gradient @ w) * values / w.sum()

    p, q, v = maximise(loss, AMOUNT_STARTS, AMOUNT_BOUNDS, "amounts")
    return [p, q + 1, v * float(scale)]


def grouped(*columns: Array) -> list[Array]:
    """Count identical rows: how many there are of each, and the rows, sorted."""
    rows = np.stack(columns)[:, np.lexsort(columns)]
    starts = np.flatnonzero(np.r_[True, (np.diff(rows, axis=1) != 0).any(axis=0)])
    counts = np.diff(np.append(starts, rows.shape[1])).astype(np.float64)
    return [counts, *rows[:, starts]]


def order_likelihood(
    values: Sequence[float],
    x: Array,
    t_x: Array,
    t: Array,
    leaves_after_first: bool = False,
) -> tuple[Array, Array]:
    """Log-likelihood, (customers,), and its gradient, (4, customers).

    BG/NBD: 2005, eq. (6). MBG/NBD (Batislam, Denizel and Filiztekin 2007) differs by
    one more chance to leave, the one after the first purchase.
    """
    r, alpha, a, b = values
    chances = x + 1 if leaves_after_first else x
    later = np.where(chances > 0, b + chances - 1, 1.0)
    stays = -(r + x) * np.log(alpha + t)
    leaves = np.log(a / later) - (r + x) * np.log(alpha + t_x)
    leaves = np.where(chances > 0, leaves, -np.inf)
    both = np.logaddexp(stays, leaves)
    likelihood = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    likelihood += special.betaln(a, b + chances) - special.betaln(a, b) + both
    stay, leave = np.exp(stays - both), np.exp(leaves - both)
    psi = special.digamma
    psi_both = psi(a + b) - psi(a + b + chances)
    logs = stay * np.log(alpha + t) + leave * np.log(alpha + t_x)
    inverses = stay / (alpha + t) + leave / (alpha + t_x)
    gradient = [
        psi(r + x) - psi(r) + np.log(alpha) - logs,
        r / alpha - (r + x) * inverses,
        psi_both + leave / a,
        psi_both + psi(b + chances) - psi(b) - leave / later,
    ]
    return likelihood, np.stack(gradient)


def amount_likelihood(
    values: Sequence[float], x: Array, z: Array
) -> tuple[Array, Array]:
    """Log-likelihood, (customers,), and gradient, (3, customers); 2013, eq. (1a)."""
    p, q, v = values[0], values[1] + 1, values[2]
    total = np.log(v + x * z)
    likelihood = special.gammaln(p * x + q) - special.gammaln(p * x)
    likelihood += q * np.log(v) - special.gammaln(q) - np.log(z)
    likelihood += p * x * np.log(x * z) - (p * x + q) * total
    psi_both = special.digamma(p * x + q)
    gradient = [
        x * (psi_both - special.digamma(p * x) + np.log(x * z) - total),
        psi_both - special.digamma(q) + np.log(v) - total,
        q / v - (p * x + q) / (v + x * z),
    ]
    return likelihood, np.stack(gradient)


def maximise(
    loss: Callable[[Array], tuple[float, Array]], starts: Logs, bounds: Logs, what: str
) -> list[float]:
    """Run L-BFGS-B on log parameters from every start and keep the best."""
    options = {"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500}
    results = [
        optimize.minimize(loss, np.log(start), jac=True, bounds=bounds, options=options)
        for start in starts
    ]
    results = [result for result in results if np.isfinite(result.fun)]
    if not results:
        raise NotEnoughData(
            f"The model of {what} should have a best fit.",
            "The search found none.",
            "Check the orders for extreme amounts or dates.",
        )
    best = min(results, key=lambda result: result.fun)
    return [float(value) for value in np.exp(best.x)]
