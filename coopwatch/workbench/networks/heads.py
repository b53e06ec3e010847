"""Puts a head on a backbone: features of a picture in, probabilities or a row of features out."""

import keras
from keras.layers import Dense, Dropout, Flatten, GlobalAveragePooling2D

from coopwatch.workbench.networks.network import Backbone, DenseHead


def pooled(base: keras.Model) -> keras.Model:
    """(height, width, 3) -> the mean of each feature over the picture, (channels,)."""
    return keras.Model(base.input, GlobalAveragePooling2D(name="features")(base.output), name=base.name)


def with_softmax(features: keras.Model, labels: int) -> keras.Model:
    """A row of features -> probabilities, by one layer."""
    output = Dense(labels, activation="softmax", name="head")(features.output)
    return keras.Model(features.input, output, name=features.name)


def with_dense_head(base: keras.Model, head: DenseHead, labels: int, *, activation: str = "softmax") -> keras.Model:
    """The base with the articles' head on top.

    The article on reusing a network ends in one sigmoid unit for two labels; here each label has a unit of its own.
    """
    gather = Flatten(name="flatten") if head.flatten else GlobalAveragePooling2D(name="features")
    hidden = Dense(head.hidden, activation="relu", name="hidden")(gather(base.output))
    if head.dropout:
        hidden = Dropout(head.dropout, name="dropout")(hidden)
    output = Dense(labels, activation=activation, name="head")(hidden)
    return keras.Model(base.input, output, name=base.name)


def unfreeze_last_block(model: keras.Model, backbone: Backbone) -> None:
    """Let training change the backbone's last block and what follows it, and nothing else.

    Batch normalisations stay frozen, and so in inference mode: few pictures would spoil their means.
    """
    first = [layer.name for layer in model.layers].index(backbone.last_block)
    for number, layer in enumerate(model.layers):
        layer.trainable = number >= first and not isinstance(layer, keras.layers.BatchNormalization)
