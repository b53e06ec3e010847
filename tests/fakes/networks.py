"""Networks of a few weights, for tests that train: the real ones take their time."""

import keras

from coopwatch.vision.card import Input
from coopwatch.workbench.networks.heads import pooled, with_softmax
from coopwatch.workbench.networks.network import Backbone, DenseHead, Network

FORM = Input(height=20, width=20)


def _base(form: Input, pretrained: bool) -> keras.Model:
    if pretrained:
        keras.utils.set_random_seed(4)  # stands for weights that were learnt elsewhere
    layers = keras.layers
    picture = keras.Input((form.height, form.width, 3))
    x = layers.Conv2D(12, 3, strides=2, activation="relu", name="first")(picture)
    x = layers.Conv2D(12, 1, activation="relu", name="last")(x)
    return keras.Model(picture, layers.BatchNormalization(name="normal")(x), name="small")


def _whole(form: Input, labels: int) -> keras.Model:
    return with_softmax(pooled(_base(form, False)), labels)


SMALL = Network(name="small", source="tests", build=_whole, input=FORM)
SMALL_BACKBONE = Network(
    name="efficientnet_lite0",  # the default's name
    source="tests",
    build=_whole,
    input=FORM,
    smallest=9,
    way="features",
    backbone=Backbone(build=_base, last_block="last", head=DenseHead(hidden=8, flatten=True)),
)
