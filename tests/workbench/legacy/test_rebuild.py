import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from coopwatch.errors import ModelError
from coopwatch.workbench.export.parity import ask
from coopwatch.workbench.legacy import weights
from coopwatch.workbench.legacy.model_json import read_architecture
from coopwatch.workbench.legacy.rebuild import rebuild
from coopwatch.workbench.legacy.weights import read_weights

LABELS = ("red_twin", "beauty", "egg", "empty")
NAMES = ("neurocoop", "dropout", "functional")


def answers(model_json: Path, weights_h5: Path, labels: tuple[str, ...] = LABELS) -> np.ndarray:
    model = rebuild(read_architecture(model_json), read_weights(weights_h5), labels)
    return ask(model, np.load(weights_h5.parent / "pictures.npy"))


def keras_1(kind: str, **options: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": options}


# The article's network as Keras 1 described it: a plain list, with the names of arguments of its time.
KERAS_1 = {
    "class_name": "Sequential",
    "keras_version": "1.2.2",
    "config": [
        keras_1("BatchNormalization", name="bn_1", mode=0, axis=1, epsilon=1e-3, batch_input_shape=[None, 36, 48, 3]),
        keras_1("Convolution2D", name="conv_1", nb_filter=32, nb_row=3, nb_col=3, border_mode="valid", subsample=[1, 1],
                activation="relu", init="glorot_uniform", dim_ordering="tf", bias=True, W_regularizer=None),
        keras_1("BatchNormalization", name="bn_2", mode=0, axis=1, epsilon=1e-3),
        keras_1("MaxPooling2D", name="pool_1", pool_size=[3, 3], strides=[3, 3], border_mode="valid"),
        keras_1("Convolution2D", name="conv_2", nb_filter=64, nb_row=3, nb_col=3, border_mode="valid", subsample=[1, 1],
                activation="relu", init="glorot_uniform", dim_ordering="tf", bias=True),
        keras_1("BatchNormalization", name="bn_3", mode=0, axis=1, epsilon=1e-3),
        keras_1("MaxPooling2D", name="pool_2", pool_size=[3, 3], strides=[3, 3], border_mode="valid"),
        keras_1("Dropout", name="drop_1", p=0.3),
        keras_1("Flatten", name="flatten_1"),
        keras_1("Dense", name="dense_1", output_dim=200, activation="relu", init="glorot_uniform", input_dim=None),
        keras_1("BatchNormalization", name="bn_4", mode=0, axis=-1, epsilon=1e-3),
        keras_1("Dense", name="dense_2", output_dim=4, activation="softmax", init="glorot_uniform"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_rebuilt_network_answers_as_keras_2_did(pairs: Path, name: str) -> None:
    theirs = np.load(pairs / f"{name}.npy")
    assert theirs.std(axis=0).max() > 0.01  # it tells the pictures apart
    np.testing.assert_allclose(answers(pairs / f"{name}.json", pairs / f"{name}.h5"), theirs, atol=1e-4)


def test_what_keras_1_called_otherwise_is_the_same_network(pairs: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    file.write_text(json.dumps(KERAS_1))
    np.testing.assert_allclose(answers(file, pairs / "neurocoop.h5"), np.load(pairs / "neurocoop.npy"), atol=1e-4)


def test_the_weights_inside_a_whole_models_file_are_found(pairs: Path) -> None:
    theirs = np.load(pairs / "functional.npy")
    np.testing.assert_allclose(answers(pairs / "functional.json", pairs / "whole.h5"), theirs, atol=1e-4)


def test_long_lists_of_names_are_put_together_again(pairs: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights.h5"
    weights.write_bytes((pairs / "functional.h5").read_bytes())
    with h5py.File(weights, "r+") as file:
        names = file.attrs["layer_names"]
        del file.attrs["layer_names"]
        file.attrs["layer_names0"], file.attrs["layer_names1"] = names[:5], names[5:]
    (tmp_path / "pictures.npy").write_bytes((pairs / "pictures.npy").read_bytes())
    np.testing.assert_allclose(
        answers(pairs / "functional.json", weights), np.load(pairs / "functional.npy"), atol=1e-4
    )


@pytest.mark.parametrize(
    ("model", "weights", "labels", "said"),
    [
        ("neurocoop.json", "dropout.h5", LABELS, r"for layer batch_normalization \(BatchNormalization\) \(5184, 20\)"),
        ("dropout.json", "neurocoop.h5", LABELS, r"for layer dense_2 \(Dense\).*expected \(5184, 20\) \(20\)"),
        ("functional.json", "pictures.npy", LABELS, "give MODEL_JSON first and WEIGHTS_H5 second"),
        ("neurocoop.h5", "neurocoop.json", LABELS, "give MODEL_JSON first and WEIGHTS_H5 second"),
        ("neurocoop.json", "nowhere.h5", LABELS, "No such file"),
        ("nowhere.json", "neurocoop.h5", LABELS, "No such file"),
        ("neurocoop.json", "neurocoop.h5", LABELS[:3], r"received 3 labels .* gives \(4,\)"),
        ("neurocoop.json", "neurocoop.h5", (*LABELS, "rat"), r"received 5 labels .* gives \(4,\)"),
    ],
)  # fmt: skip
def test_files_that_do_not_belong_together_are_refused_with_layer_and_shapes(
    pairs: Path, model: str, weights: str, labels: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ModelError, match=said):
        answers(pairs / model, pairs / weights, labels)


def changed(index: int, **options: Any) -> dict[str, Any]:
    """The article's network with one layer of it described otherwise."""
    layers = [json.loads(json.dumps(layer)) for layer in KERAS_1["config"]]
    layers[index]["config"].update(options)
    return {**KERAS_1, "config": layers}


def of_class(index: int, kind: str) -> dict[str, Any]:
    other = changed(index)
    other["config"][index]["class_name"] = kind
    return other


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "class_name: Field required"),
        ([1, 2], "the file: "),
        ({"class_name": "Graph", "config": []}, "class_name"),
        ({"class_name": "Sequential", "config": []}, "config"),
        ({**KERAS_1, "backend": "theano"}, "backend theano"),
        (of_class(7, "Lambda"), "layer drop_1 .Lambda.: received a layer Lambda"),
        (of_class(7, "TimeDistributed"), "received a layer TimeDistributed"),
        (changed(1, dim_ordering="th"), "channels first"),
        (changed(1, activation="hard_sigmoid"), "the activation 'hard_sigmoid'"),
        (changed(1, activation={"class_name": "Lambda"}), "layer conv_1"),
        (changed(1, nb_filter=10**12), r"expected \(3, 3, 3, 1000000000000\)"),
        (changed(1, nb_row="3"), "layer conv_1"),
        (changed(2, mode=2), "mode=2"),
        (changed(2, axis=[1, 2]), "layer bn_2"),
        (changed(9, output_dim=100), r"\(768, 200\) \(200\) .its layer dense., expected \(768, 100\) \(100\)"),
        (changed(0, batch_input_shape=[None, 3, 36, 48]), "channels last"),
        (changed(0, batch_input_shape=[None, 10**9, 10**9, 3]), "at most 4096"),
        (changed(0, batch_input_shape=None), "the input shape None"),
        (changed(3, pool_size=[0, 0]), "layer pool_1"),
        (changed(3, layers=[]), "a model inside the model"),
        (changed(3, name="conv_1"), "layers of different names"),
    ],
)
def test_what_cannot_be_built_is_refused_and_named(pairs: Path, tmp_path: Path, content: object, said: str) -> None:
    file = tmp_path / "model.json"
    file.write_text(json.dumps(content))
    with pytest.raises(ModelError, match=said):
        answers(file, pairs / "neurocoop.h5")


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00", '{"class_name": "Sequential"'])
def test_text_that_is_no_json_is_refused(pairs: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "model.json"
    file.write_text(text)
    with pytest.raises(ModelError, match="the file: "):
        answers(file, pairs / "neurocoop.h5")


def external_link(file: h5py.File) -> None:
    del file["dense"]
    file["dense"] = h5py.ExternalLink("/etc/hostname", "/dense")


def external_numbers(file: h5py.File) -> None:
    del file["dense/dense/kernel:0"]
    file["dense/dense"].create_dataset("kernel:0", (768, 200), "f4", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])


def texts(file: h5py.File) -> None:
    del file["dense/dense/bias:0"]
    file["dense/dense/bias:0"] = np.array([b"x"] * 200)


def bomb(file: h5py.File) -> None:
    del file["dense/dense/kernel:0"]
    file["dense/dense"].create_dataset("kernel:0", (10**7, 10**6), "f4", chunks=(1000, 1000))


def one_more(file: h5py.File) -> None:
    file.copy("dense", "dense_9")
    file.attrs["layer_names"] = [*file.attrs["layer_names"], "dense_9"]


def nothing(file: h5py.File) -> None:
    del file.attrs["layer_names"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (one_more, "weights of 9 layers .more: dense_9., expected of 8"),
        (external_link, "no group dense"),
        (external_numbers, "layer dense: no numbers of its own"),
        (texts, "layer dense: no numbers of its own"),
        (bomb, "expected at most 400,000,000"),
        (nothing, "without layer_names"),
    ],
)
def test_a_hostile_weights_file_is_refused(
    pairs: Path, tmp_path: Path, change: Callable[[h5py.File], None], said: str
) -> None:
    weights = tmp_path / "weights.h5"
    weights.write_bytes((pairs / "neurocoop.h5").read_bytes())
    with h5py.File(weights, "r+") as file:
        change(file)
    with pytest.raises(ModelError, match=said):
        answers(pairs / "neurocoop.json", weights)


@pytest.mark.parametrize("program", ["import time; time.sleep(60)", "import os; os.abort()"])
def test_a_reader_that_hangs_or_dies_of_the_file_is_an_error(
    pairs: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    # Random bytes in the file's tables made the HDF5 library loop for ever in native code.
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda _, **options: run([sys.executable, "-c", program], **options))
    monkeypatch.setattr(weights, "_MOST_SECONDS", 1)
    with pytest.raises(ModelError, match="copy it again"):
        read_weights(pairs / "neurocoop.h5")
