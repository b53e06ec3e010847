"""Where training by descent begins: a network, a way and weights in; a Keras model with what may be learnt out."""

from collections.abc import Callable

import keras

from coopwatch.vision.card import Input
from coopwatch.vision.head import Head
from coopwatch.workbench.networks.heads import pooled, unfreeze_last_block, with_dense_head, with_softmax
from coopwatch.workbench.networks.network import Backbone, Network
from coopwatch.workbench.networks.weights import build_base

FitHead = Callable[[keras.Model], Head]
"""A frozen model that gives features -> the best head on them."""


def start_frozen(network: Network, backbone: Backbone, form: Input, labels: int, weights: str) -> keras.Model:
    """The backbone as it is, with a dense head to learn."""
    base = build_base(network, backbone, form, weights)
    base.trainable = False
    return with_dense_head(base, backbone.head, labels)


def start_finetune(network: Network, backbone: Backbone, form: Input, weights: str, fit: FitHead) -> keras.Model:
    """The backbone with a head that is learnt already, and its last block to learn.

    Beginning with a random head, the first steps would spoil what the block knows.
    """
    features = pooled(build_base(network, backbone, form, weights))
    features.trainable = False
    model = put_head(features, fit(features))
    unfreeze_last_block(model, backbone)
    return model


def put_head(features: keras.Model, head: Head) -> keras.Model:
    """The features with this head on top, as one model that gives probabilities."""
    model = with_softmax(features, len(head.bias))
    model.get_layer("head").set_weights([head.weights, head.bias])
    return model
