"""A trained model as a row, and back."""

import base64
import datetime as dt
import io
from dataclasses import replace

import numpy as np
import pytest

from dynamic_clv.errors import BadInput
from dynamic_clv.expectation import btyd
from dynamic_clv.expectation.levels import Level
from dynamic_clv.expectation.season import Season
from dynamic_clv.model import artifacts, weights
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.model.calibration import Stretch
from dynamic_clv.model.cohort import Cohort
from dynamic_clv.model.recipe import Recipe
from dynamic_clv.model.scaling import NumberScale, Scaler

DAY = dt.date(2024, 6, 1)
SCALER = Scaler(
    {"b": NumberScale(1.0, 2.0, 3.0, 4.0), "z": NumberScale(0.0, 0.0, 0.5, 1.0)},
    {"stage": ["new", "active"]},
)
MODEL = TrainedModel(
    purpose="published",
    model_kind="cnn_lstm",
    trained_at=dt.datetime(2024, 6, 1, 12, 30),
    as_of_date=DAY,
    train_reason="there is no model yet",
    horizon_days=365,
    label_horizon_days=91,
    settings={"seed": 1, "loss": "tweedie"},
    feature_schema={"numbers": ["b", "z"], "categories": ["stage"]},
    recipe=Recipe(SCALER, ["count_orders"], [1.5], 0.1, 273, 52, 7),
    blend={"mean": {"cnn_lstm": 0.75, "btyd": 0.25}},
    shifts={DAY: 0.1},
    stretch=Stretch(0.5, 2.0),
    parameters={DAY: btyd.BtydParameters(0.2, 4.0, 0.8, 2.4, 6.0, 4.0, 15.0)},
    levels=[Level(DAY - dt.timedelta(days=200), 91, 0.1, 0.2, 0.3)],
    seasons={DAY: Season(DAY, 7, [3.0], [2.0], [30.0], [300.0])},
    metrics={"epochs": 3},
    trees={"mean": "tree"},
    regression=[0.1, -1 / 3],
    members=[
        [np.arange(6, dtype="float32").reshape(2, 3), np.array([0.1], "float32")],
        [np.full((2, 3), 1 / 3, "float32"), np.array([np.pi], "float32")],
    ],
    seconds=1.5,
)


def through_a_row(model: TrainedModel) -> TrainedModel:
    return artifacts.from_row(artifacts.to_table([model]).to_pylist()[0])


def test_a_row_and_back_is_the_same_model():
    again = through_a_row(MODEL)
    assert replace(again, members=[]) == replace(MODEL, members=[])
    assert again.model_version == MODEL.model_version
    for one, two in zip(MODEL.members, again.members, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
        assert all(a.dtype == b.dtype for a, b in zip(one, two, strict=True))


def test_a_row_from_before_the_regression_stays_the_model_it_was():
    """Its version is of what it held then, so nothing new may be in it."""
    before = replace(MODEL, regression=[])
    assert "regression" not in artifacts.to_row(before)["scaler_json"]
    assert through_a_row(before).model_version == before.model_version
    assert before.model_version != MODEL.model_version


def test_a_fallback_has_no_weights():
    plain = replace(
        MODEL,
        model_kind="cohort_mean",
        members=[],
        recipe=None,
        parameters={},
        cohort=Cohort(0.1, 0.01),
    )
    row = artifacts.to_row(plain)
    assert row["weights"] is None and row["weights_hash"] is None
    assert through_a_row(plain) == plain


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"seed": 2}},
        {"feature_schema": {"numbers": []}},
        {"blend": {"mean": {"btyd": 1.0}}},
        {"shifts": {}},
        {"stretch": Stretch()},
        {"trees": {}},
        {"seasons": {}},
        {"purpose": "back_test"},
        {"as_of_date": DAY + dt.timedelta(days=1)},
        {"members": MODEL.members[:1]},
        {"levels": []},
    ],
)
def test_whatever_changes_a_prediction_changes_the_version(change):
    assert replace(MODEL, **change).model_version != MODEL.model_version


def test_when_and_why_do_not_change_the_version():
    later = replace(MODEL, trained_at=dt.datetime(2030, 1, 1), seconds=99.0)
    assert replace(later, train_reason="?").model_version == MODEL.model_version


def test_weights_that_were_tampered_with_are_refused():
    row = artifacts.to_row(MODEL)
    other = weights.encode([[w + 1 for w in member] for member in MODEL.members])
    with pytest.raises(BadInput, match="weights whose hash is"):
        artifacts.from_row({**row, "weights": other})


@pytest.mark.parametrize(
    ("column", "before", "after"),
    [("trees_json", "tree", "another tree"), ("btyd_json", "30.0", "60.0")],
)
def test_a_row_that_was_tampered_with_is_refused(column, before, after):
    row = artifacts.to_row(MODEL)
    changed = {**row, column: row[column].replace(before, after)}
    assert changed != row
    with pytest.raises(BadInput, match="one to be called"):
        artifacts.from_row(changed)


def test_a_row_of_an_older_version_is_explained():
    row = {**artifacts.to_row(MODEL), "trees_json": None}
    with pytest.raises(BadInput, match="an older version of the package trained"):
        artifacts.from_row(row)


@pytest.mark.parametrize(
    ("column", "broken", "what"),
    [
        ("weights", "UEsDBA==", "BadZipFile"),
        ("weights", "not base 64", "Error"),
        ("scaler_json", '{"recipe": ', "JSONDecodeError"),
        ("scaler_json", "[]", "TypeError"),
        ("btyd_json", '{"levels": []}', "KeyError"),
        ("btyd_json", '{"parameters": {"2024": {}}, "levels": []}', "ValueError"),
    ],
)
def test_a_broken_row_is_explained(column, broken, what):
    with pytest.raises(BadInput, match=f"{what}.*it trains another model"):
        artifacts.from_row({**artifacts.to_row(MODEL), column: broken})


def test_no_pickle_is_ever_read():
    buffer = io.BytesIO()
    np.savez(buffer, **{"0.0": np.array([{"run": "me"}], dtype=object)})
    text = base64.b64encode(buffer.getvalue()).decode()
    with pytest.raises(ValueError, match="allow_pickle"):
        weights.decode(text)


def test_no_models_are_a_typed_table():
    empty = artifacts.to_table([])
    assert empty.num_rows == 0 and empty.schema == artifacts.SCHEMA


def test_a_shift_is_the_newest_that_was_known():
    assert MODEL.shift_at(DAY + dt.timedelta(days=9)) == 0.1
    assert MODEL.shift_at(DAY - dt.timedelta(days=1)) == 0.0


def test_parameters_are_those_known_on_a_date():
    early = btyd.BtydParameters(0.1, 4.0, 0.8, 2.4, 6.0, 4.0, 15.0)
    before = DAY - dt.timedelta(days=9)
    model = replace(MODEL, parameters={**MODEL.parameters, before: early})
    assert model.parameters_at(DAY) == MODEL.parameters[DAY]
    assert model.parameters_at(DAY - dt.timedelta(days=1)) == early
    assert model.parameters_at(before - dt.timedelta(days=1)) is None
