"""Buy-till-you-die: published answers, hand-worked states and properties."""

from dataclasses import astuple, replace
from importlib import metadata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from dynamic_clv.errors import BadInput, NotEnoughData
from dynamic_clv.expectation import btyd, likelihoods

# Fader, Hardie and Lee (2005), table 2: CDNOW in weeks; amounts are made up
CDNOW = btyd.BtydParameters(r=0.243, alpha=4.414, a=0.793, b=2.426, p=6, q=4, v=15)

positive = st.floats(1e-3, 1e3)
parameter_sets = st.builds(
    btyd.BtydParameters,
    *(positive, positive, positive, positive, positive),
    q=st.floats(1.02, 1e3),
    v=positive,
    leaves_after_first=st.booleans(),
)
states = st.tuples(
    st.integers(0, 5000), st.floats(0, 1), st.floats(0, 5000), st.floats(-10, 1e9)
)


def expect(parameters, state, horizon_days):
    """Expectations of one (x, t_x / T, T, z)."""
    x, share, t, z = state
    columns = ([x], [t * share], [t], [z])
    return btyd.expectations(parameters, *columns, horizon_days)


def simulated_shop(count=4000, seed=3):
    """Customers who follow the model with r 1, alpha 10 weeks, a 1, b 4, p 6, q 4."""
    random = np.random.default_rng(seed)
    t = random.integers(200, 700, count).astype(float)
    rate = random.gamma(1.0, 1 / 70, count)
    leaving = random.beta(1.0, 4.0, count)
    x, t_x = np.zeros(count), np.zeros(count)
    for i in range(count):
        day = random.exponential(1 / rate[i])
        while day <= t[i]:
            x[i], t_x[i] = x[i] + 1, day
            if random.random() < leaving[i]:
                break
            day += random.exponential(1 / rate[i])
    scale = random.gamma(4.0, 1 / 15, count)
    z = random.gamma(6.0 * (x + 1), 1 / scale) / (x + 1)
    return x, t_x, t, z


@pytest.fixture(scope="module")
def shop():
    return simulated_shop()


@pytest.fixture(scope="module")
def fitted(shop):
    return btyd.fit(*shop)


def cdnow_summary():
    """Frequency, recency and T in days, from the data shipped with `lifetimes`."""
    try:
        files = metadata.files("lifetimes") or []
    except metadata.PackageNotFoundError:
        files = []
    found = [file for file in files if file.name == "cdnow_customers_summary.csv"]
    if not found or not found[0].locate().exists():
        pytest.skip("the CDNOW summary is not installed")
    table = np.loadtxt(found[0].locate(), delimiter=",", skiprows=1)
    return table[:, 1], table[:, 2] * 7, table[:, 3] * 7


def test_cdnow_gives_the_published_parameters():
    x, t_x, t = cdnow_summary()
    amounts = np.linspace(5, 50, len(x))
    fitted = btyd.fit(x, t_x, t, amounts, orders_model="bg_nbd")
    found = (fitted.r, fitted.alpha, fitted.a, fitted.b)
    assert found == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=6e-4)
    total = log_likelihood(fitted, x, t_x, t).sum()
    assert total == pytest.approx(-9582.4, abs=0.05)


def log_likelihood(parameters, x, t_x, t):
    """Return the log-likelihood of each customer's order times, (customers,)."""
    values = (parameters.r, parameters.alpha, parameters.a, parameters.b)
    times = (np.array(days, float) / parameters.time_unit_days for days in (t_x, t))
    after_first = parameters.leaves_after_first
    return likelihoods.order_likelihood(
        values, np.array(x, float), *times, after_first
    )[0]


def test_likelihood_of_a_one_time_buyer_by_hand():
    # (alpha / (alpha + T))^r with r 2, alpha 1 week, T 3 weeks: (1 / 4)^2
    parameters = btyd.BtydParameters(2, 1, 1, 1, 1, 2, 1)
    found = log_likelihood(parameters, [0], [0], [21])
    assert np.exp(found) == pytest.approx([1 / 16])


def test_likelihood_of_a_repeat_buyer_by_hand():
    # r = alpha = a = b = 1, x = 1, t_x = 1, T = 3: B(1,2) / 4^2 + B(2,1) / 2^2
    parameters = btyd.BtydParameters(1, 1, 1, 1, 1, 2, 1)
    found = log_likelihood(parameters, [1], [7], [21])
    assert np.exp(found) == pytest.approx([1 / 32 + 1 / 8])


def test_the_likelier_of_two_order_models_is_taken(shop, fitted):
    x, t_x, t = cdnow_summary()
    chosen = btyd.fit(x, t_x, t, np.linspace(5, 50, len(x)))
    assert chosen.leaves_after_first
    assert log_likelihood(chosen, x, t_x, t).sum() > -9582.4
    assert not fitted.leaves_after_first  # the shop was simulated that way


