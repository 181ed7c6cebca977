"""The bootstrap: by hand, and whether it knows an accident from a difference."""

from functools import partial

import numpy as np
import pytest

from dynamic_clv.errors import BadInput
from dynamic_clv.measures import metrics


def shop(count, seed=0):
    """Spend that depends on a known level, which two predictions see with noise."""
    generator = np.random.default_rng(seed)
    level = generator.gamma(2, 20, count)
    actual = np.where(generator.random(count) < 0.5, generator.exponential(level), 0)
    return actual, level, generator


def test_a_constant_lead_has_no_spread():
    # always 1 off against always 3 off, whoever is drawn
    found = metrics.bootstrap_difference(
        metrics.mean_absolute_error, [0, 10, 20], [1, 11, 21], [3, 13, 23]
    )
    assert found == (-2, -2, -2)


def test_the_same_prediction_differs_by_nothing():
    actual, level, _ = shop(50)
    found = metrics.bootstrap_difference(metrics.spearman, actual, level, level)
    assert found == (0, 0, 0)


def test_the_interval_of_a_mean_is_the_one_of_the_central_limit():
    actual, level, generator = shop(2000)
    other = level + generator.normal(0, 30, 2000)
    error = metrics.mean_squared_error
    found, low, high = metrics.bootstrap_difference(
        error, actual, level, other, draws=2000
    )
    gaps = (actual - level) ** 2 - (actual - other) ** 2
    assert found == pytest.approx(gaps.mean())
    width = 2 * 1.645 * gaps.std() / np.sqrt(len(gaps))
    assert high - low == pytest.approx(width, rel=0.1)
    assert low < found < high


def test_a_better_ranking_is_told_from_an_accident():
    actual, level, generator = shop(2000)
    worse = generator.permutation(level)
    _, low, _ = metrics.bootstrap_difference(
        metrics.normalised_gini, actual, level, worse
    )
    assert low > 0
    alike = (level + generator.normal(0, 9, 2000) for _ in range(2))
    _, low, high = metrics.bootstrap_difference(
        metrics.normalised_gini, actual, *alike, level=0.99
    )
    assert low < 0 < high


def test_a_higher_level_is_wider_and_a_seed_repeats():
    actual, level, generator = shop(300)
    arrays = actual, level, generator.permutation(level)
    narrow = metrics.bootstrap_difference(metrics.spearman, *arrays, level=0.5)
    wide = metrics.bootstrap_difference(metrics.spearman, *arrays, level=0.99)
    assert narrow[0] == wide[0]
    assert wide[1] < narrow[1] < narrow[2] < wide[2]
    again = metrics.bootstrap_difference(metrics.spearman, *arrays, level=0.5)
    assert again == narrow
    other = metrics.bootstrap_difference(metrics.spearman, *arrays, level=0.5, seed=1)
    assert other != narrow


def test_row_order_changes_nothing():
    actual, level, generator = shop(300)
    arrays = np.array([actual, level, level.round(-1)])
    shuffled = arrays[:, generator.permutation(300)]
    assert metrics.bootstrap_difference(
        metrics.normalised_gini, *shuffled
    ) == metrics.bootstrap_difference(metrics.normalised_gini, *arrays)


def test_a_threshold_is_set_beforehand():
    at = partial(metrics.f1, threshold=0.3)
    found, *_ = metrics.bootstrap_difference(
        at, [1, 1, 0], [0.4, 0.3, 0.1], [0.4, 0.2, 0.1], draws=5
    )
    assert found == pytest.approx(1 - 2 / 3)


@pytest.mark.filterwarnings("error")
def test_undefined_draws_are_left_out():
    # two customers: half of the draws hold one class, the others show the whole lead
    found = metrics.bootstrap_difference(
        metrics.area_under_curve, [0, 1], [0.1, 0.2], [0.2, 0.1]
    )
    assert found == (1, 1, 1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("values", [[], [np.nan, 1.0]])
def test_nothing_and_nan_give_nan_without_warning(values):
    error = metrics.mean_absolute_error
    found = metrics.bootstrap_difference(error, values, values, values)
    assert len(found) == 3 and np.isnan(found).all()


@pytest.mark.parametrize("wrong", [{"level": 90}, {"draws": 0}])
def test_unusable_arguments_are_refused(wrong):
    (name,) = wrong
    with pytest.raises(BadInput, match=f"`{name}` must be"):
        metrics.bootstrap_difference(
            metrics.mean_absolute_error, [1], [1], [1], **wrong
        )


def test_unequal_lengths_are_refused():
    with pytest.raises(BadInput, match="actual 2, first 2, second 1"):
        metrics.bootstrap_difference(metrics.spearman, [1, 2], [1, 2], [1])
