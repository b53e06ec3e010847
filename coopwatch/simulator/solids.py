"""Ellipsoids in, one shaded picture with transparency out: the simulator's whole three-dimensional drawing.

A hen, an egg and a hand are each a few ellipsoids. They are seen from afar (parallel rays), from above and in front;
each ray meets an ellipsoid where a quadratic equation says so, and the nearest meeting wins.

World: x to the right, y away from the viewer, z up; one unit is half the length of a hen's body.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """The n places of a solid that can be seen."""

    points: Array  # (n, 3), in the thing's own space
    spots: Array  # (n, 3), on the ellipsoid's unit sphere


Paint = Callable[[Surface], Array]
"""A surface in, colours out: (n, 3), RGB 0..1."""

ELEVATION = math.radians(38)  # of the camera above the horizon
_LIGHT = np.array((-0.45, -0.55, 0.70), np.float32)  # towards the light: from the left, the front and above
_FINE = 2  # drawn so many times finer than shown, then averaged: smooth edges


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solid:
    """One painted ellipsoid."""

    centre: Array  # (3,)
    radii: Array  # (3,)
    axes: Array  # (3, 3), columns: its own axes as seen from the thing
    paint: Paint
    gloss: float = 0.0

    def at(self, place: Array, facing: Array | None = None) -> "Solid":
        """The same solid turned by `facing` about the thing's origin, then moved by `place`."""
        if facing is None:
            return replace(self, centre=self.centre + place)
        return replace(self, centre=facing @ self.centre + place, axes=facing @ self.axes)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sprite:
    """A small picture to be laid over a larger one."""

    pixels: npt.NDArray[np.uint8]  # (height, width, 4): RGB already multiplied by the opacity, then the opacity
    left: int  # of the thing's origin, in pixels
    top: int


def turn(*, yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Array:
    """A rotation: first rolled about x, then pitched (nose up), then yawed to the left; radians."""
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (math.cos, math.sin))
    about_z = np.array(((cy, -sy, 0), (sy, cy, 0), (0, 0, 1)))
    about_y = np.array(((cp, 0, -sp), (0, 1, 0), (sp, 0, cp)))
    about_x = np.array(((1, 0, 0), (0, cr, -sr), (0, sr, cr)))
    return np.asarray(about_z @ about_y @ about_x, np.float32)


def ellipsoid(
    centre: Sequence[float] | Array,
    radii: Sequence[float],
    paint: Paint,
    *,
    yaw: float = 0.0,
    pitch: float = 0.0,
    gloss: float = 0.0,
) -> Solid:
    """A solid with its long axis turned as told."""
    return Solid(
        centre=np.asarray(centre, np.float32),
        radii=np.asarray(radii, np.float32),
        axes=turn(yaw=yaw, pitch=pitch),
        paint=paint,
        gloss=gloss,
    )


def project(point: npt.ArrayLike) -> tuple[float, float]:
    """Where a point of the world is seen: (to the right, down)."""
    x, y, z = np.asarray(point, np.float64)
    return float(x), float(-y * math.sin(ELEVATION) - z * math.cos(ELEVATION))


