"""A new model becomes champion only if it is not worse, and a shop always has one."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pytest
import telling_shop
from memory_shop import QUICK, TODAY

from dynamic_clv.gates import promotion, rival_answers
from dynamic_clv.history.examples import Tables
from dynamic_clv.learning import training
from dynamic_clv.model import artifacts, prediction
from dynamic_clv.model.artifacts import TrainedModel
from dynamic_clv.model.prediction import Predictions
from dynamic_clv.settings import Settings
from dynamic_clv.versions import registry

SETTINGS = telling_shop.SETTINGS
DAY = dt.timedelta(days=1)


def quiet(line: str) -> None:
    """Say nothing."""


class Pair(NamedTuple):
    """A model to judge and the one to publish."""

    back_test: TrainedModel
    published: TrainedModel

    def changed(self, change: Callable[[TrainedModel], TrainedModel]) -> "Pair":
        """Do the same to both."""
        return Pair(*map(change, self)).linked()

    def linked(self) -> "Pair":
        """Tell the published model again who is judged in its place."""
        back_test, published = self
        version = back_test.model_version
        return Pair(back_test, replace(published, back_test_version=version))

    @property
    def version(self) -> str:
        """Of the one that would score."""
        return self.published.model_version


def trained_on(shop: Tables, settings: Settings = SETTINGS) -> Pair:
    rows = training.train(shop, None, settings, quiet).to_pylist()
    return Pair(*map(artifacts.from_row, rows))


@pytest.fixture(scope="module")
def shop() -> Tables:
    return telling_shop.shop()


@pytest.fixture(scope="module")
def good(shop: Tables) -> Pair:
    """Return what was trained today, as good as can be."""
    return trained_on(shop)


@pytest.fixture(scope="module")
def champion(good: Pair) -> Pair:
    """Return the same, as if it had been trained yesterday."""
    return good.changed(lambda model: replace(model, as_of_date=TODAY - DAY))


def in_office(pair: Pair) -> pa.Table:
    first = registry.promoted(pair.version, None, TODAY - DAY, "there is no champion")
    return registry.to_table([first])


def decide(
    shop: Tables,
    *pairs: Pair,
    written: pa.Table | None = None,
    settings: Settings = SETTINGS,
) -> list[dict]:
    models = artifacts.to_table([model for pair in pairs for model in pair])
    decisions = promotion.decide(shop, models, written, settings, quiet)
    assert decisions.schema == registry.SCHEMA
    return decisions.to_pylist()


def against(shop: Tables, champion: Pair, challenger: Pair) -> dict:
    """Let a challenger try, and return the only decision."""
    [decision] = decide(shop, champion, challenger, written=in_office(champion))
    assert decision["model_version"] == challenger.version
    assert decision["replaced_version"] == champion.version
    return decision


def test_a_model_as_good_as_the_champion_is_promoted(shop, champion, good):
    decision = against(shop, champion, good)
    assert decision["decision"] == "promoted", decision["reason"]
    assert decision["champion_version"] == good.version
    assert "not worse than gradient_boosting, bg_nbd" in decision["reason"]
    assert f"champion {champion.version}, on " in decision["reason"]
    figures = json.loads(decision["figures_json"])
    mine = [one for one in figures if one["rival"] == f"champion {champion.version}"]
    assert {one["purpose"] for one in mine} == {"back_test", "published"}
    assert all(
        one["challenger"] == one["other"]
        for one in mine
        if one["purpose"] == "back_test"
    )
    assert not any("squared" in one["figure"] for one in figures)


# -- twenty-two ways of being worse ------------------------------------------------


def last_layer(change: Callable[[np.ndarray], np.ndarray]):
    """Change the layer that says the corrections: its kernel and its bias."""

    def changed(model: TrainedModel) -> TrainedModel:
        members = [[*m[:-2], change(m[-2]), change(m[-1])] for m in model.members]
        return alone(replace(model, members=members))

    return changed


def alone(model: TrainedModel) -> TrainedModel:
    """Let the network answer without the trees, which have not been harmed."""
    blend = {head: {"cnn_lstm": 1.0} for head in model.blend}
    return replace(model, blend=blend)


def with_noise(values: np.ndarray) -> np.ndarray:
    dice = np.random.default_rng(1)
    return (values + dice.normal(size=values.shape)).astype(values.dtype)


def wrong_scaler(model: TrainedModel) -> TrainedModel:
    """Give each column the scale of another."""
    scaler = model.recipe.scaler
    names = list(scaler.numbers)
    scales = [scaler.numbers[name] for name in [*names[7:], *names[:7]]]
    moved = replace(scaler, numbers=dict(zip(names, scales, strict=True)))
    return alone(replace(model, recipe=replace(model.recipe, scaler=moved)))


def in_cents(model: TrainedModel) -> TrainedModel:
    shifts = {date: by + np.log(100) for date, by in model.shifts.items()}
    return replace(model, shifts=shifts)


def forgets_who_stays(model: TrainedModel) -> TrainedModel:
    scaler = model.recipe.scaler
    categories = {**scaler.categories, "plan": scaler.categories["plan"][::-1]}
    scaler = replace(scaler, categories=categories)
    return replace(model, recipe=replace(model.recipe, scaler=scaler))


WORSE_MODELS = {
    "zero weights": last_layer(np.zeros_like),
    "negated weights": last_layer(np.negative),
    "random weights": last_layer(with_noise),
    "a wrong scaler": wrong_scaler,
    "cents for euros": in_cents,
    "categories swapped": forgets_who_stays,
}


@pytest.mark.parametrize("fault", WORSE_MODELS)
def test_a_spoilt_model_is_rejected(shop, champion, good, fault):
    decision = against(shop, champion, good.changed(WORSE_MODELS[fault]))
    assert decision["decision"] == "rejected"
    assert decision["champion_version"] == champion.version
    assert decision["reason"].startswith("worse in ")


def constant(values: np.ndarray) -> np.ndarray:
    return np.full_like(values, values.mean())


def shuffled(found: Predictions) -> Predictions:
    places = np.random.default_rng(1).permutation(len(found.amount))
    return Predictions(**{name: rows[places] for name, rows in vars(found).items()})


def one_is(value: float) -> Callable[[Predictions], Predictions]:
    def changed(found: Predictions) -> Predictions:
        return replace(found, amount=np.r_[value, found.amount[1:]])

    return changed


WORSE_ANSWERS: dict[str, Callable[[Predictions], Predictions]] = {
    "the same amount for all": lambda f: replace(f, amount=constant(f.amount)),
    "ranks turned round": lambda f: replace(f, amount=f.amount.max() - f.amount),
    "customers mixed up": shuffled,
    "three times as much": lambda f: replace(f, amount=3 * f.amount),
    "a third as much": lambda f: replace(f, amount=f.amount / 3),
    "nothing at all": lambda f: replace(f, amount=0 * f.amount),
    "chances turned round": lambda f: replace(f, p_order=1 - f.p_order),
    "a half chance for all": lambda f: replace(f, p_order=0 * f.p_order + 0.5),
    "chances of other customers": lambda f: replace(f, p_order=shuffled(f).p_order),
    "orders and chances swapped": lambda f: replace(
        f, order_count=f.p_order, p_order=np.minimum(f.order_count, 1)
    ),
    "ten times the orders": lambda f: replace(f, order_count=10 * f.order_count),
    "the median at p90": lambda f: replace(f, quantiles=f.quantiles[:, [0, 2, 2]]),
    "p10 and p90 at the median": lambda f: replace(
        f, quantiles=f.quantiles[:, [1, 1, 1]]
    ),
    "not a number for one": one_is(np.nan),
    "infinite for one": one_is(np.inf),
}


@pytest.mark.parametrize("fault", WORSE_ANSWERS)
def test_spoilt_answers_are_rejected(shop, champion, good, fault, monkeypatch):
    spoilt = WORSE_ANSWERS[fault]
    says(monkeypatch, spoilt, lambda model: model.as_of_date == TODAY)
    decision = against(shop, champion, good)
    assert decision["decision"] == "rejected"
    assert decision["champion_version"] == champion.version


def says(monkeypatch, change, of: Callable[[TrainedModel], bool]) -> None:
    """Change what some models say."""
    honest = prediction.predict

    def predict(model: TrainedModel, part) -> Predictions:
        found = honest(model, part)
        return change(found) if of(model) else found

    monkeypatch.setattr(prediction, "predict", predict)


def test_a_published_model_that_diverged_is_rejected(shop, champion, good, monkeypatch):
    def diverged(model: TrainedModel) -> bool:
        return model.as_of_date == TODAY and model.purpose == "published"

    says(monkeypatch, shuffled, diverged)
    decision = against(shop, champion, good)
    assert decision["decision"] == "rejected"
    assert "(0." in decision["reason"] and "published)" in decision["reason"]


def with_labels_mixed_up(shop: Tables) -> Tables:
    """Give every customer the outcome of another one of the same cut-off."""
    rows = shop.labels.to_pandas().sort_values(["as_of_date", "customer_id"])
    names = [name for name in rows.columns if name.endswith("_in_horizon")]
    for _, part in rows.groupby(["as_of_date", "horizon_days"]):
        mixed = part[names].sample(frac=1, random_state=1).to_numpy()
        rows.loc[part.index, names] = mixed
    labels = pa.Table.from_pandas(rows, preserve_index=False)
    return replace(shop, labels=labels.cast(shop.labels.schema))


def with_plans_of_old(shop: Tables) -> Tables:
    """Return the shop of a time in which the plans meant the opposite."""
    place = shop.profile.column_names.index("plan")
    turned = {"stays": "leaves", "leaves": "stays"}
    plans = [turned[plan] for plan in shop.profile.column("plan").to_pylist()]
    return replace(
        shop, profile=shop.profile.set_column(place, "plan", pa.array(plans))
    )


@pytest.mark.parametrize("spoil", [with_labels_mixed_up, with_plans_of_old])
def test_a_model_that_learned_the_wrong_thing_is_rejected(shop, champion, spoil):
    challenger = trained_on(spoil(shop))
    decision = against(shop, champion, challenger)
    assert decision["decision"] == "rejected"


# -- who is in office --------------------------------------------------------------


def test_the_first_model_is_promoted_and_why_is_written_down(shop, good):
    [decision] = decide(shop, good)
    assert (decision["decision"], decision["replaced_version"]) == ("promoted", None)
    assert decision["champion_version"] == decision["model_version"] == good.version
    assert decision["reason"].startswith("there is no champion; not worse than")


def test_a_shop_is_not_left_without_a_score_by_a_bad_first_model(shop, good):
    [decision] = decide(shop, good.changed(last_layer(np.negative)))
    assert decision["decision"] == "promoted"
    assert decision["reason"].startswith("there is no champion; worse in ")


def test_a_first_model_that_says_no_numbers_gives_way_to_an_older_one(
    shop, champion, good, monkeypatch
):
    says(monkeypatch, one_is(np.nan), lambda model: model.as_of_date == TODAY)
    broken, older = decide(shop, champion, good)
    assert (broken["decision"], broken["champion_version"]) == ("rejected", None)
    assert older["decision"] == "promoted"
    assert older["champion_version"] == champion.version


def test_a_better_model_replaces_a_bad_champion(shop, champion, good):
    bad = champion.changed(last_layer(np.zeros_like))
    assert against(shop, bad, good)["decision"] == "promoted"


def test_a_rule_that_beats_the_champion_as_well_keeps_nobody_out(shop, champion, good):
    bad, as_bad = (pair.changed(in_cents) for pair in (champion, good))
    decision = against(shop, bad, as_bad)
    assert decision["decision"] == "promoted"
    assert "as the champion is, worse in " in decision["reason"]
    figures = json.loads(decision["figures_json"])
    excused = [one for one in figures if one["is_excused"]]
    assert excused and all(one["is_worse"] for one in excused)


def test_a_trial_without_bg_nbd_says_so(shop, champion, good, monkeypatch):
    monkeypatch.setattr(rival_answers, "_buy_till_you_die", lambda part, facts: {})
    decision = against(shop, champion, good)
    assert decision["decision"] == "promoted"
    assert "bg_nbd_gamma_gamma cannot be fitted on so few" in decision["reason"]


def test_a_champion_that_cannot_be_read_leaves_the_office(shop, champion, good):
    models = artifacts.to_table([*champion, *good]).to_pylist()
    models[1]["scaler_json"] = '{"recipe": '
    models = pa.Table.from_pylist(models, schema=artifacts.SCHEMA)
    written = in_office(champion)
    rows = promotion.decide(shop, models, written, SETTINGS, quiet).to_pylist()
    assert [row["champion_version"] for row in rows] == [good.version]
    assert "cannot score: The row of model" in rows[0]["reason"]


def test_nobody_is_judged_twice(shop, champion, good):
    written = in_office(champion)
    rows = decide(shop, champion, good, written=written)
    again = registry.to_table(
        [*registry.read(written), *(registry.Decision(**row) for row in rows)]
    )
    assert decide(shop, champion, good, written=again) == []


def test_a_champion_that_learned_labels_of_the_test_is_not_asked(shop, champion, good):
    learned = champion.back_test.label_horizon_days + 1
    knowing = champion.changed(lambda model: replace(model, label_horizon_days=learned))
    decision = against(shop, knowing, good)
    assert decision["decision"] == "promoted"
    assert "the champion knows labels of the test" in decision["reason"]
    assert "champion " + champion.version not in decision["reason"]


def test_a_champion_in_another_currency_leaves_the_office(shop, champion, good):
    dollars = {**champion.published.settings, "reporting_currency": "USD"}
    other = champion.changed(lambda model: replace(model, settings=dollars))
    [decision] = decide(shop, other, good, written=in_office(other))
    assert decision["decision"] == "promoted"
    assert decision["replaced_version"] == other.version
    assert "cannot score: it counts in USD" in decision["reason"]


def test_a_former_champion_returns_with_its_settings(shop, champion, good):
    other = {**good.published.settings, "seed": 99}
    newer = good.changed(lambda model: replace(model, settings=other))
    second = registry.promoted(newer.version, champion.version, TODAY, "not worse")
    log = [*registry.read(in_office(champion)), second]
    [decision] = decide(shop, champion, newer, written=registry.to_table(log))
    assert decision["champion_version"] == champion.version
    assert "its settings are those of this build again" in decision["reason"]
    by_hand = replace(second, decision="restored")
    log = registry.to_table([*log[:1], by_hand])
    assert decide(shop, champion, newer, written=log) == []


def test_a_fallback_does_not_replace_a_network_and_a_network_replaces_it(
    shop, champion, good
):
    simple = replace(
        good.published, model_kind="btyd", back_test_version=None, blend={}, trees={}
    )
    models = artifacts.to_table([*champion, simple])
    written = in_office(champion)
    rows = promotion.decide(shop, models, written, SETTINGS, quiet).to_pylist()
    assert [row["decision"] for row in rows] == ["rejected"]
    earlier = replace(simple, as_of_date=TODAY - DAY)
    office = registry.promoted(earlier.model_version, None, TODAY - DAY, "first")
    models = artifacts.to_table([earlier, *good])
    log = registry.to_table([office])
    [row] = promotion.decide(shop, models, log, SETTINGS, quiet).to_pylist()
    assert row["decision"] == "promoted"
    assert "the champion is a fallback" in row["reason"]


def test_a_model_without_a_test_is_not_promoted_over_a_champion(shop, champion, good):
    labelled = pa.compute.not_equal(shop.as_of_dates["role"], "test")
    untested = replace(shop, as_of_dates=shop.as_of_dates.filter(labelled))
    decision = against(untested, champion, good)
    assert decision["decision"] == "rejected"
    assert "there is no test cut-off" in decision["reason"]


def test_a_changed_row_is_rejected_with_what_is_wrong(shop, champion, good):
    rows = artifacts.to_table([*champion, *good]).to_pylist()
    rows[3]["btyd_json"] = rows[0]["btyd_json"]
    models = pa.Table.from_pylist(rows, schema=artifacts.SCHEMA)
    written = in_office(champion)
    [row] = promotion.decide(shop, models, written, SETTINGS, quiet).to_pylist()
    assert row["decision"] == "rejected"
    assert "Received one to be called" in row["reason"]


def test_an_empty_shop_decides_nothing():
    nothing = replace(
        telling_shop.shop(2), as_of_dates=telling_shop.shop(2).as_of_dates.slice(0, 0)
    )
    none = artifacts.to_table([])
    assert promotion.decide(nothing, none, None, QUICK, quiet).num_rows == 0
