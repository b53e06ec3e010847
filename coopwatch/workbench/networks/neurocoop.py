"""`neurocoop`: two convolutions between batch normalisations over picture rows, then 200 dense units.

The network of the article "The neural chicken coop", layer by layer. Its batch normalisations run along axis 1, which
on channels-last pictures means: one mean and variance for each *row* of the picture. The article's parameter counts
prove it.
"""

from keras import Input as KerasInput
from keras import Model, Sequential
from keras.layers import Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling2D

from coopwatch.vision.card import Input
from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.networks.normalisation import BatchNormalization

# The article's pixels are 0..255. Centred and shrunk, they begin close to what the first normalisation makes of them,
# so that its running means need not travel far; what the network can learn stays the same.
_FORM = Input(height=400, width=800, offset=127.5, scale=64.0)


def _build(form: Input, labels: int, dropouts: tuple[float, float] | None = None) -> Model:
    first, second = dropouts or (0.0, 0.0)
    layers: list[Layer] = [
        KerasInput((form.height, form.width, 3)),
        BatchNormalization(axis=1),
        Conv2D(32, 3, activation="relu"),
        BatchNormalization(axis=1),
        *([Dropout(first)] if first else []),
        MaxPooling2D(3),
        Conv2D(64, 3, activation="relu"),
        BatchNormalization(axis=1),
        *([Dropout(second)] if second else []),
        MaxPooling2D(3),
        Flatten(),
        Dense(200, activation="relu"),
        BatchNormalization(),
        Dense(labels, activation="softmax"),
    ]
    return Sequential(layers, name="neurocoop_dropout" if dropouts else "neurocoop")


_SOURCE = "The neural chicken coop"
_SMALLEST = 17  # what is left of 17 pixels by two convolutions and two poolings is one

NEUROCOOP = Network(name="neurocoop", source=_SOURCE, build=_build, input=_FORM, smallest=_SMALLEST)
NEUROCOOP_DROPOUT = Network(
    name="neurocoop_dropout",
    source=_SOURCE,
    smallest=_SMALLEST,
    build=lambda form, labels: _build(form, labels, (0.3, 0.1)),
    input=_FORM,
)
