"""When the prospects' model is learned, what it may know, and how it is judged."""

import datetime as dt
import itertools
import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from memory_shop import (
    LABEL_DAYS,
    QUICK,
    TODAY,
    Order,
    Visitor,
    tables,
    visitors,
    with_prospects,
)

from dynamic_clv import columns, prospect_training
from dynamic_clv.gates import evaluation
from dynamic_clv.history import examples
from dynamic_clv.model import artifacts
from dynamic_clv.prospects import ProspectModel
from dynamic_clv.versions import policy

DAY = dt.timedelta(days=1)
NOBODY = tables([])


def quiet(line: str) -> None:
    """Say nothing."""


def train(shop, trained=None, settings=QUICK) -> pa.Table:
    return prospect_training.train(shop, trained, settings, quiet)


@pytest.fixture(scope="module")
def shop():
    """Return a shop that is visited by many and has customers, too."""
    bought = [Order("regular", TODAY - days * DAY, 30.0) for days in (290, 100, 60)]
    return with_prospects(tables(bought), visitors(400))


def test_one_row_tells_everything(shop):
    rows = train(shop)
    assert rows.schema == artifacts.SCHEMA
    [row] = rows.to_pylist()
    assert (row["purpose"], row["model_kind"]) == ("prospects", "prospect_conversion")
    assert row["weights"] is None and row["train_reason"] == "there is no model yet"
    assert row["label_horizon_days"] == LABEL_DAYS
    model = ProspectModel.from_json(row["scaler_json"])
    assert len(model.weights) == len(model.scaler.names())
    assert "visitor" not in json.dumps(row, default=str)  # no customer inside
    assert train(shop).column("model_version").to_pylist() == [row["model_version"]]


def test_it_follows_the_retrain_policy(shop):
    trained = train(shop)
    assert train(shop, trained).num_rows == 0
    assert train(shop, trained, replace(QUICK, seed=8)).num_rows == 1
    other = {"purpose": "published", "model_version": "of customers"}
    row = trained.to_pylist()[0] | other
    assert train(shop, pa.Table.from_pylist([row], artifacts.SCHEMA)).num_rows == 1


def test_a_rate_is_tried_again_on_a_new_day():
    yesterday = with_prospects(NOBODY, [Visitor("visitor", TODAY - DAY)])
    [row] = train(yesterday).to_pylist()
    assert (row["model_kind"], row["label_horizon_days"]) == ("prospect_rate", 0)
    row |= {"as_of_date": TODAY - DAY, "model_version": "of yesterday"}
    old = pa.Table.from_pylist([row], artifacts.SCHEMA)
    again = train(yesterday, old)
    assert "may be enough data" in again.column("train_reason").to_pylist()[0]


def test_it_is_no_model_of_customers(shop):
    rows = train(shop)
    assert policy.choose(rows, QUICK, TODAY) is None
    assert policy.reason_to_train(rows, QUICK, {}, TODAY) == "there is no model yet"
    version = policy.choose(rows, QUICK, TODAY, columns.PROSPECTS)
    assert version == rows.column("model_version").to_pylist()[0]


def test_a_shop_without_prospects_learns_nothing(shop):
    assert train(replace(shop, prospects=None)).schema == artifacts.SCHEMA
    assert train(replace(shop, prospects=None)).num_rows == 0
    assert train(with_prospects(shop, [])).num_rows == 0
    ordered = Visitor("customer", TODAY - 50 * DAY, ordered=TODAY - DAY)
    assert train(with_prospects(shop, [ordered])).num_rows == 0


def test_the_average_order_is_of_the_days_before():
    bought = [
        Order("a", TODAY - 9 * DAY, 10.0),
        Order("a", TODAY - 2 * DAY, 30.0),
        Order("b", TODAY - DAY, 5.0),
        Order("b", TODAY, 1_000.0),
    ]
    shop = tables(bought)
    today = examples.cut_offs(shop.as_of_dates)[0]
    average = prospect_training.average_order_amount(shop, today)
    assert average == pytest.approx(45 / 3)
    assert prospect_training.average_order_amount(NOBODY, today) == 0


def test_row_order_does_not_change_the_average_order():
    """Nor its last digit: 1e16 + 1 is 1e16 to who adds up as the rows come."""
    rows = pa.table(
        {
            "customer_id": ["a", "b", "c", "d"],
            "as_of_date": pa.array([TODAY] * 4, pa.date32()),
            "customer_bucket": [0, 0, 0, 0],
            "frequency": [0.0, 0.0, 0.0, 0.0],
            "monetary_value": [1e16, 1.0, -1e16, 1.0],
        }
    )
    today = examples.CutOff(TODAY, 90, 0, 7, "today")
    found = {
        prospect_training.average_order_amount(
            replace(NOBODY, behaviour=rows.take(list(order))), today
        )
        for order in itertools.permutations(range(4))
    }
    assert found == {2 / 4}


def figures(shop) -> dict[str, object]:
    [row] = train(shop).to_pylist()
    return json.loads(row["metrics_json"])["test"]


def test_it_is_judged_on_the_test_cut_off(shop):
    found = figures(shop)
    assert found["as_of_date"] == str(TODAY - LABEL_DAYS * DAY)
    assert found["horizon_days"] == LABEL_DAYS
    assert found["values"]["area_under_curve"] > 0.8
    assert 0.3 < found["values"]["total_bias"] < 3


def test_what_is_judged_has_learned_nothing_from_the_test(shop):
    """What came after the test cut-off moves the truth, and no prediction."""
    test = TODAY - LABEL_DAYS * DAY
    ends = pc.add(shop.prospect_labels["as_of_date"].cast(pa.int32()), LABEL_DAYS)
    is_late = pc.greater(ends, (test - dt.date(1970, 1, 1)).days)
    amount = pc.multiply(shop.prospect_labels["net_amount_in_horizon"], 2.0)
    doubled = pc.if_else(is_late, amount, shop.prospect_labels["net_amount_in_horizon"])
    place = shop.prospect_labels.column_names.index("net_amount_in_horizon")
    name = "net_amount_in_horizon"
    labels = shop.prospect_labels.set_column(place, name, doubled)
    before, after = figures(shop), figures(replace(shop, prospect_labels=labels))
    half = before["values"]["total_bias"] / 2
    assert after["values"]["total_bias"] == pytest.approx(half)
    assert before["values"]["area_under_curve"] == after["values"]["area_under_curve"]


def test_figures_are_written_once(shop):
    rows = prospect_training.evaluations(train(shop), None)
    assert rows.schema == evaluation.SCHEMA
    assert rows.column("metric").to_pylist() == ["area_under_curve", "total_bias"]
    assert set(rows.column("model_name").to_pylist()) == {"prospect_conversion"}
    assert prospect_training.evaluations(train(shop), rows).num_rows == 0


def test_no_figures_without_a_test():
    young = with_prospects(NOBODY, [Visitor("visitor", TODAY - DAY)])
    assert prospect_training.evaluations(train(young), None).num_rows == 0
