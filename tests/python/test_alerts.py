"""Who is asked about, and what the rules of silence say, worked by hand."""

import numpy as np
import pytest

from dynamic_clv.measures import alerts
from dynamic_clv.measures.baselines import BaselineFacts
from dynamic_clv.measures.metrics_arrays import fifths

# small, modest and usual; good_and_gone; best
FACTS = BaselineFacts(
    frequency=np.array([0.0, 1, 2, 3, 9]),
    recency_days=np.array([0.0, 20, 80, 90, 390]),
    t_days=np.array([100.0, 120, 180, 200, 400]),
    monetary_value=np.full(5, 10.0),
    net_amount=np.array([10.0, 20, 30, 40, 100]),
    recent_amounts={},
)


def test_fifths_are_those_of_middle_ranks():
    assert fifths(np.array([30.0, 10, 20, 50, 40])).tolist() == [3, 1, 2, 5, 4]
    assert fifths(np.array([5.0])).tolist() == [3]
    # ranks 2 and 4 of 4: 5 x 1.5 / 4 and 5 x 3.5 / 4
    assert fifths(np.array([7.0, 7, 7, 9])).tolist() == [2, 2, 2, 5]
    assert fifths(np.array([])).tolist() == []
    assert np.isnan(fifths(np.array([1.0, np.nan]))).all()


def test_a_thousand_different_amounts_make_five_equal_fifths():
    found = fifths(np.random.default_rng(1).permutation(1000).astype(float))
    assert np.bincount(found.astype(int)).tolist() == [0, 200, 200, 200, 200, 200]


def test_only_valuable_customers_who_ordered_within_the_horizon_are_asked_about():
    # the two best fifths are the last two, silent for 110 and for 10 days
    assert alerts.population(FACTS, 100).tolist() == [False] * 4 + [True]
    assert alerts.population(FACTS, 110).tolist() == [False] * 3 + [True] * 2


def test_unknown_spend_is_no_spend():
    unknown = BaselineFacts(**{**vars(FACTS), "net_amount": np.full(5, np.nan)})
    assert not alerts.population(unknown, 400).any()


def test_silence_is_counted_in_days_and_in_usual_gaps():
    rules = alerts.silence_rules(FACTS)
    assert rules["days_since_last_order"].tolist() == [100, 100, 100, 110, 10]
    # gaps 20, 40, 30, 43.3: the shop's is 35, and counts once with everybody
    usual = np.array([35, (20 + 35) / 2, (80 + 35) / 3, (90 + 35) / 4, (390 + 35) / 10])
    gaps = np.array([100, 100, 100, 110, 10]) / usual
    assert rules["silence_over_usual_gap"] == pytest.approx(gaps)


def test_a_shop_to_which_nobody_returned_has_no_usual_gap():
    once = BaselineFacts(**{**vars(FACTS), "frequency": np.zeros(5)})
    assert list(alerts.silence_rules(once)) == ["days_since_last_order"]


def test_precision_is_that_of_who_stayed_away_among_the_customers_asked_about():
    has_order = np.array([1.0, 1, 1, 0, 1])  # of the two asked about one stayed away
    churn = {
        "sees_it": np.array([9.0, 9, 9, 2, 1]),
        "blind": np.array([0.0, 0, 0, 1, 2]),
    }
    found = {
        (name, metric): (value, count)
        for name, metric, value, count in alerts.precisions(
            FACTS, 110, has_order, churn
        )
    }
    top = "alert_precision_top_5_percent"
    assert found["sees_it", top] == (1, 2)
    assert found["blind", top] == (0, 2)
    assert found["days_since_last_order", top] == (1, 2)
    assert len(found) == 4 * 3


def test_a_shop_without_such_customers_has_no_precision():
    rows = list(alerts.precisions(FACTS, 5, np.zeros(5), {"any": np.zeros(5)}))
    assert rows and all(np.isnan(value) and not count for *_, value, count in rows)
