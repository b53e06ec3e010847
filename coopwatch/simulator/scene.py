"""A nest as it would look in even light: straw, eggs, hens and hand in, pixels out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from coopwatch.simulator.chance import Purpose, chance
from coopwatch.simulator.eggs import egg_places, egg_solids
from coopwatch.simulator.hand import hand_solids
from coopwatch.simulator.hen_body import Pose, hen_solids
from coopwatch.simulator.hens import HENS
from coopwatch.simulator.nest_box import (
    MIDDLE,
    NEST_COLUMNS,
    NEST_WIDTH,
    NESTS,
    NestBox,
    draw_frame,
    draw_nest_box,
)
from coopwatch.simulator.solids import Sprite, project, render
from coopwatch.values import Pixels

_COOPS = 32  # that may be drawn by turns; with fewer places in the caches, each frame would be drawn from scratch
_SCALE = 90.0  # pixels a unit: half the length of a hen's body
_SHADOW = 0.62  # how dark it is below a hen


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A hen with her place, in pixels from the nest's middle."""

    hen: str
    pose: Pose
    right: float
    down: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """The keeper's hand, by the same measure, and whose egg it holds."""

    right: float
    down: float
    layer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything that can be seen in one nest."""

    nest: str
    layers: tuple[str, ...]  # the hens whose eggs lie there
    visitors: tuple[Visitor, ...] = ()
    hand: Hand | None = None


def draw_picture(seed: int, day: date, scenes: Sequence[Scene]) -> Pixels:
    """The whole picture: each nest in its place within the wood."""
    picture = _frame(seed).copy()
    for scene in scenes:
        left = NEST_COLUMNS[scene.nest]
        picture[:, left : left + NEST_WIDTH] = _draw_nest(seed, day, scene)
    return picture


def _draw_nest(seed: int, day: date, scene: Scene) -> Pixels:
    picture = _floor_with_eggs(seed, day, scene.nest, scene.layers).copy()
    for visitor in sorted(scene.visitors, key=lambda visitor: visitor.down):
        sprite = _hen_sprite(visitor.hen, visitor.pose)
        _lay(picture, _shadow(), right=visitor.right, down=visitor.down)
        _lay(picture, sprite, right=visitor.right, down=visitor.down)
    if scene.visitors:
        _lay_rim(picture, _nest_box(seed, day, scene.nest).rim)
    if scene.hand:
        _lay(picture, _hand_sprite(scene.hand.layer), right=scene.hand.right, down=scene.hand.down)
    return picture


@lru_cache(maxsize=_COOPS)
def _frame(seed: int) -> Pixels:
    return draw_frame(chance(seed, Purpose.STRAW))


@lru_cache(maxsize=2 * _COOPS)
def _nest_box(seed: int, day: date, nest: str) -> NestBox:
    return draw_nest_box(chance(seed, Purpose.STRAW, day.toordinal(), NESTS.index(nest)))


@lru_cache(maxsize=4 * _COOPS)
def _floor_with_eggs(seed: int, day: date, nest: str, layers: tuple[str, ...]) -> Pixels:
    box = _nest_box(seed, day, nest)
    picture = box.floor.copy()
    places = egg_places(chance(seed, Purpose.EGGS, day.toordinal(), NESTS.index(nest)), len(layers))
    for (x, y, yaw), layer in sorted(zip(places, layers, strict=True), key=lambda egg: -egg[0][1]):
        right, down = project((x, y, 0.0))
        egg = render(egg_solids(HENS[layer].egg, yaw=yaw), heading=0.0, scale=_SCALE)
        _lay(picture, _blurred_shadow(15, 8, 3.0), right=right * _SCALE + 3, down=down * _SCALE - 2)
        _lay(picture, egg, right=right * _SCALE, down=down * _SCALE)
    _lay(picture, Sprite(pixels=box.loose, left=-MIDDLE[0], top=-MIDDLE[1]), right=0, down=0)
    return picture


@lru_cache(maxsize=4 * _COOPS)
def _hen_sprite(hen: str, pose: Pose) -> Sprite:
    return render(hen_solids(HENS[hen], pose), heading=pose.heading, scale=_SCALE)


@lru_cache(maxsize=16)
def _hand_sprite(layer: str | None) -> Sprite:
    return render(hand_solids(HENS[layer].egg if layer else None), heading=0.0, scale=_SCALE)


def _shadow() -> Sprite:
    return _blurred_shadow(88, 44, 9.0)


@lru_cache(maxsize=4)
def _blurred_shadow(half_width: int, half_height: int, blur: float) -> Sprite:
    """A soft dark oval about the origin."""
    margin = round(3 * blur)
    width, height = 2 * (half_width + margin), 2 * (half_height + margin)
    opacity = np.zeros((height, width), np.float32)
    cv2.ellipse(opacity, (width // 2, height // 2), (half_width, half_height), 0, 0, 360, _SHADOW, -1)
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., 3] = cv2.GaussianBlur(opacity, (0, 0), blur) * 255
    return Sprite(pixels=pixels, left=-width // 2, top=-height // 2)


def _lay_rim(picture: Pixels, rim: npt.NDArray[np.uint8]) -> None:
    top = MIDDLE[1]  # there is no rim above it
    _lay(picture, Sprite(pixels=rim[top:], left=-MIDDLE[0], top=0), right=0, down=0)


def _lay(picture: Pixels, sprite: Sprite, *, right: float, down: float) -> None:
    """Lay a sprite over the picture in place; what hangs over the edge is cut off."""
    height, width = sprite.pixels.shape[:2]
    left, top = MIDDLE[0] + sprite.left + round(right), MIDDLE[1] + sprite.top + round(down)
    rows = slice(max(top, 0), max(min(top + height, picture.shape[0]), 0))
    columns = slice(max(left, 0), max(min(left + width, picture.shape[1]), 0))
    part = sprite.pixels[rows.start - top : max(rows.stop - top, 0), columns.start - left : max(columns.stop - left, 0)]
    if not part.size:
        return
    below = picture[rows, columns]
    faded = cv2.multiply(below, cv2.merge([255 - part[..., 3]] * 3), scale=1 / 255)
    picture[rows, columns] = cv2.add(faded, np.ascontiguousarray(part[..., :3]))
