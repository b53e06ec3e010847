"""Run as a program by the tests: writes Keras 2 models as pairs of files, made by the legacy package `tf_keras`.

It lives in a process of its own, because `tf_keras` and Keras 3 do not share one well. In FOLDER, for each model NAME:
NAME.json, NAME.h5, and NAME.npy with its answers to `pictures.npy` (pictures, 36, 48, 3), RGB 0..255.
"""

import sys
from pathlib import Path

import numpy as np
import tf_keras
from tf_keras import layers

SHAPE = (36, 48, 3)
LABELS = 4


def neurocoop() -> tf_keras.Model:
    """The article's network, layer by layer, on small pictures."""
    return tf_keras.Sequential(
        [
            layers.BatchNormalization(axis=1, input_shape=SHAPE),
            layers.Conv2D(32, 3, activation="relu"),
            layers.BatchNormalization(axis=1),
            layers.MaxPooling2D(3),
            layers.Conv2D(64, 3, activation="relu"),
            layers.BatchNormalization(axis=1),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(200, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(LABELS, activation="softmax"),
        ]
    )


def dropout() -> tf_keras.Model:
    return tf_keras.Sequential(
        [
            layers.Input(SHAPE),
            layers.Activation("linear"),
            layers.Flatten(),
            layers.Dense(20, activation="tanh"),
            layers.Dropout(0.5),
            layers.Dense(LABELS),
            layers.Activation("softmax"),
        ]
    )


def functional() -> tf_keras.Model:
    """Two ways that meet again, and every kind of layer that has weights."""
    picture = layers.Input(SHAPE)
    one = layers.Conv2D(6, 3, strides=2, padding="same", use_bias=False)(
        layers.ZeroPadding2D(((0, 1), (1, 0)))(picture)
    )
    one = layers.LeakyReLU(0.2)(layers.BatchNormalization(scale=False)(one))
    two = layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding="same")(
        layers.ZeroPadding2D(((0, 1), (1, 0)))(picture)
    )
    two = layers.ReLU(max_value=600, negative_slope=0.1)(two)
    both = layers.Concatenate()([layers.Add()([one, two]), two])
    both = layers.SeparableConv2D(8, 3, activation="elu")(layers.AveragePooling2D(2)(both))
    both = layers.SpatialDropout2D(0.2)(both)
    ends = layers.Concatenate()([layers.GlobalMaxPooling2D()(both), layers.GlobalAveragePooling2D()(both)])
    return tf_keras.Model(picture, layers.Softmax()(layers.Dense(LABELS)(ends)))


def write(folder: Path, name: str, model: tf_keras.Model, pictures: np.ndarray) -> None:
    """Train a few steps, so that running means and every weight are what no initializer makes."""
    model.compile(tf_keras.optimizers.legacy.SGD(1e-4, clipnorm=1.0), "categorical_crossentropy")
    target = np.eye(LABELS)[np.arange(len(pictures)) % LABELS]
    model.fit(pictures, target, epochs=5, batch_size=8, verbose=0)
    (folder / f"{name}.json").write_text(model.to_json())
    model.save_weights(folder / f"{name}.h5")
    np.save(folder / f"{name}.npy", model(pictures, training=False).numpy())
    if name == "functional":
        model.save(folder / "whole.h5")


def main(folder: Path) -> None:
    tf_keras.utils.set_random_seed(5)
    rng = np.random.default_rng(5)
    patches = rng.integers(0, 256, (16, 6, 8, 3)).repeat(6, axis=1).repeat(6, axis=2)
    pictures = patches.astype(np.float32)
    np.save(folder / "pictures.npy", pictures)
    for name, model in (("neurocoop", neurocoop()), ("dropout", dropout()), ("functional", functional())):
        write(folder, name, model, pictures)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
