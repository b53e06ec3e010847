"""One nest without its visitors: a day's straw in, three layers of a picture out."""

import math
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
import numpy.typing as npt

from coopwatch.simulator.solids import Array
from coopwatch.values import Pixels, Region

WIDTH, HEIGHT = 640, 320  # of the whole picture
NEST_WIDTH = 304
_FRAME = 8  # width of the wood at the sides; twice that between the nests
NEST_COLUMNS = {"left": _FRAME, "right": WIDTH - _FRAME - NEST_WIDTH}
NESTS = tuple(NEST_COLUMNS)
REGIONS = {
    nest: Region(left=column / WIDTH, top=0.0, right=(column + NEST_WIDTH) / WIDTH, bottom=1.0)
    for nest, column in NEST_COLUMNS.items()
}
"""Where the nests lie in the picture, for a config."""

MIDDLE = (152, 246)  # the ground of the nest, where a hen sits: column, row of the nest's picture
_FINE = 2  # drawn so many times finer than shown, then averaged: smooth edges
_BOARD = 58  # height of a board of the back wall
_SIDE = 34  # width of what is seen of a side wall
_HOLLOW = (152, 236)
_HOLLOW_RADII = (126, 66)
_WOOD = np.array((0.50, 0.40, 0.30))
_STRAW = np.array(((0.86, 0.70, 0.38), (0.78, 0.60, 0.30), (0.93, 0.80, 0.52), (0.64, 0.47, 0.23)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NestBox:
    """The layers of one nest's picture: box and straw, loose straw over eggs, the rim's straw over hens."""

    floor: Pixels
    loose: npt.NDArray[np.uint8]  # (height, width, 4), RGB multiplied by the opacity
    rim: npt.NDArray[np.uint8]  # the same


def draw_nest_box(rng: np.random.Generator) -> NestBox:
    """The nest with its straw as `rng` lays it."""
    floor = _walls(rng)
    _shadow_of_hollow(floor)
    _lay_straw(floor, rng, count=1500, rim=(0.30, 1.42), below=-1.0)
    _darken_hollow(floor)
    _lay_straw(floor, rng, count=160, rim=(0.0, 0.75), below=-1.0, brightness=0.8)
    loose = np.zeros((*floor.shape[:2], 4), np.float32)
    _lay_straw(loose, rng, count=13, rim=(0.0, 0.8), below=-1.0)
    rim = np.zeros_like(loose)
    _lay_straw(rim, rng, count=300, rim=(0.62, 1.40), below=0.62)
    return NestBox(floor=_shrink(floor), loose=_shrink(loose), rim=_shrink(rim))


def draw_frame(rng: np.random.Generator) -> Pixels:
    """The wood that holds the two nests: a whole picture, of which the nests will cover most."""
    rows = rng.normal(0, 0.018, (1, WIDTH)).cumsum(axis=1) * 0.3
    grain = cv2.resize(rng.normal(0, 0.05, (24, WIDTH)).astype(np.float32), (WIDTH, HEIGHT))
    wood = (_WOOD * 1.35)[None, None] * (1 + np.clip(rows, -0.15, 0.15) + grain)[..., None]
    return np.asarray(np.clip(wood, 0, 1) * 255, np.uint8)


def _walls(rng: np.random.Generator) -> Array:
    """The back wall of boards between the two side walls, under the roof's shadow."""
    height, width = HEIGHT * _FINE, NEST_WIDTH * _FINE
    grain = 0.10 * _grain(rng, rows=HEIGHT, columns=10) + 0.04 * _grain(rng, rows=HEIGHT, columns=40)
    picture = (_WOOD * (1 + grain[..., None])).astype(np.float32)
    for board in range(1, 4):
        row = board * _BOARD * _FINE
        picture[row : row + 3] *= 0.45
        picture[row + 3 : row + 5] *= 1.12
    for column, board in product((70, 236), range(3)):
        nail = (column * _FINE, (board * _BOARD + 14) * _FINE)
        cv2.circle(picture, nail, 4, (0.2, 0.18, 0.16), -1, cv2.LINE_AA)
    across = np.ones(width, np.float32)
    across[: _SIDE * _FINE] = across[-_SIDE * _FINE :] = 0.72
    down = np.linspace(0.62, 1.0, height, dtype=np.float32)
    return np.asarray(picture * np.outer(down, across)[..., None], np.float32)


def _grain(rng: np.random.Generator, *, rows: int, columns: int) -> Array:
    coarse = rng.normal(0, 1, (rows, columns)).astype(np.float32)
    fine = cv2.resize(coarse, (NEST_WIDTH * _FINE, HEIGHT * _FINE))
    return np.asarray(cv2.GaussianBlur(fine, (0, 0), 1.0), np.float32)


def _shadow_of_hollow(picture: Array) -> None:
    shade = np.zeros(picture.shape[:2], np.float32)
    middle = (_HOLLOW[0] * _FINE, (_HOLLOW[1] - 6) * _FINE)
    cv2.ellipse(shade, middle, (int(150 * _FINE), int(94 * _FINE)), 0, 0, 360, 1.0, -1)
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), 10 * _FINE), np.float32)[..., None]
    picture[:] = picture * (1 - shade) + shade * np.array((0.40, 0.29, 0.15), np.float32)


