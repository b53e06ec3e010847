"""A Keras model in, its layers as a table out: number, name, kind, input shape, output shape, parameters; totals."""

from collections.abc import Sequence

import keras

from coopwatch.workbench.networks.network import count_trainable
from coopwatch.workbench.text_table import aligned

_HEAD = ("", "layer", "kind", "input", "output", "parameters")


def layer_table(model: keras.Model) -> str:
    """The table as text, a line a layer; shapes without the batch axis."""
    rows = [
        (
            str(number),
            layer.name,
            type(layer).__name__,
            _shapes(layer.input),
            _shapes(layer.output),
            f"{layer.count_params():,}",
        )
        for number, layer in enumerate(model.layers, 1)
    ]
    total, trainable = model.count_params(), count_trainable(model)
    return "\n".join(
        [
            model.name,
            *aligned([_HEAD, *rows], right={0, len(_HEAD) - 1}),
            f"parameters: {total:,}",
            f"trainable: {trainable:,}",
            f"not trainable: {total - trainable:,}",
            "",
        ]
    )


def _shapes(tensors: keras.KerasTensor | Sequence[keras.KerasTensor]) -> str:
    several = list(tensors) if isinstance(tensors, Sequence) else [tensors]
    return " + ".join("x".join(map(str, tensor.shape[1:])) for tensor in several)
