"""Networks of the same shape and different seeds are trained, each on its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dynamic_clv.networks import inference, losses, network, runtime
from dynamic_clv.networks.hyperparameters import DEFAULTS, Hyperparameters
from dynamic_clv.settings import Settings

Arrays = dict[str, np.ndarray]
Weights = list[np.ndarray]

# Few rows are cut into small batches, so that an epoch is about as many steps, and
# means about as much learning, in every shop.
STEPS_PER_EPOCH = 40
LEAST_BATCH, MOST_BATCH = 128, 1024
LONGEST_GRADIENT = 1.0

# Epochs without a better validation loss before training stops.
PATIENCE = 3
LEAST_GAIN = 1e-4


@dataclass(frozen=True)
class Trained:
    """What training one network gave.

    Attributes:
        weights: of the best epoch, or of the last one without validation rows.
        epochs: passes that led to these weights.
        loss: validation loss there; training loss without validation rows.
    """

    weights: Weights
    epochs: int
    loss: float


def loss_by_head(settings: Settings) -> dict[str, Any]:
    """Return the loss that each head is trained with."""
    return {
        network.MEAN: losses.tweedie if settings.loss == "tweedie" else losses.squared,
        network.ORDER: losses.cross_entropy,
        network.COUNT: losses.poisson,
        network.QUANTILES: losses.pinball,
    }


def train(
    rows: tuple[Arrays, Arrays],
    judged: tuple[Arrays, Arrays] | None,
    settings: Settings,
    epochs: int,
    log: Callable[[str], None],
    check: Callable[[], None],
    chosen: Hyperparameters = DEFAULTS,
) -> list[Trained]:
    """Train every member of the ensemble.

    Args:
        rows: inputs and targets to learn from, see `recipe`.
        judged: inputs and targets that decide when to stop; None trains all epochs.
        settings: seed, loss and number of members.
        epochs: passes at most.
        log: told one line per epoch.
        check: called at every batch; may raise to stop.
        chosen: how the networks are built and trained.
    """
    with runtime.LOCK:
        members = []
        for member in range(settings.ensemble_members):
            check()
            model = _compiled(rows[0], settings, chosen, member)
            name = f"network {member + 1} of {settings.ensemble_members}"
            members.append(_fit(model, rows, judged, epochs, _teller(log, name), check))
        return members


def batch_size(rows: int) -> int:
    """Return a power of two that makes about `STEPS_PER_EPOCH` batches.

    Examples:
        >>> [batch_size(rows) for rows in (100, 16_000, 60_000)]
        [128, 256, 1024]
    """
    wanted = 2 ** int(np.log2(max(rows / STEPS_PER_EPOCH, 1.0)))
    return int(np.clip(wanted, LEAST_BATCH, MOST_BATCH))


def _compiled(
    inputs: Arrays, settings: Settings, chosen: Hyperparameters, member: int
) -> Any:
    keras = runtime.prepare()
    keras.utils.set_random_seed((settings.seed + member) % 2**32)
    dropout = chosen.dropouts[member % len(chosen.dropouts)]
    model = network.build(network.shape_of(inputs), chosen, dropout)
    optimizer = keras.optimizers.AdamW(
        chosen.learning_rate, chosen.weight_decay, clipnorm=LONGEST_GRADIENT
    )
    model.compile(optimizer=optimizer, loss=loss_by_head(settings))
    return model


def _fit(
    model: Any,
    rows: tuple[Arrays, Arrays],
    judged: tuple[Arrays, Arrays] | None,
    epochs: int,
    tell: Callable[[int, float, float | None], None],
    check: Callable[[], None],
) -> Trained:
    """Train epoch by epoch; keep the best epoch where there are rows to judge by.

    Weights that have become useless (a loss that is no number) are never kept.
    """
    best = Trained(model.get_weights(), 0, np.inf)
    batch = batch_size(len(rows[0][network.ANCHORS]))
    for epoch in range(1, epochs + 1):
        found = model.fit(
            *rows, batch_size=batch, verbose=0, callbacks=[_stopper(check)]
        )
        loss = float(found.history["loss"][0])
        judged_loss = _judge(model, judged) if judged else None
        tell(epoch, loss, judged_loss)
        if judged_loss is None:
            if np.isfinite(loss):
                best = Trained(model.get_weights(), epoch, loss)
        elif judged_loss < best.loss - LEAST_GAIN:
            best = Trained(model.get_weights(), epoch, judged_loss)
        elif epoch - best.epochs >= PATIENCE:
            break
    return best


def _judge(model: Any, judged: tuple[Arrays, Arrays]) -> float:
    found = model.evaluate(*judged, batch_size=inference.ROWS_PER_PREDICTION, verbose=0)
    return float(found[0])


def _teller(
    log: Callable[[str], None], name: str
) -> Callable[[int, float, float | None], None]:
    def tell(epoch: int, loss: float, judged_loss: float | None) -> None:
        judged = "" if judged_loss is None else f", of validation {judged_loss:.4f}"
        log(f"{name}, epoch {epoch}: loss {loss:.4f}{judged}")

    return tell


def _stopper(check: Callable[[], None]) -> Any:
    keras = runtime.prepare()

    class Stopper(keras.callbacks.Callback):
        """Asks before every batch whether to go on."""

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            check()

    return Stopper()
