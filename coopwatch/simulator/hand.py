"""The keeper's hand that reaches for eggs: nothing or an egg in, ellipsoids out."""

import numpy as np

from coopwatch.simulator.eggs import egg_solids
from coopwatch.simulator.feathers import plain
from coopwatch.simulator.hens import Colour
from coopwatch.simulator.solids import Solid, ellipsoid

_SKIN: Colour = (0.84, 0.60, 0.48)
_SLEEVE: Colour = (0.20, 0.30, 0.48)
_HELD = np.array((0.05, -0.32, 0.22), np.float32)  # where an egg is held


def hand_solids(egg: Colour | None) -> list[Solid]:
    """A hand with its arm towards the viewer; the origin lies below the fingertips; it may hold an egg."""
    skin, cloth = plain(_SKIN, mottle=0.05), plain(_SLEEVE, mottle=0.10)
    arm = [
        ellipsoid((0.10, -0.62, 0.36), (0.30, 0.27, 0.13), skin, yaw=1.4),
        ellipsoid((0.16, -1.05, 0.40), (0.42, 0.17, 0.15), skin, yaw=1.45),
        ellipsoid((0.26, -1.85, 0.46), (0.75, 0.27, 0.25), cloth, yaw=1.45),
        ellipsoid((0.34, -2.60, 0.52), (0.75, 0.31, 0.29), cloth, yaw=1.45),
    ]
    fingers = [
        ellipsoid(
            (-0.10 + 0.12 * finger, -0.27 - 0.04 * abs(finger - 1.4), 0.28),
            (0.24, 0.065, 0.065),
            skin,
            yaw=1.85 - 0.22 * finger,
            pitch=-0.35,
        )
        for finger in range(4)
    ]
    thumb = ellipsoid((-0.20, -0.55, 0.30), (0.20, 0.075, 0.075), skin, yaw=2.4, pitch=-0.2)
    held = [] if egg is None else [part.at(_HELD) for part in egg_solids(egg, yaw=0.4)]
    return [*arm, *fingers, thumb, *held]