def test_a_one_time_buyer_who_may_have_left_at_once_by_hand():
    # r = alpha = a = b = 1, T = 3: B(1,2) / 4 stayed, B(2,1) / 1 left; alive 1 in 5
    parameters = btyd.BtydParameters(1, 1, 1, 1, 1, 2, 1, leaves_after_first=True)
    found = log_likelihood(parameters, [0], [0], [21])
    assert np.exp(found) == pytest.approx([1 / 8 + 1 / 2])
    expected = btyd.expectations(parameters, [0], [0], [21], [10], 28)
    assert expected.p_alive == pytest.approx([0.2])
    assert expected.p_order == pytest.approx([0.2 * (1 - 4 / 8)])


def test_alive_and_order_probabilities_by_hand():
    # the same customer: (1/32) / (1/32 + 1/8) alive; then rate ~ Gamma(2, 4 weeks)
    parameters = btyd.BtydParameters(1, 1, 1, 1, 1, 2, 1)
    found = btyd.expectations(parameters, [1], [7], [21], [10], 28)
    assert found.p_alive == pytest.approx([0.2])
    assert found.p_order == pytest.approx([0.2 * (1 - (4 / 8) ** 2)])
    # half of them have ordered after (4 weeks) * (2^(1/2) - 1)
    assert found.days_to_next_order == pytest.approx([28 * (np.sqrt(2) - 1)])


def test_amount_of_a_customer_by_hand():
    # p 6, q 4, v 15: mean 30; two purchase days of mean 45 weigh 12 / (12 + 3), and so
    # do two that were returned: only who is unknown is an average customer
    found = btyd.expectations(CDNOW, [1, 1, 1], [7] * 3, [70] * 3, [45, -1, np.nan], 7)
    assert found.average_order_amount == pytest.approx([0.8 * 45 + 0.2 * 30, 6, 30])


@pytest.mark.parametrize("leaves_after_first", [False, True])
@pytest.mark.parametrize("a", [0.3, 1.0, 1.0 + 1e-12, 2.5, 80.0])
@pytest.mark.parametrize("x", [0, 1, 7, 400])
def test_order_count_agrees_with_direct_integration(a, x, leaves_after_first):
    parameters = replace(CDNOW, a=a, leaves_after_first=leaves_after_first)
    found = expect(parameters, (x, 0.9, 280, 20), 273).order_count[0]
    rate, ratio = parameters.r + x, 39 / (parameters.alpha + 40)
    leaving = stats.beta(a, parameters.b + leaves_after_first + x)

    def orders(chance):
        p = max(leaving.ppf(chance), 1e-300)
        return -np.expm1(-rate * np.log1p(p * ratio)) / p

    direct = integrate.quad(orders, 0, 1, limit=300)[0]
    alive = expect(parameters, (x, 0.9, 280, 20), 273).p_alive[0]
    assert found == pytest.approx(alive * direct, rel=1e-4)


def test_quadrature_stands_in_for_the_closed_form():
    x, horizon = np.array([0.0, 3, 50, 2000]), np.array([1.0, 40, 4, 100])
    alive = np.ones(4)
    t = np.array([0.0, 10, 200, 90])
    ratio = horizon / (CDNOW.alpha + t)
    least = -np.expm1(-(CDNOW.r + x) * np.log1p(ratio))
    closed = btyd._orders_if_alive(CDNOW, x, t, horizon, alive * least)
    assert btyd._orders_by_quadrature(CDNOW, x, ratio) == pytest.approx(closed, 1e-3)


@settings(deadline=None)
@given(parameter_sets, states, st.floats(0, 5000))
def test_expectations_are_finite_and_probabilities_are(parameters, state, horizon):
    found = expect(parameters, state, horizon)
    assert np.isfinite(np.concatenate(astuple(found))).all()
    assert (np.concatenate(astuple(found)) >= 0).all()
    assert found.p_alive <= 1
    assert found.p_order <= found.p_alive
    assert found.order_count >= found.p_order * (1 - 1e-9) - 1e-300


@settings(deadline=None)
@given(parameter_sets, states, st.floats(0, 2000), st.floats(0, 2000))
def test_a_longer_horizon_never_expects_less(parameters, state, shorter, more):
    near = expect(parameters, state, shorter)
    far = expect(parameters, state, shorter + more)
    assert far.p_order >= near.p_order
    # 0.1% where the closed form gives way to quadrature
    assert far.order_count >= near.order_count * (1 - 1e-3) - 1e-300


@settings(deadline=None)
@given(parameter_sets, states)
def test_horizon_zero_expects_nothing(parameters, state):
    found = expect(parameters, state, 0)
    assert found.order_count == found.spend == found.p_order == 0


def test_horizons_may_differ_by_customer():
    columns = ([2, 2], [50, 50], [90, 90], [20, 20])
    both = btyd.expectations(CDNOW, *columns, [30, 365]).spend
    alone = [btyd.expectations(CDNOW, *columns, days).spend[0] for days in (30, 365)]
    assert both == pytest.approx(alone)


def test_no_customers_give_empty_expectations():
    assert len(btyd.expectations(CDNOW, [], [], [], [], 30).spend) == 0


