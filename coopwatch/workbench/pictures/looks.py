"""Labelled pictures in; what one glance at each shows (size, light, a perceptual hash) out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image

from coopwatch.values import Pixels
from coopwatch.vision.light_mode import LightMode, light_of
from coopwatch.vision.picture import read_picture, shrink
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.pixels import prepare_each
from coopwatch.workbench.progress import Progress

_HASH_SIDE = 16  # 256 bits. 64 do not tell one egg in the straw from none
_ENOUGH = 128  # pixels on the longer side: all that the hash and the light look at

Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """What one picture is like."""

    picture: Picture
    width: int
    height: int
    light: LightMode | None  # None: neither clearly colour nor clearly infra-red
    bits: Bits  # perceptual hash (256,): near copies differ in few


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """All pictures that decode, and the files that do not."""

    looks: tuple[Look, ...]
    unreadable: tuple[Path, ...]


def look_at(pictures: Sequence[Picture], progress: Progress) -> Glance:
    """Decode each picture once; what does not decode is named and set aside."""
    looks: list[Look] = []

    def store(_: int, picture: Picture) -> None:
        looks.append(_look(picture, read_picture(picture.path)))

    _, unreadable = prepare_each(pictures, store, "looking at pictures", progress)
    return Glance(looks=tuple(looks), unreadable=unreadable)


def _look(picture: Picture, pixels: Pixels) -> Look:
    height, width = pixels.shape[:2]
    small = shrink(pixels, _ENOUGH)
    bits = imagehash.phash(Image.fromarray(small), hash_size=_HASH_SIDE).hash.ravel()
    return Look(picture=picture, width=width, height=height, light=light_of(small), bits=bits)
