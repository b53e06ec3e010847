"""What a network knows before training: `imagenet`, `random` or a file of weights in; a filled network out."""

import json
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import numpy.typing as npt

from coopwatch.errors import ModelError, UserMustActError
from coopwatch.vision.card import Input
from coopwatch.workbench.networks.network import Backbone, Network, WayName

IMAGENET, RANDOM = "imagenet", "random"
_FORMS = (".keras", ".weights.h5", ".h5")


def default_weights(network: Network, way: WayName) -> str:
    """What is taken when nothing is asked: what the backbone learnt elsewhere, nothing for a network from scratch."""
    return RANDOM if network.backbone is None or way == "scratch" else IMAGENET


def require_weights(network: Network, way: WayName, weights: str) -> None:
    """Refuse, before any work, what cannot be weights of this network.

    Raises:
        UserMustActError: ImageNet's weights are asked of a network that is learnt from scratch.
        ModelError: no such file, or not of a kind that Keras saves.
    """
    if weights == IMAGENET and way == "scratch":
        raise UserMustActError(
            f"--weights: received imagenet for {network.name} from scratch, expected random or a file; "
            f"say --way frozen or --way finetune with {network.name if network.backbone else 'a backbone'}"
        )
    if weights in {IMAGENET, RANDOM}:
        return
    if not weights.endswith(_FORMS):
        raise ModelError(
            f"--weights: received {weights}, expected imagenet, random or a file {', '.join(_FORMS)}; name one of these"
        )
    if not Path(weights).is_file():
        raise ModelError(f"--weights {weights}: received no such file, expected one that Keras saved; correct the path")


def build_base(network: Network, backbone: Backbone, form: Input, weights: str) -> keras.Model:
    """The backbone without a head, with these weights.

    Raises:
        UserMustActError: ImageNet's weights cannot be fetched.
        ModelError: the file is none, damaged, or of another network.
    """
    base = backbone.build(form, weights == IMAGENET)
    if weights not in {IMAGENET, RANDOM}:
        load_weights(base, Path(weights), network.name, is_base=True)
    return base


def build_whole(network: Network, form: Input, labels: int, weights: str) -> keras.Model:
    """The network with its softmax over the labels, with these weights, which are random ones or a file's.

    Raises:
        ModelError: the file is none, damaged, of another network or of other labels.
    """
    model = network.build(form, labels)
    if weights != RANDOM:
        load_weights(model, Path(weights), network.name, is_base=False)
    return model


def load_weights(model: keras.Model, path: Path, name: str, *, is_base: bool) -> None:
    """Fill the model from a `.keras`, `.weights.h5` or older `.h5` file; that of a base may hold a head behind it.

    Raises:
        ModelError: no such file, damaged, or of another network than `name`.
    """
    try:
        if path.name.endswith(".weights.h5"):
            _load_keras3(model, path, name)
        else:
            stored = _read_keras(path) if path.suffix == ".keras" else _read_older(path)
            model.set_weights(_fitting(model, stored, path, name, is_base=is_base))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"--weights {path}: received {str(error).splitlines()[0]}, expected weights that Keras saved; copy it again"
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stored:
    """What a file holds, in the order of its layers."""

    network: str | None  # None: the file does not tell
    arrays: list[npt.NDArray[Any]]


def _load_keras3(model: keras.Model, path: Path, name: str) -> None:
    with path.open("rb"):
        pass  # a missing file is told as one, not as another network
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns of each part before it raises for all of them
            model.load_weights(path)
    except ValueError as error:
        raise _of_another(path, None, name, " ".join(str(error).split())) from error


def _read_keras(path: Path) -> _Stored:
    other = keras.saving.load_model(path, compile=False)
    return _Stored(network=other.name, arrays=other.get_weights())


def _read_older(path: Path) -> _Stored:
    """Keras 1 and 2: groups of layers whose order stands in an attribute."""
    with h5py.File(path) as file:
        group = file.get("model_weights", file)
        config = file.attrs.get("model_config")
        arrays = [
            np.asarray(group[layer][weight])
            for layer in _names(group.attrs, "layer_names")
            for weight in _names(group[layer].attrs, "weight_names")
        ]
    network = json.loads(config)["config"].get("name") if config else None
    return _Stored(network=network, arrays=arrays)


def _names(attributes: h5py.AttributeManager, key: str) -> list[str]:
    """A list of names, which HDF5 makes Keras cut into `key0`, `key1`, ... when it is long."""
    keys = [key] if key in attributes else sorted((k for k in attributes if k.startswith(key)), key=len)
    if not keys:
        raise ValueError(f"no {key}")
    names = [name for k in keys for name in attributes[k]]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in names]


def _fitting(
    model: keras.Model, stored: _Stored, path: Path, name: str, *, is_base: bool
) -> Sequence[npt.NDArray[Any]]:
    """The arrays of the model; those of a head behind a base are left."""
    expected = [tuple(weight.shape) for weight in model.weights]
    received = [array.shape for array in stored.arrays]
    if is_base:
        received = received[: len(expected)]
    if received == expected:
        return stored.arrays[: len(expected)]
    differing = next((n for n, (a, b) in enumerate(zip(received, expected, strict=False)) if a != b), None)
    if differing is None:
        raise _of_another(path, stored.network, name, f"{len(received)} arrays instead of {len(expected)}")
    shapes = f"array {differing + 1} is {received[differing]} instead of {expected[differing]}"
    raise _of_another(path, stored.network, name, shapes)


def _of_another(path: Path, network: str | None, name: str, difference: str) -> ModelError:
    other = network if network and network != name else "another network, or of other labels or another size"
    return ModelError(
        f"--weights {path}: received the weights of {other} ({difference}), expected those of {name}; "
        f"name a file of {name}, or another --network"
    )