def test_simulated_shop_gives_back_its_parameters(fitted):
    assert fitted.r == pytest.approx(1.0, rel=0.15)
    assert fitted.alpha == pytest.approx(10.0, rel=0.2)
    assert fitted.a / (fitted.a + fitted.b) == pytest.approx(0.2, rel=0.15)
    assert fitted.p == pytest.approx(6.0, rel=0.15)
    assert fitted.q == pytest.approx(4.0, rel=0.15)
    assert fitted.mean_order_amount == pytest.approx(30.0, rel=0.05)


def test_row_order_changes_nothing(shop, fitted):
    order = np.random.default_rng(1).permutation(len(shop[0]))
    shuffled = btyd.fit(*(column[order] for column in shop))
    assert astuple(shuffled) == pytest.approx(astuple(fitted), rel=1e-9)


def test_every_customer_twice_is_the_same_shop(shop, fitted):
    doubled = btyd.fit(*(np.tile(column, 2) for column in shop))
    assert astuple(doubled) == pytest.approx(astuple(fitted), rel=1e-4)


@pytest.mark.parametrize("scale", [1e-6, 100.0, 1e12])
def test_currency_scales_spend_and_nothing_else(shop, fitted, scale):
    x, t_x, t, z = shop
    other = btyd.fit(x, t_x, t, z * scale)
    before = btyd.expectations(fitted, *shop, 365)
    after = btyd.expectations(other, x, t_x, t, z * scale, 365)
    assert after.order_count == pytest.approx(before.order_count)
    assert after.spend == pytest.approx(before.spend * scale, rel=1e-4)


@pytest.mark.parametrize("after_first", [False, True])
@pytest.mark.parametrize("values", [(0.5, 3.0, 0.7, 2.0), (2.0, 30.0, 1.5, 0.4)])
def test_order_gradient_is_the_slope_of_the_likelihood(values, after_first):
    x, t_x, t = np.array([[0, 0, 0], [1, 3, 9], [40, 20, 21]], float).T

    def total(values):
        return likelihoods.order_likelihood(values, x, t_x, t, after_first)[0].sum()

    slope = optimize.approx_fprime(np.array(values), total, 1e-7)
    gradient = likelihoods.order_likelihood(values, x, t_x, t, after_first)[1]
    gradient = gradient.sum(axis=1)
    assert gradient == pytest.approx(slope, rel=1e-3, abs=1e-4)


def test_amount_gradient_is_the_slope_of_the_likelihood():
    x, z = np.array([1.0, 3, 200]), np.array([0.2, 1.0, 8.0])

    def total(values):
        return likelihoods.amount_likelihood(values, x, z)[0].sum()

    values = np.array([4.0, 2.0, 0.5])
    slope = optimize.approx_fprime(values, total, 1e-7)
    gradient = likelihoods.amount_likelihood(values, x, z)[1].sum(axis=1)
    assert gradient == pytest.approx(slope, rel=1e-3, abs=1e-4)


def test_one_price_for_everything_is_that_price(shop):
    x, t_x, t, _ = shop
    prices = np.full(len(x), 9.99)
    fitted = btyd.fit(x, t_x, t, prices)
    found = btyd.expectations(fitted, x, t_x, t, prices, 365)
    assert found.average_order_amount == pytest.approx(prices, rel=0.01)


def test_one_whale_does_not_break_the_fit(shop):
    x, t_x, t, z = (column.copy() for column in shop)
    x[0], t_x[0], t[0], z[0] = 699, 699, 699, 1e9
    found = btyd.expectations(btyd.fit(x, t_x, t, z), x, t_x, t, z, 365)
    assert np.isfinite(found.spend).all()
    assert found.spend.argmax() == 0


def test_parameters_survive_json():
    assert btyd.BtydParameters.from_dict(CDNOW.to_dict()) == CDNOW
    with pytest.raises(BadInput, match="`alpha`"):
        btyd.BtydParameters.from_dict({"r": 1.0})


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1], [7], [20], [9]), "20 customers"),
        (([0] * 50, [0] * 50, range(50), [9] * 50), "5 repeat buyers"),
        (([2] * 50, [9] * 50, [30] * 50, [9] * 50), "3 different purchase histories"),
        (([0, 2] * 50, [0, 9] * 50, range(10, 110), [0] * 100), "positive monetary"),
        (([], [], [], []), "Received 0"),
    ],
)
def test_too_little_data_says_so(columns, message):
    with pytest.raises(NotEnoughData, match=message):
        btyd.fit(*columns)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1, 2], [7], [20], [9]), "frequency 2, recency_days 1"),
        (([-1], [7], [20], [9]), "`frequency` must be >= 0"),
        (([1], [21], [20], [9]), "`recency_days` must be between 0 and `t_days`"),
        (([1], [2], [np.inf], [9]), "`t_days` must be finite"),
    ],
)
def test_impossible_customers_are_refused(columns, message):
    with pytest.raises(BadInput, match=message):
        btyd.expectations(CDNOW, *columns, 30)


@pytest.mark.parametrize("horizon", [-1, np.nan, np.inf, [1, 2]])
def test_impossible_horizons_are_refused(horizon):
    with pytest.raises(BadInput):
        btyd.expectations(CDNOW, [0], [0], [1], [1], horizon)
