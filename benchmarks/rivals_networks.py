"""Rivals written with Keras: what others do instead."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from rivals_question import Array, Arrays, Lesson, Question, answer, longer
from scipy import special

from dynamic_clv.measures.baselines import Baseline
from dynamic_clv.measures.learned_baselines import ranked
from dynamic_clv.networks import ensemble, inference, network, runtime
from dynamic_clv.networks.hyperparameters import DEFAULTS

Tensor = Any
Builder = Callable[[Any, Arrays], Any]

# As in the code that the authors of the ZILN loss published.
ZILN_DENSE = (64, 32)
LEAST_SPREAD = 1e-3

# Beyond e^30 mean customers a mean is only called huge.
MOST_LOG = 30.0


def cnn_lstm_squared_error(question: Question) -> Baseline:
    """Conv1D -> LSTM -> Dense on squared error: what a textbook would do.

    No anchor, no second head: customers are ranked by their amount, which also serves
    as the median. A horizon longer than any label is answered by the longest label's
    amounts times asked / longest days.
    """

    def build(keras: Any, rows: Arrays) -> Any:
        sequence, features = _inputs(keras, rows, network.SEQUENCE, network.FEATURES)
        layers = keras.layers
        patterns = layers.Conv1D(DEFAULTS.width, network.KERNEL, activation="relu")(
            layers.ZeroPadding1D((network.KERNEL - 1, 0))(sequence)
        )  # (batch, steps, width)
        memory = layers.LSTM(DEFAULTS.width)(
            layers.MaxPooling1D(network.POOL)(patterns)
        )
        known = layers.Concatenate()([memory, features])
        hidden = layers.Dense(network.DENSE[0], activation="relu")(known)
        return keras.Model([sequence, features], layers.Dense(1)(hidden))

    said = _single(question, build, "mse")[:, 0]
    amount = np.maximum(said, 0.0) * question.unit * question.stretch
    return answer(amount, ranked(said), amount)


def dnn_ziln(question: Question) -> Baseline:
    """A dense network with the zero-inflated log-normal loss.

    Wang, Liu and Miao 2019, arXiv:1912.07753: one chance of any spend, one log-normal
    for its size. A longer horizon is answered as by `cnn_lstm_squared_error`.
    """

    def build(keras: Any, rows: Arrays) -> Any:
        (features,) = _inputs(keras, rows, network.FEATURES)
        hidden = features
        for units in ZILN_DENSE:
            hidden = keras.layers.Dense(units, activation="relu")(hidden)
        return keras.Model([features], keras.layers.Dense(3)(hidden))

    chance, level, spread = ziln_parts(_single(question, build, ziln_loss))
    scale = question.unit * question.stretch
    mean, middle = ziln_mean(chance, level, spread), ziln_median(chance, level, spread)
    return answer(mean * scale, longer(chance, question.stretch), middle * scale)


def ziln_loss(actual: Tensor, predicted: Tensor) -> Tensor:
    """Cross-entropy of any spend, plus -log density of the spend of those who do.

    Args:
        actual: (batch, 1) spend; what is not positive counts as nothing.
        predicted: (batch, 3) logit of any spend, mean of its log, spread before
            softplus.
    """
    ops = runtime.prepare().ops
    actual, logit, level = actual[:, 0], predicted[:, 0], predicted[:, 1]
    spread = ops.maximum(ops.softplus(predicted[:, 2]), LEAST_SPREAD)
    spent = ops.cast(actual > 0, predicted.dtype)
    log_spend = ops.log(ops.where(actual > 0, actual, ops.ones_like(actual)))
    distance = (log_spend - level) / spread
    density = 0.5 * distance**2 + ops.log(spread) + log_spend
    density = density + 0.5 * math.log(2 * math.pi)
    any_spend = ops.softplus(logit) - spent * logit
    return any_spend + spent * density


def ziln_parts(said: Array) -> tuple[Array, Array, Array]:
    """Return chance, mean and spread of log spend from (customers, 3) outputs."""
    spread = np.maximum(np.logaddexp(0.0, said[:, 2]), LEAST_SPREAD)
    return special.expit(said[:, 0]), said[:, 1], spread


def ziln_mean(chance: Array, level: Array, spread: Array) -> Array:
    """Return chance * exp(level + spread^2 / 2).

    Examples:
        >>> float(ziln_mean(np.array(0.5), np.array(0.0), np.array(2.0)).round(3))
        3.695
    """
    return chance * np.exp(np.minimum(level + spread**2 / 2, MOST_LOG))


def ziln_median(chance: Array, level: Array, spread: Array) -> Array:
    """Return the exact median: nothing where no spend is the likelier outcome.

    Above it is the log-normal quantile of rank 1 - 0.5 / chance among buyers.
    """
    rank = np.clip(1.0 - 0.5 / np.maximum(chance, 1e-9), 1e-9, 1.0)
    middle = np.exp(np.minimum(level + spread * special.ndtri(rank), MOST_LOG))
    return np.where(chance > 0.5, middle, 0.0)


def _single(question: Question, build: Builder, loss: Any) -> Array:
    """Stop early on validation, learn every row for as long, predict (customers, n)."""
    with runtime.LOCK:
        epochs = _count_epochs(question, build, loss)
        model = _fit(question, build, loss, question.rows, epochs=epochs)
        inputs = _of_model(model, question.today)
        found = model.predict(inputs, inference.ROWS_PER_PREDICTION, verbose=0)
    return np.nan_to_num(found.astype(np.float64))


def _count_epochs(question: Question, build: Builder, loss: Any) -> int:
    keras = runtime.prepare()
    stop = keras.callbacks.EarlyStopping(
        patience=ensemble.PATIENCE, min_delta=ensemble.LEAST_GAIN
    )
    most = question.settings.max_epochs
    model = _fit(
        question, build, loss, question.early, question.judged, epochs=most, stop=stop
    )
    losses = np.nan_to_num(model.history.history["val_loss"], nan=np.inf)
    return int(np.argmin(losses)) + 1


def _fit(
    question: Question,
    build: Builder,
    loss: Any,
    rows: Lesson,
    judged: Lesson | None = None,
    *,
    epochs: int,
    stop: Any = None,
) -> Any:
    """Build and train one network, with the package's optimizer and batch size."""
    keras = runtime.prepare()
    keras.utils.set_random_seed(question.settings.seed)
    model = build(keras, rows[0])
    optimizer = keras.optimizers.Adam(
        DEFAULTS.learning_rate, clipnorm=ensemble.LONGEST_GRADIENT
    )
    model.compile(optimizer=optimizer, loss=loss)
    model.fit(
        _of_model(model, rows[0]),
        rows[1][network.MEAN],
        batch_size=ensemble.batch_size(len(rows[1][network.MEAN])),
        epochs=epochs,
        validation_data=judged
        and (_of_model(model, judged[0]), judged[1][network.MEAN]),
        callbacks=[stop] if stop else [],
        verbose=0,
    )
    return model


def _inputs(keras: Any, rows: Arrays, *names: str) -> list[Tensor]:
    """Open inputs as wide as these rows are; the early ones may know fewer features."""
    return [keras.Input(rows[name].shape[1:], name=name) for name in names]


def _of_model(model: Any, inputs: Arrays) -> list[Array]:
    return [inputs[tensor.name] for tensor in model.inputs]
