"""Model folders with a network of a few weights, made by Keras and LiteRT's converter as real ones are."""

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from coopwatch.values import Role
from coopwatch.vision.card import Input, Label, ModelCard, ModelFolder
from coopwatch.vision.head import Head, head_bytes
from coopwatch.vision.publish import publish_model

TINY_LABELS = ("red_twin", "egg", "empty")
TINY_INPUT = Input(height=24, width=32, offset=127.0, scale=128.0)
FEATURES = 4


def tiny_card(version: str = "1", labels: tuple[str, ...] = TINY_LABELS, size: Input = TINY_INPUT) -> ModelCard:
    roles = {"egg": Role.EGG, "empty": Role.EMPTY}
    return ModelCard(
        name="tiny",
        version=version,
        network="tiny",
        created=datetime(2026, 5, 1, tzinfo=UTC),
        labels=tuple(Label(name=name, role=roles.get(name, Role.HEN)) for name in labels),
        input=size,
        files={},
        temperature=1.7,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyNetwork:
    """One set of weights in each form that a model folder may hold."""

    keras: bytes
    whole: bytes  # with its softmax layer, LiteRT
    backbone: bytes  # without it, LiteRT
    head: bytes  # the softmax layer alone

    def publish(
        self, model: Path, card: ModelCard | None = None, *, files: dict[str, bytes] | None = None
    ) -> ModelFolder:
        """A model folder with the whole network, unless other files are given."""
        both = {"model.tflite": self.whole, "model.keras": self.keras}
        return publish_model(model, card or tiny_card(), both if files is None else files)


def build_tiny_network(folder: Path) -> TinyNetwork:
    """Build and convert the network; takes about 7 s, nearly all of it TensorFlow's start."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own, at import
        import keras  # noqa: PLC0415 (seconds and 1 GB, for the tests that need it alone)
        import tensorflow as tf  # noqa: PLC0415

        def converted(model: keras.Model) -> bytes:
            data: bytes = tf.lite.TFLiteConverter.from_keras_model(model).convert()
            return data

        keras.utils.set_random_seed(3)
        shape = (TINY_INPUT.height, TINY_INPUT.width, 3)
        backbone = keras.Sequential(
            [keras.Input(shape), keras.layers.Conv2D(FEATURES, 3, activation="relu"), keras.layers.GlobalMaxPooling2D()]
        )
        softmax = keras.layers.Dense(len(TINY_LABELS), activation="softmax")
        whole = keras.Sequential([*backbone.layers, softmax])
        whole.build((None, *shape))
        whole.save(folder / "model.keras")
        weights, bias = (np.asarray(values) for values in softmax.get_weights())
        return TinyNetwork(
            keras=(folder / "model.keras").read_bytes(),
            whole=converted(whole),
            backbone=converted(backbone),
            head=head_bytes(Head(weights=weights, bias=bias)),
        )
