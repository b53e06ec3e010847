from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from fakes.networks import FORM, SMALL, SMALL_BACKBONE

from coopwatch.errors import ModelError, UserMustActError
from coopwatch.workbench.networks.network import Backbone
from coopwatch.workbench.networks.registry import NETWORKS
from coopwatch.workbench.networks.weights import build_base, build_whole, require_weights

FORMS = ("a.keras", "a.weights.h5", "a.h5")


def backbone() -> Backbone:
    assert SMALL_BACKBONE.backbone is not None
    return SMALL_BACKBONE.backbone


def save(model: keras.Model, path: Path) -> Path:
    """As Keras 3 saves, or for a plain `.h5` as Keras 2 did."""
    if path.name == "a.h5":
        with h5py.File(path, "w") as file:
            file.attrs["layer_names"] = [layer.name for layer in model.layers]
            for layer in model.layers:
                group = file.create_group(layer.name)
                names = [f"{layer.name}/{weight.name}:0" for weight in layer.weights]
                group.attrs["weight_names"] = names
                for name, weight in zip(names, layer.get_weights(), strict=True):
                    group[name] = weight
    elif path.suffix == ".keras":
        model.save(path)
    else:
        model.save_weights(path)
    return path


def same(one: keras.Model, other: keras.Model) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.mark.parametrize("name", FORMS)
def test_a_whole_network_begins_with_the_weights_of_a_file(tmp_path: Path, name: str) -> None:
    known = SMALL.build(FORM, 3)
    assert same(build_whole(SMALL, FORM, 3, str(save(known, tmp_path / name))), known)


@pytest.mark.parametrize("name", FORMS)
def test_a_backbone_takes_its_part_of_a_file_with_a_head(tmp_path: Path, name: str) -> None:
    whole = SMALL.build(FORM, 3)
    base = build_base(SMALL_BACKBONE, backbone(), FORM, str(save(whole, tmp_path / name)))
    assert all(np.array_equal(a, b) for a, b in zip(base.get_weights(), whole.get_weights(), strict=False))


@pytest.mark.parametrize("name", FORMS)
def test_weights_of_another_network_are_refused_by_name(tmp_path: Path, name: str) -> None:
    linear = NETWORKS["linear"]
    path = save(linear.build(FORM, 3), tmp_path / name)
    with pytest.raises(ModelError, match=rf"{name}: received the weights of (linear|another).*expected those of small"):
        build_whole(SMALL, FORM, 3, str(path))


@pytest.mark.parametrize("name", FORMS)
def test_weights_for_other_labels_are_refused(tmp_path: Path, name: str) -> None:
    path = save(SMALL.build(FORM, 4), tmp_path / name)
    with pytest.raises(ModelError, match=r"or of other labels.*expected those of small"):
        build_whole(SMALL, FORM, 3, str(path))


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("content", [None, b"", b"no weights at all"])
def test_a_file_that_is_missing_or_damaged_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"--weights .*{name}: received .*, expected weights that Keras saved"):
        build_whole(SMALL, FORM, 3, str(tmp_path / name))


def test_imagenet_is_for_backbones() -> None:
    with pytest.raises(UserMustActError, match="received imagenet for neurocoop from scratch"):
        require_weights(NETWORKS["neurocoop"], "scratch", "imagenet")