def render(solids: Sequence[Solid], *, heading: float, scale: float) -> Sprite:
    """Draw a thing turned by `heading` (radians, 0: looks to the right, pi/2: away), `scale` pixels a unit."""
    yaw = turn(yaw=heading)
    views = [_View.of(solid, yaw, scale * _FINE) for solid in solids]
    left, top, right, bottom = _bounds(views)
    canvas = np.zeros((bottom - top, right - left, 4), np.float32)
    depth = np.full(canvas.shape[:2], -np.inf, np.float32)
    owner = np.full(canvas.shape[:2], -1, np.int16)
    for index, view in enumerate(views):
        view.cover(index, depth, owner, left=left, top=top)
    for index, view in enumerate(views):
        window = view.window(left, top)
        rows, columns = np.nonzero(owner[window] == index)
        if rows.size:
            canvas[window][rows, columns, :3] = view.shade(rows, columns)
    canvas[..., 3] = owner >= 0
    small = cv2.resize(canvas, None, fx=1 / _FINE, fy=1 / _FINE, interpolation=cv2.INTER_AREA)
    return Sprite(pixels=(np.clip(small, 0, 1) * 255).astype(np.uint8), left=left // _FINE, top=top // _FINE)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _View:
    """A solid as the camera sees it; q = origin + column * right + row * down is a ray's start on the unit sphere."""

    solid: Solid
    axes: Array  # as seen from the world
    origin: Array
    right: Array
    down: Array
    ray: Array  # towards the viewer
    box: tuple[int, int, int, int]  # left, top, right, bottom in fine pixels

    @classmethod
    def of(cls, solid: Solid, yaw: Array, scale: float) -> "_View":
        axes = yaw @ solid.axes
        centre = yaw @ solid.centre
        to_sphere = (axes / solid.radii).T
        sin, cos = math.sin(ELEVATION), math.cos(ELEVATION)
        half_width, half_height = (
            float(np.linalg.norm(solid.radii * (direction @ axes))) * scale for direction in ((1, 0, 0), (0, sin, cos))
        )
        column, row = (scale * place for place in project(centre))
        return cls(
            solid=solid,
            axes=axes,
            origin=-to_sphere @ centre,
            right=to_sphere @ np.array((1 / scale, 0, 0), np.float32),
            down=to_sphere @ np.array((0, -sin / scale, -cos / scale), np.float32),
            ray=to_sphere @ np.array((0, -cos, sin), np.float32),
            box=(
                math.floor(column - half_width),
                math.floor(row - half_height),
                math.ceil(column + half_width) + 1,
                math.ceil(row + half_height) + 1,
            ),
        )

    def window(self, left: int, top: int) -> tuple[slice, slice]:
        """The rows and columns of its box in a canvas that begins at (left, top)."""
        return np.s_[self.box[1] - top : self.box[3] - top, self.box[0] - left : self.box[2] - left]

    def cover(self, index: int, depth: Array, owner: npt.NDArray[np.int16], *, left: int, top: int) -> None:
        """Write this solid's index wherever it is the nearest so far."""
        window = self.window(left, top)
        columns = np.arange(self.box[0], self.box[2], dtype=np.float32)[None, :]
        rows = np.arange(self.box[1], self.box[3], dtype=np.float32)[:, None]
        near, hits = self._meet(rows, columns)
        wins = hits & (near > depth[window])
        depth[window][wins] = near[wins]
        owner[window][wins] = index

    def _meet(self, rows: Array, columns: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
        """How near to the viewer each ray meets the solid, and whether it does."""
        a = float(self.ray @ self.ray)
        # |q|^2 and q . ray, spelt out as polynomials of row and column: far cheaper than arrays of vectors
        b = (self.origin @ self.ray) + columns * (self.right @ self.ray) + rows * (self.down @ self.ray)
        c = (
            (self.origin @ self.origin - 1)
            + columns * (2 * (self.origin @ self.right))
            + columns**2 * (self.right @ self.right)
            + rows * (2 * (self.origin @ self.down))
            + rows**2 * (self.down @ self.down)
            + (rows * columns) * (2 * (self.right @ self.down))
        )
        root = b * b - a * c
        return (np.sqrt(np.maximum(root, 0)) - b) / a, root > 0

    def shade(self, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Array:
        """The colours of those pixels of its window, lit."""
        row, column = (rows + self.box[1]).astype(np.float32), (columns + self.box[0]).astype(np.float32)
        near, _ = self._meet(row, column)
        spots = self.origin + column[:, None] * self.right + row[:, None] * self.down + near[:, None] * self.ray
        solid = self.solid
        points = solid.centre + (spots * solid.radii) @ solid.axes.T
        normals = (spots / solid.radii) @ self.axes.T
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        toward = np.clip(normals @ (_LIGHT / np.linalg.norm(_LIGHT)), -1, 1)
        height = np.clip(points[:, 2] / 0.9, 0, 1)  # less light reaches what lies low in the nest
        light = (0.56 + 0.44 * toward) * (0.62 + 0.38 * height)
        shine = solid.gloss * np.clip(toward, 0, 1) ** 24
        return np.asarray(
            solid.paint(Surface(points=points, spots=spots)) * light[:, None] + shine[:, None], np.float32
        )


def _bounds(views: Sequence[_View]) -> tuple[int, int, int, int]:
    """The smallest box around all views whose edges fall on whole shown pixels."""
    left, top = (min(view.box[i] for view in views) // _FINE * _FINE for i in (0, 1))
    right, bottom = (-(-max(view.box[i] for view in views) // _FINE) * _FINE for i in (2, 3))
    return left, top, right, bottom
