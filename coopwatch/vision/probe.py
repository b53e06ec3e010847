"""Pictures that every machine draws alike: an input size in; the pictures, and what a model answers to them, out."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from coopwatch.values import Pixels
from coopwatch.vision.card import Input, ModelFolder

Predict = Callable[[Pixels], npt.NDArray[np.floating]]
"""A uint8 picture of the network's input size -> calibrated probabilities (labels,)."""

Serve = Callable[[ModelFolder], Predict]
"""Loads a model the way the service does."""

Answers = Sequence[Sequence[float]]
"""For each picture the probabilities, in the order of the card's labels."""

_PATCHES = (2, 5, 12, 40)  # of a picture, side by side: from what is as large as a hen to straw


def probe_pictures(form: Input) -> tuple[Pixels, ...]:
    """Patches of colour, uint8 (height, width, 3); whole numbers alone, so that no processor draws them otherwise."""
    rows, columns, colours = np.ogrid[: form.height, : form.width, :3]
    pictures = []
    for patches in _PATCHES:
        row, column = rows * patches // form.height, columns * patches // form.width
        mixed = (row * 7919 + column * 104729 + colours * 1299709 + patches * 15485863) * 2654435761 & 0xFFFFFFFF
        pictures.append((mixed >> 24).astype(np.uint8))
    return tuple(pictures)


def probe_answers(predict: Predict, form: Input) -> tuple[tuple[float, ...], ...]:
    """What a model answers to each of the pictures, for its card."""
    return tuple(
        tuple(round(float(probability), 4) for probability in predict(picture)) for picture in probe_pictures(form)
    )


def largest_difference(ours: Answers, theirs: Answers) -> float:
    """Of any probability, 0..1."""
    return float(np.abs(np.asarray(ours) - np.asarray(theirs)).max())
