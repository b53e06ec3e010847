"""`smallvgg`: three blocks of small convolutions, each block twice as wide as the one before it.

The network of the article "Starting with Keras on your own pictures".
"""

from collections.abc import Iterator

from keras import Input as KerasInput
from keras import Model, Sequential
from keras.layers import Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling2D

from coopwatch.vision.card import Input
from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.networks.normalisation import BatchNormalization


def _block(filters: int, convolutions: int) -> Iterator[Layer]:
    for _ in range(convolutions):
        yield Conv2D(filters, 3, padding="same", activation="relu")
        yield BatchNormalization()
    yield MaxPooling2D(2)
    yield Dropout(0.25)


def _build(form: Input, labels: int) -> Model:
    return Sequential(
        [
            KerasInput((form.height, form.width, 3)),
            *_block(32, 1),
            *_block(64, 2),
            *_block(128, 3),
            Flatten(),
            Dense(512, activation="relu"),
            BatchNormalization(),
            Dropout(0.5),
            Dense(labels, activation="softmax"),
        ],
        name="smallvgg",
    )


SMALLVGG = Network(
    name="smallvgg",
    source="Starting with Keras on your own pictures",
    build=_build,
    input=Input(height=64, width=64),
    optimizer="sgd",
    learning_rate=0.01,
    augmentation="smallvgg",
)
