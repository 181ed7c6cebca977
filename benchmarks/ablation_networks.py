"""The package's network without one of its parts, trained as the package trains it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np
from rivals_question import Array, Arrays, Lesson, Question, answer, longer
from scipy import special

from dynamic_clv.expectation import quantiles
from dynamic_clv.measures.baselines import Baseline
from dynamic_clv.model import boosting
from dynamic_clv.networks import ensemble, inference, network, runtime

Tensor = Any
Reader = Callable[[Any, Tensor, int], Tensor]

MIDDLE = quantiles.QUANTILES.index(0.5)


def network_alone(question: Question) -> Baseline:
    """The whole network, without whatever it is mixed with afterwards."""
    return _trained(question, network._read_history)


def without_the_convolution(question: Question) -> Baseline:
    """Pooled weeks go to the LSTM."""

    def read(keras: Any, sequence: Tensor, width: int) -> Tensor:
        pooled = keras.layers.AveragePooling1D(network.POOL, padding="same")(sequence)
        return keras.layers.LSTM(width)(pooled)  # (batch, width)

    return _trained(question, read)


def without_the_lstm(question: Question) -> Baseline:
    """Patterns are averaged over the weeks."""

    def read(keras: Any, sequence: Tensor, width: int) -> Tensor:
        patterns = keras.layers.Conv1D(
            width, network.KERNEL, padding="causal", activation="relu"
        )(sequence)  # (batch, steps, width)
        return keras.layers.GlobalAveragePooling1D()(patterns)  # (batch, width)

    return _trained(question, read)


def without_the_weeks(question: Question) -> Baseline:
    """Nothing is read but the features of the whole past."""

    def read(keras: Any, sequence: Tensor, width: int) -> Tensor:
        return keras.layers.GlobalAveragePooling1D()(sequence[:, :, -1:])

    return _trained(question, read)


def without_the_anchor(question: Question) -> Baseline:
    """Every customer starts from the average one instead of from BG/NBD.

    BG/NBD's expectations stay among the features. A horizon longer than any label is
    answered by the longest label's amounts times asked / longest days.
    """
    count_anchors = question.today[network.ANCHORS].shape[1]
    level = np.zeros(count_anchors, np.float32)
    orders, ordered = (
        float(question.rows[1][head].mean()) for head in (network.COUNT, network.ORDER)
    )
    level[boosting.ANCHOR[network.COUNT]] = np.log(orders)
    level[boosting.ANCHOR[network.ORDER]] = special.logit(ordered)
    # mean spend is 1 unit: so much of those who order, where the anchor has a median
    level[-1] = -np.log(ordered)

    def of_average(inputs: Arrays) -> Arrays:
        count = len(inputs[network.ANCHORS])
        return {**inputs, network.ANCHORS: np.tile(level, (count, 1))}

    def lesson(known: Lesson) -> Lesson:
        return of_average(known[0]), known[1]

    changed = replace(
        question,
        early=lesson(question.early),
        judged=lesson(question.judged),
        rows=lesson(question.rows),
        today=of_average(question.today),
    )
    said, times = network_alone(changed), question.stretch
    chance = longer(said.probability, times)
    return answer(said.amount * times, chance, said.median_amount * times)


def with_squared_error(question: Question) -> Baseline:
    """The mean learns by squared error, not by the Tweedie deviance."""
    settings = replace(question.settings, loss="mse")
    return network_alone(replace(question, settings=settings))


NETWORKS: dict[str, Callable[[Question], Baseline]] = {
    "the network alone": network_alone,
    "without the convolution": without_the_convolution,
    "without the LSTM": without_the_lstm,
    "without the weeks": without_the_weeks,
    "without the anchor": without_the_anchor,
    "with squared error": with_squared_error,
}


def _trained(question: Question, reader: Reader) -> Baseline:
    """Train the package's ensemble with some way to read the weeks.

    Heads, losses, members and stopping are the package's.
    """
    settings = question.settings
    silent = (lambda line: None, lambda: None)
    with _reading_by(reader):
        early = ensemble.train(
            question.early, question.judged, settings, settings.max_epochs, *silent
        )
        epochs = max(round(np.mean([member.epochs for member in early])), 1)
        members = ensemble.train(question.rows, None, settings, epochs, *silent)
        found = _averaged([member.weights for member in members], question.today)
    middle = found[network.QUANTILES][:, MIDDLE] * question.unit
    amount = found[network.MEAN][:, 0] * question.unit
    return answer(amount, found[network.ORDER][:, 0], middle)


@contextmanager
def _reading_by(reader: Reader) -> Iterator[None]:
    """Exchange the part of the package's network that reads the weeks."""
    with runtime.LOCK, mock.patch.object(network, "_read_history", reader):
        yield


def _averaged(members: list[list[Array]], inputs: Arrays) -> Arrays:
    """Let Keras say what networks with an exchanged part say, on average."""
    model = network.build(network.shape_of(inputs))
    total: Arrays = {}
    for weights in members:
        model.set_weights(weights)
        found = model.predict(inputs, inference.ROWS_PER_PREDICTION, verbose=0)
        for head, values in found.items():
            total[head] = total.get(head, 0.0) + values / len(members)
    return total
