"""A Keras model, a picture's numbers and a label's column in; where in the picture that label comes from out.

With convolutions it is Grad-CAM (Selvaraju and others, 2017): the maps of the last convolution, each weighed by how
much the label's logit grows with it. Without them it is the gradient's size at each pixel (Simonyan and others, 2013).
"""

from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

Floats = npt.NDArray[np.float32]
Method = Literal["grad_cam", "gradient"]

_CONVOLUTIONS = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)
_RECTIFIERS = (keras.layers.Activation, keras.layers.ReLU, keras.layers.LeakyReLU, keras.layers.ELU)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heat:
    """How much each place speaks for a label: (rows, columns), 0..1, coarse as the layer's maps are."""

    values: Floats
    method: Method
    layer: str | None  # whose maps were weighed; None: the pixels' own


def find_heat(model: keras.Model, numbers: Floats, column: int) -> Heat:
    """Where `numbers` (height, width, 3), scaled as the card says, speak for the label of that column."""
    layer = last_convolution(model)
    if layer is None:
        gradient = _gradient(model, None, numbers, column)[1]
        return Heat(values=_stretched(np.abs(gradient).max(axis=-1)), method="gradient", layer=None)
    maps, gradient = _gradient(model, layer, numbers, column)
    weights = gradient.mean(axis=(0, 1))
    return Heat(values=_stretched(np.maximum(maps @ weights, 0)), method="grad_cam", layer=layer.name)


def last_convolution(model: keras.Model) -> keras.layers.Layer | None:
    """The last layer of maps that a convolution gives, rectified where the network does so; None if there is none."""
    found = None
    for layer in model.layers:
        if isinstance(layer, _CONVOLUTIONS) or (found is not None and isinstance(layer, _RECTIFIERS)):
            found = layer if has_places(layer) else found
    return found


def has_places(layer: keras.layers.Layer) -> bool:
    """Whether the layer's output is maps of more than one place."""
    shape: tuple[int, ...] = layer.output.shape
    return len(shape) == 4 and min(shape[1:3]) > 1


def _gradient(
    model: keras.Model, layer: keras.layers.Layer | None, numbers: Floats, column: int
) -> tuple[Floats, Floats]:
    """(the layer's maps or the picture, the gradient of the label's logit there), without the batch axis."""
    picture = tf.constant(numbers[np.newaxis])
    before, finish = _logits(model)
    inner = keras.Model(model.inputs[0], [model.inputs[0] if layer is None else layer.output, before])
    with tf.GradientTape() as tape:
        tape.watch(picture)
        maps, last = inner(picture, training=False)
        score = finish(last)[0, column]
    place = picture if layer is None else maps
    gradient = tape.gradient(score, place)
    zeros = np.zeros_like(maps[0])  # a layer that the label does not depend on
    return np.asarray(maps[0]), zeros if gradient is None else np.asarray(gradient[0])


def _logits(model: keras.Model) -> tuple[keras.KerasTensor, Any]:
    """(a tensor before the softmax, what makes logits of it): a softmax near 0 or 1 lets no gradient through."""
    last = model.layers[-1]
    if isinstance(last, keras.layers.Dense) and last.activation is keras.activations.softmax:
        return last.input, lambda rows: keras.ops.matmul(rows, last.kernel) + (last.bias if last.use_bias else 0.0)
    if isinstance(last, keras.layers.Softmax | keras.layers.Activation):
        return last.input, lambda rows: rows
    return model.outputs[0], lambda rows: keras.ops.log(keras.ops.maximum(rows, 1e-12))


def _stretched(values: Floats) -> Floats:
    """So that the largest is 1; all 0 where nothing speaks for the label."""
    largest = float(values.max())
    return np.asarray(values / largest if largest > 0 else np.zeros_like(values), dtype=np.float32)
