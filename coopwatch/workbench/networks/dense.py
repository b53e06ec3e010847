"""Networks without convolutions: `linear`, and the articles' `simple_nn`, `mynet` and `mynet_500`."""

from keras import Input as KerasInput
from keras import Model, Sequential
from keras.layers import Dense, Dropout, Flatten, Layer

from coopwatch.vision.card import Input
from coopwatch.workbench.networks.network import Network


def _stack(name: str, form: Input, labels: int, hidden: tuple[Layer, ...]) -> Model:
    """The picture as one row of numbers, the hidden layers, a softmax over the labels."""
    picture = KerasInput((form.height, form.width, 3))
    return Sequential([picture, Flatten(), *hidden, Dense(labels, activation="softmax")], name=name)


def _simple_nn(form: Input, labels: int) -> Model:
    return _stack("simple_nn", form, labels, (Dense(1024, activation="sigmoid"), Dense(512, activation="sigmoid")))


def _mynet(form: Input, labels: int) -> Model:
    return _stack("mynet", form, labels, (Dense(200, activation="relu"), Dropout(0.5)))


def _mynet_500(form: Input, labels: int) -> Model:
    return _stack("mynet_500", form, labels, (Dense(500, activation="relu"), Dropout(0.5)))


# Whatever preprocessing helps this one helps all: try it here first.
LINEAR = Network(
    name="linear",
    source="The neural chicken coop",
    build=lambda form, labels: _stack("linear", form, labels, ()),
    input=Input(height=64, width=64),
    learning_rate=1e-3,
    augmentation="none",
)
SIMPLE_NN = Network(
    name="simple_nn",
    source="Starting with Keras on your own pictures",
    build=_simple_nn,
    input=Input(height=32, width=32),
    optimizer="sgd",
    learning_rate=0.01,
    augmentation="none",
)
MYNET = Network(
    name="mynet",
    source="Keras against PyTorch on a self-made network",
    build=_mynet,
    input=Input(height=28, width=28),
    optimizer="sgd",
    learning_rate=1e-3,
    augmentation="none",
)
MYNET_500 = Network(
    name="mynet_500",
    source="Keras against PyTorch on a self-made network",
    build=_mynet_500,
    input=Input(height=28, width=28),
    optimizer="sgd",
    learning_rate=1e-3,
    augmentation="none",
)