def _darken_hollow(picture: Array) -> None:
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32) / _FINE
    reach = np.hypot((columns - _HOLLOW[0]) / _HOLLOW_RADII[0], (rows - _HOLLOW[1]) / _HOLLOW_RADII[1])
    picture *= (0.52 + 0.48 * np.clip((reach - 0.25) / 0.75, 0, 1))[..., None]


def _lay_straw(
    layer: Array,
    rng: np.random.Generator,
    *,
    count: int,
    rim: tuple[float, float],  # the nearest and farthest place, in radii of the hollow
    below: float,  # the least sine of the direction from the middle: 1 is the viewer's side
    brightness: float = 1.0,
) -> None:
    angles = rng.uniform(math.asin(below), math.pi - math.asin(below), count)
    reach = np.sqrt(rng.uniform(rim[0] ** 2, rim[1] ** 2, count))
    columns = _HOLLOW[0] + _HOLLOW_RADII[0] * reach * np.cos(angles)
    rows = _HOLLOW[1] + _HOLLOW_RADII[1] * reach * np.sin(angles)
    bends = angles + math.pi / 2 + rng.normal(0, 0.55, count)
    lengths = rng.uniform(12, 46, count)
    colours = _STRAW[rng.integers(len(_STRAW), size=count)] * rng.uniform(0.62, 1.08, (count, 1)) * brightness
    for number in np.argsort(rows):
        half = lengths[number] / 2 * np.array((math.cos(bends[number]), 0.6 * math.sin(bends[number])))
        place = np.array((columns[number], rows[number]))
        _draw_stalk(layer, place - half, place + half, colours[number], thickness=3 if number % 3 else 2)


def _draw_stalk(layer: Array, begin: Array, end: Array, colour: Array, *, thickness: int) -> None:
    """A stalk with its own small shadow."""
    opacity = (1.0,) if layer.shape[2] == 4 else ()
    for shade, right, down in ((0.35, 24, 48), (1.0, 0, 0)):  # sixteenths of a fine pixel
        begins, ends = ((int(x * _FINE * 16) + right, int(y * _FINE * 16) + down) for x, y in (begin, end))
        cv2.line(layer, begins, ends, (*map(float, colour * shade), *opacity), thickness, cv2.LINE_AA, 4)


def _shrink(layer: Array) -> npt.NDArray[np.uint8]:
    small = cv2.resize(layer, (NEST_WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return (np.clip(small, 0, 1) * 255).astype(np.uint8)
