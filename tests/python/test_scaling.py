"""Scaling: hand-worked scales, and values never seen in training."""

import json

import numpy as np
import pytest

from dynamic_clv.model import scaling

AGE = np.array([20.0, 40.0, np.nan, 60.0])
SPEND = np.array([0.0, 10.0, 30.0, 0.0])
REGION = np.array(["north", None, "south", "north"], dtype=object)


def fitted():
    numbers = {"spend": SPEND, "age": AGE, "log_horizon": np.arange(4.0)}
    return scaling.fit(numbers, {"region": REGION}, unlogged=["log_horizon"])


def test_a_missing_number_becomes_the_training_median():
    scaler = fitted()
    assert scaler.numbers["age"].median == 40
    columns = scaling.transform(scaler, {"age": AGE}, {}, 4)
    age = columns[:, scaler.names().index("age")]
    assert age[2] == age[1]


def test_scales_by_hand():
    scale = fitted().numbers["spend"]
    assert (scale.median, scale.unit) == (5, 20)  # (10 + 30) / 2
    logs = np.log1p(SPEND / 20)
    assert scale.centre == pytest.approx(logs.mean())
    assert scale.spread == pytest.approx(logs.std())
    unlogged = fitted().numbers["log_horizon"]
    assert (unlogged.unit, unlogged.centre) == (0, 1.5)


def test_training_columns_have_mean_zero_and_spread_one():
    numbers = {"spend": SPEND, "log_horizon": np.arange(4.0)}
    matrix = scaling.transform(scaling.fit(numbers, {}), numbers, {}, 4)
    assert matrix.mean(axis=0) == pytest.approx([0, 0], abs=1e-6)
    assert matrix.std(axis=0) == pytest.approx([1, 1], abs=1e-6)


def test_the_currency_does_not_matter():
    for times in (0.01, 1e6):
        numbers, more = {"spend": SPEND}, {"spend": SPEND * times}
        once = scaling.transform(scaling.fit(numbers, {}), numbers, {}, 4)
        again = scaling.transform(scaling.fit(more, {}), more, {}, 4)
        assert again == pytest.approx(once, abs=1e-5)


def test_constant_and_empty_columns_say_nothing():
    numbers = {"same": np.full(4, 7.0), "empty": np.full(4, np.nan)}
    scaler = scaling.fit(numbers, {})
    other = {"same": np.arange(4.0), "empty": np.arange(4.0)}
    assert not scaling.transform(scaler, other, {}, 4).any()


def test_extreme_values_are_clipped():
    scaler = scaling.fit({"spend": SPEND}, {})
    matrix = scaling.transform(scaler, {"spend": np.array([1e300, -1e300])}, {}, 2)
    assert matrix[:, 0].tolist() == [scaling.CLIP, -scaling.CLIP]


def test_categories_known_unknown_and_missing():
    scaler = fitted()
    assert scaler.categories["region"] == ["north", "south"]
    seen = {"region": np.array(["south", "west", None], dtype=object)}
    matrix = scaling.transform(scaler, {}, seen, 3)
    assert scaler.names()[-4:] == [
        "region=north",
        "region=south",
        "region=other",
        "region=missing",
    ]
    assert matrix[:, -4:].tolist() == [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]


def test_rare_categories_are_other():
    values = np.array(["often"] * 999 + ["once"], dtype=object)
    assert scaling.fit({}, {"word": values}).categories["word"] == ["often"]


def test_a_vanished_column_counts_as_missing():
    scaler = fitted()
    matrix = scaling.transform(scaler, {}, {}, 2)
    assert matrix.shape == (2, len(scaler.names())) and np.isfinite(matrix).all()


def test_text_and_back_keeps_every_column_in_its_place():
    scaler = fitted()
    text = json.dumps(scaler.to_dict(), sort_keys=True)
    again = scaling.Scaler.from_dict(json.loads(text))
    assert again == scaler and again.names() == scaler.names()
