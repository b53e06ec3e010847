"""A layer as Keras 1 or 2 describes it in, the same layer of Keras 3 and the shapes of its weights out: a table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import keras

from coopwatch.workbench.legacy.model_json import Node

Shape: TypeAlias = tuple[int, ...]
Options: TypeAlias = Mapping[str, Any]

_KERAS_1_KINDS = {
    "Convolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
}
_KERAS_1_OPTIONS = {
    "nb_filter": "filters",
    "output_dim": "units",
    "border_mode": "padding",
    "subsample": "strides",
    "dim_ordering": "data_format",
    "bias": "use_bias",
    "p": "rate",
    "sigma": "stddev",
    "concat_axis": "axis",
}
_KERAS_1_ORDERS = {"tf": "channels_last", "th": "channels_first"}
_MERGES = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate"}
# Keras 3 computes these as Keras 1 and 2 did; `hard_sigmoid`, for one, it does not.
_ACTIVATIONS = frozenset({
    "elu", "exponential", "linear", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign",
    "swish", "tanh",
})  # fmt: skip


class UnknownLayerError(Exception):
    """A layer that is not in the table, or with options that Keras 3 does not have."""


def _no_weights(options: Options, shape: Shape) -> list[Shape]:
    del options, shape
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    options: tuple[str, ...]  # that Keras 3 takes under the same name
    shapes: Callable[[Options, Shape], list[Shape]] = _no_weights  # of its weights, for an input shape


def has_weights(node: Node) -> bool:
    """Whether the file has arrays for such a layer."""
    row = _TABLE.get(_KERAS_1_KINDS.get(node.kind, node.kind))
    return row is not None and row.shapes is not _no_weights


def translate(node: Node, name: str) -> keras.layers.Layer:
    """The layer of Keras 3, not built yet.

    Raises:
        UnknownLayerError: it has no place in the table, or its options do not.
    """
    kind, options = _modern(node)
    kept = {option: options[option] for option in _TABLE[kind].options if options.get(option) is not None}
    layer: keras.layers.Layer = getattr(keras.layers, kind)(name=name, **kept)
    return layer


def weight_shapes(node: Node, shape: Shape) -> list[Shape]:
    """The shapes of the layer's weights for an input of (height, width, channels) or (units,), in the file's order."""
    kind, options = _modern(node)
    return _TABLE[kind].shapes(options, shape)


def _modern(node: Node) -> tuple[str, dict[str, Any]]:
    """(class, options) as Keras 2 calls them."""
    options = {_KERAS_1_OPTIONS.get(key, key): value for key, value in node.options.items()}
    options["data_format"] = _KERAS_1_ORDERS.get(options.get("data_format", ""), options.get("data_format"))
    if {"nb_row", "nb_col"} <= options.keys():
        options["kernel_size"] = (options["nb_row"], options["nb_col"])
    kind = _KERAS_1_KINDS.get(node.kind, node.kind)
    if kind == "Merge":
        kind = _MERGES.get(str(options.get("mode")), "Merge")
    if kind == "LeakyReLU":
        options["negative_slope"] = options.get("alpha", options.get("negative_slope"))
    if kind == "BatchNormalization":
        options["axis"] = _only(options.get("axis", -1))
    _require_known(kind, options)
    return kind, options


def _require_known(kind: str, options: Options) -> None:
    if kind not in _TABLE:
        raise UnknownLayerError(f"a layer {kind:.40}, expected one of {', '.join(sorted(_TABLE))}")
    if options["data_format"] == "channels_first":
        raise UnknownLayerError("channels first, expected channels last")
    activation = options.get("activation") or "linear"
    if activation not in _ACTIVATIONS:
        raise UnknownLayerError(f"the activation {activation!r:.40}, expected one of {', '.join(sorted(_ACTIVATIONS))}")
    if kind == "BatchNormalization" and options.get("mode"):
        raise UnknownLayerError(f"mode={options['mode']!r:.20}, expected 0, the only one that Keras 2 has kept")


def _pair(value: int | Sequence[int]) -> tuple[int, int]:
    height, width = (value, value) if isinstance(value, int) else value
    return int(height), int(width)


def _biased(options: Options, shapes: list[Shape]) -> list[Shape]:
    return [*shapes, (shapes[-1][-1],)] if options.get("use_bias", True) else shapes


def _dense(options: Options, shape: Shape) -> list[Shape]:
    return _biased(options, [(shape[-1], options["units"])])


def _convolution(options: Options, shape: Shape) -> list[Shape]:
    return _biased(
        options, [(*_pair(options["kernel_size"]), shape[-1] // (options.get("groups") or 1), options["filters"])]
    )


def _depthwise(options: Options, shape: Shape) -> list[Shape]:
    many = options.get("depth_multiplier") or 1
    kernel = (*_pair(options["kernel_size"]), shape[-1], many)
    return [kernel, (shape[-1] * many,)] if options.get("use_bias", True) else [kernel]


def _separable(options: Options, shape: Shape) -> list[Shape]:
    many = options.get("depth_multiplier") or 1
    depthwise = (*_pair(options["kernel_size"]), shape[-1], many)
    return _biased(options, [depthwise, (1, 1, shape[-1] * many, options["filters"])])


def _normalisation(options: Options, shape: Shape) -> list[Shape]:
    axis = options["axis"]
    size = shape[axis if axis < 0 else axis - 1]  # Keras counts the batch as axis 0
    return [(size,)] * (2 + bool(options.get("scale", True)) + bool(options.get("center", True)))


def _only(axis: int | Sequence[int]) -> int:
    """Keras 2 writes the one axis of a normalisation as a list."""
    if isinstance(axis, int):
        return axis
    (one,) = axis
    return int(one)


_CONVOLVED = ("kernel_size", "strides", "padding", "dilation_rate", "activation", "use_bias")
_POOLED = _Row(options=("pool_size", "strides", "padding"))
_PLAIN = _Row(options=())
_TABLE: Mapping[str, _Row] = {
    "Activation": _Row(options=("activation",)),
    "Add": _PLAIN,
    "Average": _PLAIN,
    "AveragePooling2D": _POOLED,
    "BatchNormalization": _Row(options=("axis", "epsilon", "scale", "center"), shapes=_normalisation),
    "Concatenate": _Row(options=("axis",)),
    "Conv2D": _Row(options=("filters", "groups", *_CONVOLVED), shapes=_convolution),
    "Dense": _Row(options=("units", "activation", "use_bias"), shapes=_dense),
    "DepthwiseConv2D": _Row(options=("depth_multiplier", *_CONVOLVED), shapes=_depthwise),
    "Dropout": _Row(options=("rate",)),
    "ELU": _Row(options=("alpha",)),
    "Flatten": _PLAIN,
    "GaussianDropout": _Row(options=("rate",)),
    "GaussianNoise": _Row(options=("stddev",)),
    "GlobalAveragePooling2D": _Row(options=("keepdims",)),
    "GlobalMaxPooling2D": _Row(options=("keepdims",)),
    "LeakyReLU": _Row(options=("negative_slope",)),
    "MaxPooling2D": _POOLED,
    "Maximum": _PLAIN,
    "Multiply": _PLAIN,
    "ReLU": _Row(options=("max_value", "negative_slope", "threshold")),
    "Reshape": _Row(options=("target_shape",)),
    "SeparableConv2D": _Row(options=("filters", "depth_multiplier", *_CONVOLVED), shapes=_separable),
    "Softmax": _Row(options=("axis",)),
    "SpatialDropout2D": _Row(options=("rate",)),
    "ZeroPadding2D": _Row(options=("padding",)),
}
