"""A trained model as one row of `ml_clv__trained_models`, and back.

Weights travel as plain arrays and everything else as JSON: the network is rebuilt in
code, nothing in a row is ever executed, and no customer is inside.
"""

import datetime as dt
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from dynamic_clv import columns
from dynamic_clv.errors import BadInput
from dynamic_clv.expectation import btyd
from dynamic_clv.expectation.levels import Level
from dynamic_clv.expectation.season import Season
from dynamic_clv.model import weights
from dynamic_clv.model.calibration import Stretch
from dynamic_clv.model.cohort import Cohort
from dynamic_clv.model.recipe import Recipe
from dynamic_clv.model.weights import Weights

# What reading a row ends with that was cut short, or written by a later version.
_BROKEN = (
    AttributeError,
    EOFError,
    KeyError,
    OSError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)

SCHEMA = pa.schema(
    [
        ("model_version", pa.string()),
        ("purpose", pa.string()),
        ("model_kind", pa.string()),
        ("trained_at", pa.timestamp("us")),
        ("as_of_date", pa.date32()),
        ("train_reason", pa.string()),
        ("back_test_version", pa.string()),
        ("horizon_days", pa.int32()),
        ("label_horizon_days", pa.int32()),
        ("settings_json", pa.string()),
        ("feature_schema_json", pa.string()),
        ("scaler_json", pa.string()),
        ("btyd_json", pa.string()),
        ("metrics_json", pa.string()),
        ("trees_json", pa.string()),
        ("population_json", pa.string()),
        ("weights", pa.string()),
        ("weights_hash", pa.string()),
        ("seconds", pa.float64()),
    ]
)


