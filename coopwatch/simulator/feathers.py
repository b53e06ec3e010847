"""How a hen's feathers look at a point of her body: plumage and points in, colours out."""

from functools import lru_cache

import cv2
import numpy as np

from coopwatch.simulator.hens import Colour, Plumage, Spot
from coopwatch.simulator.solids import Array, Paint, Surface

_MUD: Colour = (0.30, 0.21, 0.13)
_GRAIN = 256  # side of the noise tile
_ROW = 0.115  # length of a feather's visible part
_COLUMN = 0.20  # its width, as an angle around the body


def plain(colour: Colour, *, mottle: float = 0.0) -> Paint:
    """Skin, horn, shell: one colour, a little uneven."""

    def paint(surface: Surface) -> Array:
        shade = 1 + mottle * _noise(surface.spots[:, 0] * 18, surface.spots[:, 1] * 18 + surface.spots[:, 2] * 7)
        return _array(colour) * shade[:, None]

    return paint


def body_feathers(plumage: Plumage) -> Paint:
    """Breast, back and belly, with all marks."""

    def paint(surface: Surface) -> Array:
        along, around = surface.points[:, 0], np.arctan2(surface.points[:, 1], surface.points[:, 2] - 0.45)
        colours = np.broadcast_to(_array(plumage.body), surface.points.shape).copy()
        if plumage.spot:
            colours = _mix(colours, plumage.spot.colour, _in_spot(plumage.spot, surface.points))
        colours *= _feather_edges(along, around, plumage.lacing)[:, None]
        colours *= _bars(along, around, plumage.bars)[:, None]
        return _mix(colours, _MUD, _mud(plumage, surface.points))

    return paint


def neck_feathers(plumage: Plumage, colour: Colour) -> Paint:
    """Narrow hackle feathers that run down the neck."""

    def paint(surface: Surface) -> Array:
        around = np.arctan2(surface.spots[:, 1], surface.spots[:, 2])
        lines = 0.5 + 0.5 * np.sin(around * 13 + 2 * _noise(surface.spots[:, 0] * 30, around * 25))
        shade = (1 - (0.13 + 0.55 * plumage.streaks) * lines**2) * _bars(
            surface.spots[:, 0] * 0.3, around, plumage.bars
        )
        return np.asarray(_array(colour) * shade[:, None], np.float32)

    return paint


def tail_feathers(plumage: Plumage) -> Paint:
    """Long stiff feathers with a quill."""

    def paint(surface: Surface) -> Array:
        lines = 0.5 + 0.5 * np.sin(surface.spots[:, 2] * 11 + surface.spots[:, 0] * 2)
        shade = (1 - 0.28 * lines**3) * _bars(surface.points[:, 0], surface.points[:, 2], plumage.bars)
        shade = shade * _roughness(surface.spots[:, 0], surface.spots[:, 2])
        return np.asarray(_array(plumage.tail) * shade[:, None], np.float32)

    return paint


def crest_feathers(colour: Colour) -> Paint:
    """Wild feathers in all directions."""

    def paint(surface: Surface) -> Array:
        strands = _noise(surface.spots[:, 1] * 46, surface.spots[:, 0] * 9) + _noise(
            surface.spots[:, 2] * 40, surface.spots[:, 1] * 12
        )
        return _array(colour) * (0.86 + 0.20 * strands)[:, None]

    return paint


def _feather_edges(along: Array, around: Array, lacing: float) -> Array:
    """Feathers overlap like the tiles of a roof, tips towards the tail; each edge is a little or much darker."""
    row = -along / _ROW + 0.45 * _noise(along * 8, around * 12)
    line = np.floor(row)
    across = around / _COLUMN + 0.5 * (line % 2) + 0.35 * _noise(around * 10, line * 5)
    across = across - np.floor(across) - 0.5
    to_tip = (row - line) + 1.9 * across**2
    edge = np.clip((to_tip - 0.62) / 0.22, 0, 1)
    quill = 0.05 * np.clip(1 - np.abs(across) * 14, 0, 1)
    return np.asarray((1 - edge * (0.10 + 0.62 * lacing) - quill) * _roughness(along, around), np.float32)


def _bars(along: Array, around: Array, strength: float) -> Array:
    if not strength:
        return np.ones_like(along)
    wave = np.sin(along * 46 + 3.0 * np.abs(np.sin(around * 5)))
    return np.asarray(1 - strength * np.clip(0.5 + 1.4 * wave, 0, 1) * 0.85, np.float32)


def _in_spot(spot: Spot, points: Array) -> Array:
    """1 inside the spot, 0 outside, soft between."""
    along, across = (points[:, 0] + 0.12) / spot.length, points[:, 1] / spot.width
    reach = np.hypot(along, across)
    if spot.points:
        angle = np.arctan2(across, along)
        reach = reach * (1 + 0.36 * np.cos(angle * spot.points + np.pi))
    ragged = reach + 0.10 * _noise(points[:, 0] * 60, points[:, 1] * 60)
    above = np.clip((points[:, 2] - 0.55) / 0.1, 0, 1)
    return np.asarray(np.clip((1 - ragged) / 0.12, 0, 1) * above, np.float32)


def _mud(plumage: Plumage, points: Array) -> Array:
    if not plumage.mud:
        return np.zeros(len(points), np.float32)
    blotches = _noise(points[:, 0] * 17 + 40, points[:, 1] * 17 + points[:, 2] * 13)
    low = 0.95 - points[:, 2] + 0.25 * points[:, 0]
    return np.asarray(plumage.mud * np.clip((low + 0.45 * blotches - 0.14) / 0.25, 0, 0.85), np.float32)


def _roughness(along: Array, around: Array) -> Array:
    return 1 + 0.11 * _noise(along * 70, around * 40) + 0.07 * _noise(along * 14, around * 9)


def _mix(colours: Array, colour: Colour, share: Array) -> Array:
    return np.asarray(colours + (_array(colour) - colours) * share[:, None], np.float32)


def _array(colour: Colour) -> Array:
    return np.array(colour, np.float32)


def _noise(x: Array, y: Array) -> Array:
    """Smooth noise of about -1..1; one unit of x or y is one pixel of the tile."""
    return _tile()[np.floor(y).astype(np.int32) % _GRAIN, np.floor(x).astype(np.int32) % _GRAIN]


@lru_cache(maxsize=1)
def _tile() -> Array:
    rough = np.random.default_rng(20).standard_normal((_GRAIN, _GRAIN)).astype(np.float32)
    smooth = cv2.GaussianBlur(rough, (0, 0), 1.6, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(smooth / (2 * smooth.std()), np.float32)
