"""What is known of customers, and where the network starts from."""

import numpy as np
import pyarrow as pa
import pytest

from dynamic_clv.expectation import btyd
from dynamic_clv.expectation.levels import Level
from dynamic_clv.expectation.quantiles import MEAN_OVER_MEDIAN
from dynamic_clv.history import features

BEHAVIOUR = pa.table(
    {
        "customer_id": ["bo", "al", "cy"],
        "customer_bucket": pa.array([1, 2, 3], pa.int32()),
        "as_of_date": pa.array([0, 0, 0], pa.date32()),
        "frequency": pa.array([2, 0, None], pa.int64()),
        "recency_days": [40, 0, 9],
        "t_days": [60, 30, 5],
        "monetary_value": [12.5, 8.0, None],
        "lifecycle_stage": ["active", "new", None],
    }
)
PROFILE = pa.table(
    {
        "customer_id": ["cy", "bo"],
        "tenure_days": [7, 80],
        "is_age_missing": pa.array([True, False]),
        "region": ["north", "south"],
        "signed_up_on": pa.array([1, 2], pa.date32()),
    }
)
PARAMETERS = btyd.BtydParameters(
    r=0.25, alpha=4.4, a=0.8, b=2.4, p=6.0, q=4.0, v=15.0, time_unit_days=7.0
)


def test_customers_are_sorted_and_profiles_joined():
    facts = features.known(BEHAVIOUR, PROFILE)
    assert facts.customer_ids.to_pylist() == ["al", "bo", "cy"]
    assert facts.numbers["tenure_days"].tolist()[1:] == [80, 7]
    assert np.isnan(facts.numbers["tenure_days"][0])  # al has no profile
    assert facts.numbers["is_age_missing"].tolist()[1:] == [0, 1]
    assert facts.categories["region"].tolist() == [None, "south", "north"]
    assert "signed_up_on" not in {**facts.numbers, **facts.categories}


def test_keys_are_nothing_to_learn_from():
    kinds = features.kinds([BEHAVIOUR.schema, PROFILE.schema])
    assert kinds["categories"] == ["lifecycle_stage", "region"]
    assert kinds["numbers"] == [
        "frequency",
        "is_age_missing",
        "monetary_value",
        "recency_days",
        "t_days",
        "tenure_days",
    ]


def test_row_order_changes_nothing():
    once = features.known(BEHAVIOUR, PROFILE)
    again = features.known(BEHAVIOUR[::-1], PROFILE[::-1])
    assert again.customer_ids == once.customer_ids
    for name, values in once.numbers.items():
        assert np.array_equal(again.numbers[name], values, equal_nan=True)


def test_btyd_words_are_made_usable():
    frequency, recency, t, value = features.known(BEHAVIOUR, PROFILE).btyd()
    assert frequency.tolist() == [0, 2, 0]
    assert recency.tolist() == [0, 40, 5]  # never after the cut-off
    assert t.tolist() == [30, 60, 5]
    assert np.isnan(value[2])


def test_the_start_is_what_bg_nbd_expects_at_the_shops_level():
    facts = features.known(BEHAVIOUR, PROFILE)
    anchored = features.anchor(facts, PARAMETERS, 90)
    spend, orders, logit, if_order = features.anchor_logs(
        anchored, Level(None, 90, spend=0.2, orders=-0.1, order=0.3)
    ).T
    expected = anchored.expected
    assert spend == pytest.approx(np.log(expected.spend) + 0.2)
    assert orders == pytest.approx(np.log(expected.order_count) - 0.1)
    chance = 1 / (1 + np.exp(-logit))
    odds = expected.p_order / (1 - expected.p_order)
    assert chance / (1 - chance) == pytest.approx(odds * np.exp(0.3))
    # the mean over buyers, times the chance of being one, is the mean again
    again = np.exp(if_order) * MEAN_OVER_MEDIAN * chance
    assert again == pytest.approx(np.exp(spend))


def test_nobody_is_expected_to_do_less_than_the_least():
    gone = pa.table(
        {
            "customer_id": ["gone"],
            "as_of_date": pa.array([0], pa.date32()),
            "frequency": [500.0],
            "recency_days": [500.0],
            "t_days": [5_000.0],
            "monetary_value": [1.0],
        }
    )
    anchored = features.anchor(features.known(gone, PROFILE), PARAMETERS, 90)
    logs = features.anchor_logs(anchored, Level(None, 90))
    assert np.isfinite(logs).all()
    assert np.exp(logs[0, 1]) == pytest.approx(features.LEAST)
    assert all(np.isfinite(v).all() for v in features.anchor_numbers(anchored).values())
