"""What a network of the registry is: how to build it, what it takes, how it is trained when nothing else is asked."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import keras

from coopwatch.vision.card import Input

Way = Literal["scratch", "features"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One row of the registry.

    `scratch` networks are built for (input, number of labels) and end in a softmax over the labels. `features` networks
    come with weights, are frozen, and are built without a head for (input, 0): their output is a vector of features.
    """

    name: str
    build: Callable[[Input, int], keras.Model]
    input: Input
    way: Way = "scratch"
    optimizer: Literal["adam", "sgd"] = "adam"
    learning_rate: float = 1e-4
    augmentation: str = "mild"


def count_trainable(model: keras.Model) -> int:
    """How many of the model's numbers training may change."""
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)
