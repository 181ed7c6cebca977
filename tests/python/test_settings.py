"""Settings: what a shop may choose, and what it hears when it chooses badly."""

import dataclasses

import pytest

from dynamic_clv.errors import BadSettings
from dynamic_clv.settings import REVISION, Settings


def test_settings_come_from_the_clv_block_of_meta():
    found = Settings.from_meta({"clv": {"horizon_days": 90, "loss": "mse"}})
    assert (found.horizon_days, found.loss, found.period_days) == (90, "mse", 7)
    assert Settings.from_meta({}) == Settings()


def test_numbers_may_arrive_as_text():
    assert Settings.from_meta({"clv": {"horizon_days": "90"}}).horizon_days == 90
    assert Settings.from_meta({"clv": {"force_retrain": "True"}}).force_retrain is True


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("horizon_days", 0, "a whole number >= 1"),
        ("max_epochs", "many", "a whole number >= 1"),
        ("ensemble_members", 1.5, "a whole number >= 1"),
        ("seed", True, "a whole number >= 0"),
        ("force_retrain", "perhaps", "true or false"),
        ("loss", "huber", "one of tweedie, mse"),
        ("period", "year", "one of day, week, month"),
    ],
)
def test_an_unusable_value_is_explained(name, value, wanted):
    with pytest.raises(BadSettings) as error:
        Settings.from_meta({"clv": {name: value}})
    assert f"`{name}` must be {wanted}" in str(error.value)
    assert f"`clv_{name}`" in str(error.value) and repr(value) in str(error.value)


def test_an_unknown_setting_is_named():
    with pytest.raises(BadSettings, match="Unknown setting: horizont_days"):
        Settings.from_meta({"clv": {"horizont_days": 90}})


def test_settings_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().seed = 3


def test_only_what_is_learned_from_asks_for_a_new_model():
    learned = Settings().learned_from()
    assert Settings(customers_per_batch=9_999).learned_from() == learned
    assert Settings(retrain_after_days=1).learned_from() == learned
    assert Settings(force_retrain=True).learned_from() == learned
    assert Settings(seed=1).learned_from() != learned
    assert learned["revision"] == REVISION  # an upgrade asks for one, too
    assert Settings.as_learned(Settings(seed=1).learned_from()) == Settings(seed=1)
