"""Eggs as they lie in the straw: colour and numbers in, ellipsoids with a place out."""

import math

import numpy as np

from coopwatch.simulator.feathers import plain
from coopwatch.simulator.hens import Colour
from coopwatch.simulator.solids import Solid, ellipsoid, turn

_LENGTH, _WIDTH = 0.225, 0.175  # half of them, in the world's unit
_HERE = np.zeros(3, np.float32)


def egg_solids(colour: Colour, *, yaw: float = 0.0) -> list[Solid]:
    """An egg about its own middle: a blunt and a pointed ellipsoid."""
    paint = plain(colour, mottle=0.03)
    return [
        ellipsoid((shift, 0.0, _WIDTH), (length, thickness, thickness), paint, gloss=0.16).at(_HERE, turn(yaw=yaw))
        for shift, length, thickness in ((0.0, _WIDTH * 1.06, _WIDTH), (0.05, _LENGTH, _WIDTH * 0.90))
    ]


def egg_places(rng: np.random.Generator, count: int) -> list[tuple[float, float, float]]:
    """(x, y, yaw) of each egg, in the world's unit from the nest's middle; they lie close but never in one another.

    The first places do not depend on `count`, so that an egg stays where it is when the next one comes.
    """
    places: list[tuple[float, float, float]] = []
    for number in range(count):
        reach = 0.12
        while True:
            angle = rng.uniform(0, 2 * math.pi)
            spread = reach + 0.1 * number
            x, y = rng.normal(0, 0.05) + spread * math.cos(angle), 0.12 + 0.7 * spread * math.sin(angle)
            if all(math.hypot(x - other[0], y - other[1]) > 0.40 for other in places):
                break
            reach += 0.02
        places.append((x, y, rng.uniform(0, 2 * math.pi)))
    return places
