"""What trained networks say, worked out by ONNX Runtime: nobody waits for TensorFlow.

The weights that Keras trained are put into a graph of the same layers, here and not on
disk. It answers as Keras does to six digits, sooner and with less memory, and starts
in a tenth of a second.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dynamic_clv.networks import network, rounding, runtime

Arrays = dict[str, np.ndarray]
Weights = Sequence[np.ndarray]

ROWS_PER_PREDICTION = 8192

# Of the ONNX standard: old enough for every runtime that is still kept.
OPERATORS, FORMAT = 18, 9

CORRECTIONS = "corrections"


def predict(members: Sequence[Weights], inputs: Arrays) -> Arrays:
    """Average what networks of one shape say.

    Args:
        members: weights of each network, in the order that Keras lists them.
        inputs: see `network.build`.

    Returns:
        float64 arrays by head, (customers, outputs).
    """
    anchors = inputs[network.ANCHORS].astype(np.float64)
    total: Arrays = {}
    for weights in members:
        moved = corrections(weights, inputs)
        for head, values in network.heads(network.NUMPY, anchors, moved).items():
            total[head] = total.get(head, 0.0) + values / len(members)
    return total


def corrections(weights: Weights, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return how far one network moves each anchor, before any bound.

    Returns:
        float64 (customers, `network.COUNT_CORRECTIONS`).
    """
    session = _session(weights, network.shape_of(inputs))
    shown = {name: inputs[name] for name in (network.SEQUENCE, network.FEATURES)}
    count = len(inputs[network.ANCHORS])
    parts = [np.zeros((0, network.COUNT_CORRECTIONS), np.float32)]
    for start in range(0, count, ROWS_PER_PREDICTION):
        rows = slice(start, start + ROWS_PER_PREDICTION)
        some = {name: values[rows] for name, values in shown.items()}
        parts += session.run([CORRECTIONS], some)
    return np.concatenate(parts).astype(np.float64)


def _session(weights: Weights, shape: network.Shape) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = runtime.COUNT_THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = graph(weights, shape).SerializeToString()
    providers = ["CPUExecutionProvider"]
    return onnxruntime.InferenceSession(model, options, providers=providers)


def graph(weights: Weights, shape: network.Shape) -> Any:
    """Build the layers of `network.build` up to the corrections, as an `onnx` model.

    Conv1D -> average pooling -> LSTM -> dense -> dense -> corrections, with the
    features joined to the history and, as the wide half, to the last dense layer.

    Args:
        weights: of one network, in the order that Keras lists them; also packed by
            `rounding`.
        shape: of its inputs.
    """
    weights = rounding.unpack(weights)
    filters, bias, *lstm = weights[:5]
    made = _Graph()
    made.add("Transpose", ["sequence"], "channels_first", perm=[0, 2, 1])
    kernel = made.constant("filters", filters.transpose(2, 1, 0))
    patterns = ["channels_first", kernel, made.constant("filter_bias", bias)]
    before = [len(filters) - 1, 0]  # causal: no look ahead
    made.add("Relu", [made.add("Conv", patterns, "found", pads=before)], "patterns")
    pooled = made.pooled("patterns", shape.steps)
    made.add("Transpose", [pooled], "steps_first", perm=[2, 0, 1])
    history = made.remembered("steps_first", lstm)
    deep = made.add("Concat", [history, network.FEATURES], "known", axis=1)
    for place, number in ((5, "first"), (7, "second")):
        flat = made.dense(deep, f"{number}_flat", weights[place], weights[place + 1])
        deep = made.add("Relu", [flat], number)
    wide = made.add("Concat", [deep, network.FEATURES], "wide", axis=1)
    made.dense(wide, CORRECTIONS, weights[9], weights[10])
    return made.model(shape)


class _Graph:
    """Nodes and constants of a graph while it grows."""

    def __init__(self) -> None:
        import onnx

        self._onnx = onnx
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, name: str, values: np.ndarray) -> str:
        """Keep an array under a name."""
        whole = np.ascontiguousarray(values)
        self._constants.append(self._onnx.numpy_helper.from_array(whole, name))
        return name

    def add(self, operator: str, read: list[str], written: str, **how: Any) -> str:
        """Add a node with one output."""
        node = self._onnx.helper.make_node(operator, read, [written], **how)
        self._nodes.append(node)
        return written

    def dense(
        self, read: str, written: str, kernel: np.ndarray, bias: np.ndarray
    ) -> str:
        """Add a dense layer without its activation."""
        named = [
            self.constant(f"{written}_{part}", values)
            for part, values in (("kernel", kernel), ("bias", bias))
        ]
        return self.add("Gemm", [read, *named], written)

    def pooled(self, read: str, steps: int) -> str:
        """Halve the resolution, where there is enough of it."""
        if steps < 2 * network.POOL:
            return read
        how = {"kernel_shape": [network.POOL], "strides": [network.POOL]}
        return self.add("AveragePool", [read], "pooled", ceil_mode=1, **how)

    def remembered(self, read: str, weights: Sequence[np.ndarray]) -> str:
        """Add an LSTM and keep its last state, (batch, units)."""
        kernel, recurrent, bias = (_reordered(values) for values in weights)
        units = recurrent.shape[0]
        given = [
            read,
            self.constant("kernel", kernel.T[None]),
            self.constant("recurrent", recurrent.T[None]),
            # a second half would be added to the first: Keras has one bias only
            self.constant("bias", np.concatenate([bias, np.zeros_like(bias)])[None]),
        ]
        node = self._onnx.helper.make_node(
            "LSTM", given, ["", "last_state"], hidden_size=units
        )
        self._nodes.append(node)
        first = self.constant("first_axis", np.array([0], np.int64))
        return self.add("Squeeze", ["last_state", first], "history")

    def model(self, shape: network.Shape) -> Any:
        """Put everything together and check it."""
        helper, number = self._onnx.helper, self._onnx.TensorProto.FLOAT
        sizes = {
            network.SEQUENCE: [shape.steps, shape.channels],
            network.FEATURES: [shape.features],
            CORRECTIONS: [network.COUNT_CORRECTIONS],
        }
        *read, written = (
            helper.make_tensor_value_info(name, number, ["customers", *size])
            for name, size in sizes.items()
        )
        made = helper.make_graph(
            self._nodes, "cnn_lstm", read, [written], self._constants
        )
        operators = [helper.make_opsetid("", OPERATORS)]
        model = helper.make_model(made, opset_imports=operators, ir_version=FORMAT)
        self._onnx.checker.check_model(model)
        return model


def _reordered(values: np.ndarray) -> np.ndarray:
    """Put the gates of an LSTM in ONNX's order: input, output, forget, cell.

    Keras has input, forget, cell, output.
    """
    put_in, forget, cell, put_out = np.split(values, 4, axis=-1)
    return np.concatenate([put_in, put_out, forget, cell], axis=-1)
