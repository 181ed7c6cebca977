"""What can be changed in the training of networks, and what is done unasked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Hyperparameters:
    """How networks are built and trained.

    Attributes:
        learning_rate: of Adam.
        weight_decay: decoupled from the gradient (Loshchilov and Hutter 2019, AdamW).
        width: filters of the convolution, and units of the LSTM.
        dropouts: share of features and dense units left out, taken in turn by the
            members. Which of them a shop is better off with is less than its
            validation cut-off can tell, and their average is as good as the better one
            (Wenzel et al. 2020, "Hyperparameter Ensembles").
        channel_dropout: share of a customer's channels left out at a training step.
        amount_jitter: standard deviation of the noise by which every number of the
            windows is multiplied at a training step, around 1.
        silent_channels: channels that are not listened to.
    """

    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    width: int = 32
    dropouts: tuple[float, ...] = (0.0, 0.2)
    channel_dropout: float = 0.0
    amount_jitter: float = 0.0
    silent_channels: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Hyperparameters":
        """Rebuild from `to_dict`, also after a trip through JSON."""
        known = {field.name: values[field.name] for field in fields(cls)}
        tuples = {k: tuple(v) for k, v in known.items() if isinstance(v, list | tuple)}
        return cls(**{**known, **tuples})


DEFAULTS = Hyperparameters()