@dataclass(frozen=True)
class TrainedModel:
    """A model ready to predict, and how it came about.

    Attributes:
        purpose: "back_test" (judged on the test cut-off) or "published".
        model_kind: "cnn_lstm", "btyd" or "cohort_mean".
        trained_at: UTC.
        as_of_date: nothing after it was known to the model.
        train_reason: why it was trained.
        horizon_days: days that the shop asked for.
        label_horizon_days: days that history could label; 0 without labels.
        settings: what it learned with, see `Settings.learned_from`.
        feature_schema: columns that it was shown, by kind.
        recipe: how facts become inputs; None for fallbacks.
        blend: head -> share of each expert in the prediction.
        shifts: cut-off -> logarithm to add to every mean there.
        stretch: factors of p10 and p90.
        parameters: cut-off -> BG/NBD parameters fitted there.
        levels: the shop's level at past cut-offs.
        seasons: cut-off -> repeat business by period, as known there.
        cohort: of an average customer.
        metrics: figures worth keeping; nothing is predicted from them.
        population: customers that it was trained for, see `drift.describe`; empty
            where nobody will ask.
        back_test_version: of a published model, the one that is judged in its place;
            None where there is none.
        members: weights of each network.
        trees: LightGBM's text by head.
        regression: weights of `logistic`; models from before it came have none.
        seconds: time it took.
    """

    purpose: str
    model_kind: str
    trained_at: dt.datetime
    as_of_date: dt.date
    train_reason: str
    horizon_days: int
    label_horizon_days: int
    settings: dict[str, Any]
    feature_schema: dict[str, list[str]]
    recipe: Recipe | None = None
    blend: dict[str, dict[str, float]] = field(default_factory=dict)
    shifts: dict[dt.date, float] = field(default_factory=dict)
    stretch: Stretch = field(default_factory=Stretch)
    parameters: dict[dt.date, btyd.BtydParameters] = field(default_factory=dict)
    levels: list[Level] = field(default_factory=list)
    seasons: dict[dt.date, Season] = field(default_factory=dict)
    cohort: Cohort | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    population: dict[str, Any] = field(default_factory=dict)
    back_test_version: str | None = None
    members: list[Weights] = field(default_factory=list)
    trees: dict[str, str] = field(default_factory=dict)
    regression: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def model_version(self) -> str:
        """16 hexadecimal digits of everything that a prediction depends on."""
        row = _texts(self)
        parts = [row[name] for name in ("settings_json", "feature_schema_json")]
        parts += [row["scaler_json"], row["btyd_json"], row["trees_json"]]
        parts += [weights.digest(self.members)]
        parts += [self.purpose, self.model_kind, self.as_of_date.isoformat()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    def parameters_at(self, date: dt.date) -> btyd.BtydParameters | None:
        """Return the newest BG/NBD parameters that were known on a date."""
        return _newest(self.parameters, date)

    def season_at(self, date: dt.date) -> Season | None:
        """Return the newest season that was known on a date."""
        return _newest(self.seasons, date)

    def shift_at(self, date: dt.date) -> float:
        """Return the newest shift of the total that was known on a date."""
        return _newest(self.shifts, date) or 0.0


def _newest(found: Mapping[dt.date, Any], date: dt.date) -> Any | None:
    known = [other for other in found if other <= date]
    return found[max(known)] if known else None


def to_table(models: Sequence[TrainedModel]) -> pa.Table:
    """Write models as rows; no model gives a typed table without rows."""
    return pa.Table.from_pylist([to_row(model) for model in models], schema=SCHEMA)


def to_row(model: TrainedModel) -> dict[str, Any]:
    """Write one model as one row."""
    return {
        "model_version": model.model_version,
        "weights": weights.encode(model.members) if model.members else None,
        "weights_hash": weights.digest(model.members) if model.members else None,
        **{name: getattr(model, name) for name in _PLAIN},
        **_texts(model),
        "metrics_json": _text(model.metrics),
        "population_json": _text(model.population),
    }


def from_row(row: Mapping[str, Any]) -> TrainedModel:
    """Rebuild a model from its row.

    Raises:
        BadInput: the row is not what was written after training.
    """
    version = row["model_version"]
    if row["trees_json"] is None:
        raise _unreadable(version, "one that an older version of the package trained")
    try:
        model, weights_hash = _decoded(row)
    except _BROKEN as why:
        raise _unreadable(version, f"{type(why).__name__}: {why}") from why
    if weights_hash != row["weights_hash"]:
        raise _unreadable(version, f"weights whose hash is {weights_hash}")
    if model.model_version != version:
        raise _unreadable(version, f"one to be called {model.model_version}")
    return model


def _unreadable(version: str, received: str) -> BadInput:
    return BadInput(
        f"The row of model {version} must be as this version wrote it after training.",
        f"Received {received}.",
        "Run `dbt build`: it trains another model. If it then says the same again, "
        "the facts have not changed and gave the same model: delete the row first.",
    )


def _decoded(row: Mapping[str, Any]) -> tuple[TrainedModel, str | None]:
    """Read every column of a row; also the hash that its weights have."""
    scaler, fitted = json.loads(row["scaler_json"]), json.loads(row["btyd_json"])
    members = weights.decode(row["weights"]) if row["weights"] else []
    model = TrainedModel(
        **{name: row[name] for name in _PLAIN},
        settings=json.loads(row["settings_json"]),
        feature_schema=json.loads(row["feature_schema_json"]),
        recipe=Recipe.from_dict(scaler["recipe"]) if scaler["recipe"] else None,
        blend=scaler["blend"],
        shifts=_by_date(scaler["shifts"]),
        stretch=Stretch.from_dict(scaler["stretch"]),
        parameters=_by_date(fitted["parameters"], btyd.BtydParameters.from_dict),
        levels=[Level.from_dict(values) for values in fitted["levels"]],
        seasons=_by_date(fitted["seasons"], Season.from_dict),
        cohort=Cohort(**fitted["cohort"]) if fitted["cohort"] else None,
        metrics=json.loads(row["metrics_json"]),
        population=json.loads(row["population_json"] or "{}"),
        trees=json.loads(row["trees_json"]),
        regression=scaler.get("regression", []),
        members=members,
    )
    return model, weights.digest(members) if members else None


_PLAIN = (
    "purpose",
    "model_kind",
    "trained_at",
    columns.AS_OF_DATE,
    "train_reason",
    "back_test_version",
    columns.HORIZON_DAYS,
    "label_horizon_days",
    "seconds",
)


def _texts(model: TrainedModel) -> dict[str, str]:
    """Return the columns that hold JSON."""
    fitted = {
        "parameters": {
            date.isoformat(): values.to_dict()
            for date, values in model.parameters.items()
        },
        "levels": [level.to_dict() for level in model.levels],
        "seasons": {
            date.isoformat(): season.to_dict() for date, season in model.seasons.items()
        },
        "cohort": vars(model.cohort) if model.cohort else None,
    }
    mixed = {
        "recipe": model.recipe.to_dict() if model.recipe else None,
        "blend": model.blend,
        "shifts": {date.isoformat(): value for date, value in model.shifts.items()},
        "stretch": model.stretch.to_dict(),
    }
    if model.regression:  # a row that was written without it stays as it is
        mixed["regression"] = model.regression
    return {
        "settings_json": _text(model.settings),
        "feature_schema_json": _text(model.feature_schema),
        "scaler_json": _text(mixed),
        "btyd_json": _text(fitted),
        "trees_json": _text(model.trees),
    }


def _by_date(
    texts: Mapping[str, Any], read: Callable[[Any], Any] = float
) -> dict[dt.date, Any]:
    return {dt.date.fromisoformat(date): read(value) for date, value in texts.items()}


def _text(values: Any) -> str:
    return json.dumps(values, sort_keys=True)
