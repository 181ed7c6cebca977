"""Drift is counted by hand, and asks for a new model once."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from memory_shop import QUICK, TODAY

from dynamic_clv.history.features import Facts
from dynamic_clv.learning import training
from dynamic_clv.model import artifacts
from dynamic_clv.settings import Settings
from dynamic_clv.versions import drift, registry


def facts(numbers: list[float], plans: list[str | None]) -> Facts:
    ids = pa.array([f"customer_{number}" for number in range(len(numbers))])
    return Facts(
        ids,
        {"age": np.array(numbers, float)},
        {"plan": np.array(plans, dtype=object)},
    )


FEW = facts([1.0, 1.0, 3.0, np.nan], ["a", "a", "b", None])


def test_the_shares_of_each_part_are_those_counted_by_hand():
    found = drift.describe(FEW)
    assert found["categories"] == {
        "plan": {"values": ["a", "b"], "shares": [0.5, 0.25, 0.0, 0.25]}
    }
    age = found["numbers"]["age"]
    assert age["edges"][0] == 1.0 and sum(age["shares"]) == pytest.approx(1)
    assert age["shares"][0] == 0.5 and age["shares"][-1] == 0.25
    assert json.loads(json.dumps(found)) == found


def test_the_index_is_that_of_the_literature():
    by_hand = (0.9 - 0.5) * np.log(0.9 / 0.5) + (0.1 - 0.5) * np.log(0.1 / 0.5)
    assert drift.stability_index([0.5, 0.5], [90, 10]) == pytest.approx(by_hand)
    assert drift.stability_index([0.2, 0.8], [1, 4]) == pytest.approx(0, abs=1e-12)
    assert 0 < drift.stability_index([1.0, 0.0], [99, 1]) < 0.1


def test_the_same_customers_have_not_drifted_and_others_have():
    population = drift.describe(FEW)
    same = drift.measure(population, FEW)
    assert same == pytest.approx({"all features": 0, "age": 0, "plan": 0}, abs=1e-9)
    moved = drift.measure(population, facts([9.0] * 4, ["c"] * 4))
    assert moved["age"] > 1 and moved["plan"] > 1
    assert moved["all features"] == 1  # none counts for more


def test_one_feature_that_ages_for_everybody_is_no_drift():
    steady = {f"steady_{place}": np.arange(4.0) for place in range(80)}
    then = replace(FEW, numbers={**steady, "days_since_last_touch": np.full(4, 7.0)})
    now = replace(FEW, numbers={**steady, "days_since_last_touch": np.full(4, 8.0)})
    found = drift.measure(drift.describe(then), now)
    assert found["days_since_last_touch"] > 10
    assert found["all features"] < 0.02


def test_a_feature_that_has_gone_counts_as_missing():
    gone = replace(FEW, numbers={}, categories={})
    nowhere = facts([np.nan] * 4, [None] * 4)
    population = drift.describe(FEW)
    assert drift.measure(population, gone) == drift.measure(population, nowhere)


def test_todays_drift_is_that_from_the_champion(small_shop, small_models):
    version = small_models.to_pylist()[1]["model_version"]
    office = registry.to_table([registry.promoted(version, None, TODAY, "first")])
    said = []
    rows = drift.today(small_shop, small_models, office, said.append)
    assert rows.schema == drift.SCHEMA and len(said) == 1
    found = {row["subject"]: row["stability_index"] for row in rows.to_pylist()}
    assert {"all features", "frequency", "main_channel"} <= set(found)
    assert max(found.values()) < 1e-6
    nobody = registry.to_table([])
    assert drift.today(small_shop, small_models, nobody, quiet).num_rows == 0


def quiet(line: str) -> None:
    """Say nothing."""


def a_day_later(shop, change: float):
    """Return the shop of tomorrow, in which everything was bought `change` times."""
    day = dt.timedelta(days=1)
    found = {}
    for name, rows in vars(shop).items():
        if rows is not None and "as_of_date" in rows.column_names:
            dates = [date + day for date in rows.column("as_of_date").to_pylist()]
            place = rows.column_names.index("as_of_date")
            rows = rows.set_column(place, "as_of_date", pa.array(dates, pa.date32()))
        found[name] = rows
    behaviour = found["behaviour"].to_pandas()
    numbers = behaviour.select_dtypes("number").columns.drop("customer_bucket")
    behaviour[numbers] = (behaviour[numbers] * change).astype(behaviour.dtypes[numbers])
    found["behaviour"] = pa.Table.from_pandas(behaviour, preserve_index=False)
    return replace(shop, **found)


def reason(shop, models: pa.Table, settings: Settings = QUICK) -> str | None:
    rows = training.train(shop, models, settings, quiet)
    return rows.to_pylist()[-1]["train_reason"] if rows.num_rows else None


def test_changed_customers_ask_for_a_new_model_once(small_shop, small_models):
    assert reason(a_day_later(small_shop, 1), small_models) is None
    changed = a_day_later(small_shop, 3)
    assert reason(changed, small_models, replace(QUICK, drift_threshold=50.0)) is None
    rows = training.train(changed, small_models, QUICK, quiet)
    found = rows.to_pylist()[-1]["train_reason"]
    assert found.startswith(f"customers have changed since {TODAY}: their features")
    both = pa.concat_tables([small_models, rows])
    assert reason(changed, both) is None
    assert reason(a_day_later(changed, 1), both) is None


def test_a_model_of_before_tells_nothing_of_its_customers(small_models):
    older = small_models.drop_columns(["population_json"])
    version = small_models.to_pylist()[1]["model_version"]
    assert drift.known(older, version) is None
    assert drift.known(small_models, version)["numbers"]
    assert (
        drift.known(small_models, small_models.to_pylist()[0]["model_version"]) is None
    )
    row = {**small_models.to_pylist()[1], "population_json": None}
    assert artifacts.from_row(row).population == {}
