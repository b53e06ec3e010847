"""A hen's body in a pose: plumage and pose in, ellipsoids out."""

import math
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from coopwatch.simulator.feathers import body_feathers, crest_feathers, neck_feathers, plain, tail_feathers
from coopwatch.simulator.hens import Colour, Plumage
from coopwatch.simulator.solids import Array, Solid, ellipsoid, turn

_RED: Colour = (0.80, 0.13, 0.10)
_FACE: Colour = (0.72, 0.24, 0.18)
_HORN: Colour = (0.86, 0.68, 0.34)
_EYE: Colour = (0.05, 0.03, 0.02)
_IRIS: Colour = (0.90, 0.52, 0.10)


class Carriage(Enum):
    """How she holds her head: where it is (x, y, z) and how far it is nodded down, in radians."""

    UP = (0.98, 0.0, 1.62, 0.0)
    LOW = (1.12, 0.0, 1.12, 0.25)
    LEFT = (0.86, 0.36, 1.46, 0.1)
    RIGHT = (0.86, -0.36, 1.46, 0.1)
    TUCKED = (0.30, 0.24, 1.30, 0.45)  # laid back on the shoulders, asleep

    @property
    def place(self) -> Array:
        """Where the head is."""
        return np.array(self.value[:3], np.float32)

    @property
    def nod(self) -> float:
        """How far the beak points down; radians."""
        return self.value[3]

    @property
    def yaw(self) -> float:
        """Where the head looks, against the body; radians."""
        return {Carriage.LEFT: 0.9, Carriage.RIGHT: -0.9, Carriage.TUCKED: 2.5}.get(self, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a hen sits, apart from where."""

    heading: float  # radians, 0: looks to the right, pi/2: away from the viewer
    carriage: Carriage = Carriage.UP
    pitch: float = 0.0  # radians, breast up


def hen_solids(plumage: Plumage, pose: Pose) -> list[Solid]:
    """Her body, wings, tail, neck and head; the origin is the ground below her middle."""
    thin = plumage.slimness**-0.5
    stretch = np.array((plumage.slimness**0.5, thin, thin), np.float32)
    tilt = turn(pitch=pose.pitch)
    parts = [*_torso(plumage), *_tail(plumage), *_neck_and_head(plumage, pose.carriage)]
    return [
        replace(
            part,
            centre=(tilt @ part.centre) * stretch * plumage.size,
            radii=part.radii * (stretch if part.radii[0] > 0.3 else 1) * plumage.size,
            axes=tilt @ part.axes,
        )
        for part in parts
    ]


def _torso(plumage: Plumage) -> list[Solid]:
    feathers = body_feathers(plumage)
    return [
        ellipsoid((0.0, 0.0, 0.62), (0.95, 0.66, 0.60), feathers, pitch=0.10),
        ellipsoid((0.48, 0.0, 0.70), (0.52, 0.55, 0.56), feathers),
        ellipsoid((-0.62, 0.0, 0.80), (0.50, 0.42, 0.40), feathers, pitch=-0.35),
        *(
            ellipsoid((-0.14, 0.50 * side, 0.68), (0.74, 0.20, 0.40), feathers, yaw=0.08 * side, pitch=-0.08)
            for side in (-1, 1)
        ),
    ]


def _tail(plumage: Plumage) -> list[Solid]:
    feathers = tail_feathers(plumage)
    return [
        ellipsoid(
            (-1.02 + 0.05 * abs(fan), 0.07 * fan, 1.12 - 0.05 * abs(fan)),
            (0.46, 0.06, 0.24),
            feathers,
            yaw=-0.16 * fan,
            pitch=-0.85 + 0.05 * abs(fan),
        )
        for fan in (-2, -1, 0, 1, 2)
    ]


def _neck_and_head(plumage: Plumage, carriage: Carriage) -> list[Solid]:
    head = carriage.place
    shoulder = np.array((0.56, 0.0, 0.86), np.float32)
    along = head - shoulder
    length = float(np.linalg.norm(along))
    yaw, pitch = math.atan2(along[1], along[0]), math.asin(along[2] / length)
    paint = neck_feathers(plumage, plumage.neck)
    neck = [
        ellipsoid(tuple(shoulder + along * share), (length * 0.36, radius, radius), paint, yaw=yaw, pitch=pitch)
        for share, radius in ((0.12, 0.42), (0.38, 0.33), (0.64, 0.26), (0.86, 0.215))
    ]
    facing = turn(yaw=carriage.yaw, pitch=-carriage.nod)
    return neck + [part.at(head, facing) for part in _head(plumage)]


def _head(plumage: Plumage) -> list[Solid]:
    """The head about its own middle, looking along x."""
    comb = plumage.comb
    parts = [
        ellipsoid((0.0, 0.0, 0.0), (0.23, 0.175, 0.185), neck_feathers(plumage, plumage.neck)),
        ellipsoid((0.10, 0.0, -0.02), (0.155, 0.155, 0.14), plain(_FACE, mottle=0.15)),
        ellipsoid((0.30, 0.0, -0.04), (0.15, 0.06, 0.055), plain(_HORN), pitch=-0.2),
    ]
    for side in (-1, 1):
        parts.append(ellipsoid((0.13, 0.125 * side, 0.035), (0.048, 0.034, 0.048), plain(_IRIS)))
        parts.append(ellipsoid((0.135, 0.142 * side, 0.035), (0.030, 0.030, 0.030), plain(_EYE), gloss=0.9))
        parts.append(ellipsoid((0.17, 0.06 * side, -0.20), (0.06, 0.035, 0.05 + 0.07 * max(comb, 0.4)), plain(_RED)))
    if comb:
        parts += [
            ellipsoid(
                (0.14 - 0.11 * lobe, 0.0, 0.17 + height * comb * 0.5),
                (0.075, 0.035, height * comb),
                plain(_RED, mottle=0.1),
                pitch=0.15 * lobe,
            )
            for lobe, height in enumerate((0.10, 0.15, 0.16, 0.12))
        ]
    if plumage.crest:
        crest = crest_feathers(plumage.crest)
        parts += [
            ellipsoid(place, (0.25, 0.25, 0.22), crest)
            for place in ((-0.05, 0.0, 0.22), (-0.14, 0.15, 0.15), (-0.14, -0.15, 0.15), (-0.25, 0.0, 0.10))
        ]
    return parts
