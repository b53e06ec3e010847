"""Makes more of few pictures: one picture in, a slightly different one out, by a named recipe and a seed."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from coopwatch.errors import UserMustActError
from coopwatch.values import Pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How far a picture may be changed; each change is drawn evenly between minus and plus its limit."""

    rotation_degrees: float = 0.0
    shift: float = 0.0  # fraction of width and of height
    shear: float = 0.0  # angle in radians
    zoom: float = 0.0  # 0.2 means 0.8 to 1.2 times, across and down independently
    flip: bool = False  # left and right, half of the time
    repeat_edge: bool = False  # what comes in from outside repeats the edge; else it is black
    light: float = 0.0  # 0.2 means 0.8 to 1.2 times as bright
    grey_share: float = 0.0  # this share loses its colours, as under infra-red light


AUGMENTATIONS = {
    "none": Augmentation(),
    # A fixed camera: the nest never turns, hens come at any light.
    "mild": Augmentation(rotation_degrees=4, shift=0.04, zoom=0.08, light=0.25, repeat_edge=True),
    "mild_infrared": Augmentation(
        rotation_degrees=4, shift=0.04, zoom=0.08, light=0.25, repeat_edge=True, grey_share=0.3
    ),
    "smallvgg": Augmentation(
        rotation_degrees=30, shift=0.1, shear=0.2, zoom=0.2, flip=True, repeat_edge=True
    ),  # of the article "Starting with Keras on your own pictures"
    "vgg16": Augmentation(
        rotation_degrees=40, shift=0.2, shear=0.2, zoom=0.2, flip=True
    ),  # of the article "Reusing a trained network"
    # The article's for `neurocoop`: turned by up to a right angle, black outside, no flips.
    "neurocoop": Augmentation(rotation_degrees=90, shift=0.05, shear=0.2, zoom=0.2),
}


def find_augmentation(name: str) -> Augmentation:
    """The recipe of that name.

    Raises:
        UserMustActError: no such recipe; the text lists them all.
    """
    if name not in AUGMENTATIONS:
        raise UserMustActError(
            f"--augmentation: received {name}, expected one of {', '.join(AUGMENTATIONS)}; choose one of these"
        )
    return AUGMENTATIONS[name]


def augment(pixels: Pixels, recipe: Augmentation, rng: np.random.Generator) -> Pixels:
    """A changed copy of the same shape; the same generator state gives the same picture."""
    height, width = pixels.shape[:2]
    border = cv2.BORDER_REPLICATE if recipe.repeat_edge else cv2.BORDER_CONSTANT
    moved = cv2.warpAffine(pixels, _draw_matrix(recipe, height, width, rng), (width, height), borderMode=border)
    lit = cv2.convertScaleAbs(moved, alpha=1 + recipe.light * rng.uniform(-1, 1))
    if rng.random() < recipe.grey_share:
        lit = np.repeat(cv2.cvtColor(lit, cv2.COLOR_RGB2GRAY)[:, :, np.newaxis], 3, axis=2)
    return np.asarray(lit, dtype=np.uint8)


def _draw_matrix(recipe: Augmentation, height: int, width: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
    """The 2x3 matrix that turns, shears, zooms and shifts about the picture's centre."""
    turn = math.radians(recipe.rotation_degrees) * rng.uniform(-1, 1)
    shear = recipe.shear * rng.uniform(-1, 1)
    across, down = 1 + recipe.zoom * rng.uniform(-1, 1, 2)
    mirror = -1.0 if recipe.flip and rng.random() < 0.5 else 1.0
    linear = np.array(
        [
            [math.cos(turn) * across * mirror, -math.sin(turn + shear) * down],
            [math.sin(turn) * across * mirror, math.cos(turn + shear) * down],
        ]
    )
    centre = np.array([width - 1, height - 1]) / 2
    offset = centre - linear @ centre + recipe.shift * rng.uniform(-1, 1, 2) * (width, height)
    return np.column_stack([linear, offset])
