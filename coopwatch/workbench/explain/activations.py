"""A Keras model and a picture's numbers in; what chosen inner layers answer to it out."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

MOST_LAYERS = 12
_SAME_AS_BEFORE = (  # their output is their input, or shows no more than it
    keras.layers.InputLayer,
    keras.layers.Dropout,
    keras.layers.SpatialDropout2D,
    keras.layers.Flatten,
    keras.layers.Reshape,
    keras.layers.ZeroPadding2D,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Activation:
    """The output of one layer: (rows, columns, channels), or (units,) where it has no places."""

    layer: str
    kind: str
    values: npt.NDArray[np.float32]


def look_inside(model: keras.Model, numbers: npt.NDArray[np.float32]) -> list[Activation]:
    """The outputs of at most 12 layers, spread over the network, first and last among them."""
    layers = choose_layers(model.layers)
    answers = keras.Model(model.inputs[0], [layer.output for layer in layers])(numbers[np.newaxis], training=False)
    return [
        Activation(layer=layer.name, kind=type(layer).__name__, values=np.asarray(answer[0], dtype=np.float32))
        for layer, answer in zip(layers, keras.tree.flatten(answers), strict=True)
    ]


def choose_layers(layers: Sequence[keras.layers.Layer]) -> list[keras.layers.Layer]:
    """Those worth a look; where they are many, every so many."""
    worth = [layer for layer in layers if not isinstance(layer, _SAME_AS_BEFORE)]
    places = np.linspace(0, len(worth) - 1, min(MOST_LAYERS, len(worth))).round().astype(int)
    return [worth[place] for place in places]
