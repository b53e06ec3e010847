"""A Keras 1 or 2 architecture and its weights file in, the same network as a Keras 3 model out."""

import math
import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

import keras

from coopwatch.errors import ModelError
from coopwatch.workbench.legacy.layers import Shape, has_weights, translate, weight_shapes
from coopwatch.workbench.legacy.model_json import Architecture, Node
from coopwatch.workbench.legacy.weights import Weights

_MOST_IN_A_LAYER = 100_000_000  # numbers that one layer gives for one picture; 400 MB


def rebuild(architecture: Architecture, weights: Weights, labels: Sequence[str]) -> keras.Model:
    """The network with its weights; every shape is checked before a layer takes memory.

    Raises:
        ModelError: an unknown layer, weights of another network, or another number of outputs than labels.
    """
    picture = keras.Input(architecture.input_shape)
    tensors = {architecture.input_name: picture}
    places = _places(architecture, list(weights.layers))
    for number, node in enumerate(architecture.nodes):
        sources = [tensors[name] for name in node.inputs]
        try:
            expected = weight_shapes(node, tuple(sources[0].shape[1:]))
            if expected:
                _require_shapes(node, places[node.name], expected, weights)
            layer = translate(node, f"{number}_{re.sub(r'[^A-Za-z0-9_-]', '_', node.name)[:60]}")
            tensors[node.name] = _apply(layer, sources)
        except ModelError:
            raise
        except Exception as error:
            # Border: options from elsewhere make Keras raise almost anything (TypeError, ValueError, KeyError, ...).
            raise _unknown(architecture, node, error) from error
        if expected:
            layer.set_weights(weights.layers[places[node.name]])
    _require_all_used(places, weights)
    output = tensors[architecture.output_name]
    _require_outputs(output.shape, labels)
    return keras.Model(picture, output, name="imported")


def _places(architecture: Architecture, files: Sequence[str]) -> dict[str, str]:
    """Layer -> the file's layer of that name; where a name is missing, all by their order, as Keras itself loads."""
    names = [node.name for node in architecture.nodes if has_weights(node)]
    if set(names) <= set(files):
        return dict(zip(names, names, strict=True))
    return dict(zip_longest(names, files[: len(names)], fillvalue=""))


def _apply(layer: keras.layers.Layer, sources: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    taken = sources[0] if len(sources) == 1 else list(sources)
    size = math.prod(side or 1 for side in layer.compute_output_spec(taken).shape)
    if size > _MOST_IN_A_LAYER:
        raise ValueError(f"an output of {size:,} numbers, expected at most {_MOST_IN_A_LAYER:,}")
    return layer(taken)


def _require_shapes(node: Node, place: str, expected: Sequence[Shape], weights: Weights) -> None:
    received = weights.shapes(place) if place else []
    if received != list(expected):
        where = "no weights" if not place else f"{_listed(received)} (its layer {place})"
        raise weights.refused(
            f"for layer {node.name} ({node.kind}) {where}",
            _listed(expected),
            "give the weights that belong to this model.json",
        )


def _require_all_used(places: Mapping[str, str], weights: Weights) -> None:
    if left := [name for name in weights.layers if name not in places.values()]:
        raise weights.refused(
            f"weights of {len(weights.layers)} layers (more: {', '.join(left[:5])})",
            f"of {len(places)}, as model.json has",
            "give the weights that belong to this model.json",
        )


def _require_outputs(shape: tuple[int | None, ...], labels: Sequence[str]) -> None:
    if tuple(shape[1:]) != (len(labels),):
        raise ModelError(
            f"--labels: received {len(labels)} labels ({', '.join(labels)}), expected one for each output of a network "
            f"whose last layer gives {tuple(shape[1:])}; write one label a line, in the order of the outputs"
        )


def _unknown(architecture: Architecture, node: Node, error: Exception) -> ModelError:
    reason = str(error).partition("\n")[0][:300] or type(error).__name__
    return ModelError(
        f"{architecture.name}: layer {node.name} ({node.kind}): received {reason}; "
        "coopwatch cannot build it: train a network of coopwatch's own on the same pictures"
    )


def _listed(shapes: Sequence[Shape]) -> str:
    return " ".join(str(shape).replace(",)", ")") for shape in shapes) or "no arrays"
