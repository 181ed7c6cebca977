"""Settings of the learning half: frozen, checked, and read from dbt's meta."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from dynamic_clv.errors import BadSettings

LOSSES = ("tweedie", "mse")
CHAMPIONS = ("cnn_lstm", "best")
COMPRESSIONS = ("none", "int8", "student")
PERIODS = {"day": 1, "week": 7, "month": 30}

CHOICES = {
    "loss": LOSSES,
    "champion": CHAMPIONS,
    "compression": COMPRESSIONS,
    "period": tuple(PERIODS),
}

# Raised where the same settings and facts come to teach another model, so that a shop
# trains once after the upgrade: a correction is of the anchors that it was learned on.
REVISION = 2

# Settings that change what is published when, or how fast, but not what is learned.
NOT_LEARNED_FROM = (
    "retrain_after_days",
    "drift_threshold",
    "force_retrain",
    "customers_per_batch",
)

SWITCHES = ("include_tax", "include_shipping", "force_retrain")

LEAST = {
    "horizon_days": 1,
    "bot_events_per_hour": 1,
    "window_periods": 2,
    "max_epochs": 1,
    "ensemble_members": 1,
    "max_training_rows": 1_000,
    "search_seconds": 0,
    "seed": 0,
    "retrain_after_days": 1,
    "customers_per_batch": 1_000,
}


@dataclass(frozen=True)
class Settings:
    """What a shop may choose; each has a dbt var `clv_<name>` of the same meaning.

    Attributes:
        horizon_days: days ahead that a prediction covers.
        include_tax: whether tax is spend; counted by the SQL half, as the next three.
        include_shipping: whether shipping is.
        bot_events_per_hour: events above which a customer is a robot.
        imputation: what stands in for missing attributes, as a hash.
        period: day, week or month: one step of the network.
        window_periods: most periods of history that the network reads.
        reporting_currency: ISO-4217 code of every amount.
        loss: of the mean: "tweedie", or "mse" for squared error.
        champion: "cnn_lstm" publishes the network, anchored on BG/NBD, as far as it is
            not beaten beyond noise; "best" expects boosted trees to be as good.
        compression: "none", or smaller networks in place of the trained ones, see
            `compression`.
        ensemble_members: networks averaged, each with its own seed.
        max_epochs: passes over the training rows, at most.
        max_training_rows: customer x cut-off x horizon rows sampled for training.
        search_seconds: to look for a better way to train before training; 0 trusts the
            defaults.
        seed: fixes every random choice.
        retrain_after_days: days of as_of_date after which a model is too old.
        drift_threshold: mean stability index of the features beyond which a model is
            trained again, see `drift`.
        force_retrain: train in this build whatever there is.
        customers_per_batch: customers scored at once; bounds memory.
    """

    horizon_days: int = 365
    period: str = "week"
    window_periods: int = 52
    reporting_currency: str = "EUR"
    include_tax: bool = False
    include_shipping: bool = False
    bot_events_per_hour: int = 200
    imputation: str = ""
    loss: str = "tweedie"
    champion: str = "cnn_lstm"
    compression: str = "none"
    ensemble_members: int = 2
    max_epochs: int = 25
    max_training_rows: int = 60_000
    search_seconds: int = 0
    seed: int = 20240229
    retrain_after_days: int = 28
    drift_threshold: float = 0.2
    force_retrain: bool = False
    customers_per_batch: int = 50_000

    def __post_init__(self) -> None:
        """Refuse values that cannot be used.

        Raises:
            BadSettings: names the setting, what it may be and what it is.
        """
        for name, least in LEAST.items():
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise BadSettings.unusable(name, f"a whole number >= {least}", value)
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                wanted = "one of " + ", ".join(choices)
                raise BadSettings.unusable(name, wanted, getattr(self, name))
        if not isinstance(self.drift_threshold, int | float) or not (
            self.drift_threshold > 0
        ):
            raise BadSettings.unusable(
                "drift_threshold", "a number above 0", self.drift_threshold
            )
        for name in SWITCHES:
            if not isinstance(getattr(self, name), bool):
                raise BadSettings.unusable(name, "true or false", getattr(self, name))

    @classmethod
    def from_meta(cls, meta: Mapping[str, Any]) -> "Settings":
        """Read the settings of a dbt model's `meta`, its `clv` block if it has one.

        Numbers may arrive as text, because a var on the command line can be either.

        Raises:
            BadSettings: a name is unknown, or a value cannot be used.
        """
        given = dict(meta.get("clv", meta))
        known = {field.name: field for field in fields(cls)}
        if not set(given) <= set(known):
            raise BadSettings.unknown(set(given) - set(known), known)
        return cls(
            **{name: _typed(value, known[name].type) for name, value in given.items()}
        )

    @classmethod
    def as_learned(cls, learned: Mapping[str, Any]) -> "Settings":
        """Rebuild what `learned_from` gave; the other settings have their defaults."""
        kept = {name: value for name, value in learned.items() if name != "revision"}
        return cls.from_meta(kept)

    @property
    def period_days(self) -> int:
        """Days in one period."""
        return PERIODS[self.period]

    def learned_from(self) -> dict[str, Any]:
        """Return the settings that decide what a model learns, and their revision."""
        learned = {
            name: value
            for name, value in asdict(self).items()
            if name not in NOT_LEARNED_FROM
        }
        return {**learned, "revision": REVISION}


def _typed(value: Any, kind: Any) -> Any:
    """Return text that is a number, or true or false, as what it says."""
    if kind is int and isinstance(value, str) and value.strip().isdigit():
        return int(value)
    if kind is float and isinstance(value, str) and _is_decimal(value):
        return float(value)
    if kind is bool and str(value).lower() in ("true", "false"):
        return str(value).lower() == "true"
    return value


def _is_decimal(text: str) -> bool:
    """Tell whether a text is a number such as 0.2, without sign or exponent."""
    return text.strip().replace(".", "", 1).isdigit()
