"""The average customer."""

import numpy as np
import pyarrow as pa
import pytest

from dynamic_clv.history import features
from dynamic_clv.model import cohort


def facts(frequency, t_days, monetary_value):
    behaviour = {
        "customer_id": [str(place) for place in range(len(t_days))],
        "as_of_date": pa.array([0] * len(t_days), pa.date32()),
        "frequency": pa.array(frequency, pa.float64()),
        "recency_days": pa.array([0.0] * len(t_days)),
        "t_days": pa.array(t_days, pa.float64()),
        "monetary_value": pa.array(monetary_value, pa.float64()),
    }
    nobody = pa.table({"customer_id": pa.array([], pa.string())})
    return features.known(pa.table(behaviour), nobody)


def test_five_imagined_customers_who_come_once_a_year_are_counted_in():
    # 3 + 0 returns and 5 imagined ones in (65 - 30) + 0 + 5 * 365 days; 100 in 5 orders
    found = cohort.average(facts([3, 0], [65, 5], [20.0, 20.0]))
    assert found.purchase_days_per_day == pytest.approx(8 / 1860)
    assert found.amount_per_day == pytest.approx(8 / 1860 * 20)


def test_a_day_with_several_orders_is_one_purchase_day():
    shop = facts([3, 0], [65, 5], [20.0, 20.0])
    assert shop.orders_per_purchase_day().tolist() == [1, 1]
    # 9 orders on 3 + 1 days, and one day with one order that is added: 10 / 5
    shop.numbers["count_orders"] = np.array([9.0, 1.0])
    assert shop.orders_per_purchase_day().tolist() == [2, 1]
    assert cohort.average(shop).orders_per_purchase_day == pytest.approx(1.5)


def test_one_customer_of_one_day_is_expected_once_a_year():
    found = cohort.average(facts([0], [1], [50.0]))
    assert found.amount_per_day * 365 == pytest.approx(50)


def test_years_in_which_nobody_came_back_are_believed():
    found = cohort.average(facts([0] * 100, [1000] * 100, [50.0] * 100))
    assert found.purchase_days_per_day * 365 < 0.02


def test_amounts_that_are_missing_or_refunded_away():
    assert cohort.average(facts([0], [1], [None])).amount_per_day == 0
    assert np.isfinite(cohort.average(facts([None], [0], [None])).purchase_days_per_day)
