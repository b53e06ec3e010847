"""What a network of the registry is: how to build it, what it takes, how it is trained when nothing else is asked."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

import keras

from coopwatch.errors import UserMustActError
from coopwatch.vision.card import Input

WayName = Literal["scratch", "features", "frozen", "finetune"]
WAYS: tuple[WayName, ...] = get_args(WayName)
OptimizerName = Literal["adam", "sgd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseHead:
    """The head of the way `frozen`, as in the articles: features of a picture, a dense layer, a dropout, the labels."""

    hidden: int = 64
    dropout: float = 0.25
    flatten: bool = False  # all features of all places; else the mean of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """The part of a network that can be learnt elsewhere and used here.

    `build(form, pretrained)` gives (height, width, 3) -> (rows, columns, channels) with ImageNet's weights or random
    ones; what the network wants beyond the scaling of `form`, such as another order of colours, is in its graph.
    """

    build: Callable[[Input, bool], keras.Model]
    last_block: str  # the name of the first layer that `finetune` learns
    head: DenseHead = field(default_factory=DenseHead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """One row of the registry; `build(form, labels)` gives it with random weights and a softmax over the labels."""

    name: str
    source: str  # where it is described, for the reference
    build: Callable[[Input, int], keras.Model]
    input: Input
    smallest: int = 8  # pixels a side
    way: WayName = "scratch"
    optimizer: OptimizerName = "adam"
    learning_rate: float = 1e-4
    augmentation: str = "mild"
    backbone: Backbone | None = None

    @property
    def ways(self) -> tuple[WayName, ...]:
        """The ways in which it can be trained."""
        return WAYS if self.backbone else ("scratch",)

    def at_size(self, size: tuple[int, int] | None) -> Input:
        """Its input at another (height, width).

        Raises:
            UserMustActError: too small for its layers.
        """
        if size is None:
            return self.input
        height, width = size
        if min(size) < self.smallest:
            raise UserMustActError(
                f"--size: received {height}x{width}, expected at least {self.smallest}x{self.smallest} for "
                f"{self.name}, whose layers shrink the picture; name a larger size or another --network"
            )
        return self.input.model_copy(update={"height": height, "width": width})


def count_trainable(model: keras.Model) -> int:
    """How many of the model's numbers training may change."""
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)
