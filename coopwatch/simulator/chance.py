"""Random numbers that depend on nothing but their key: (seed, purpose, numbers) in, a generator out."""

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What numbers are drawn for; keeps the streams of one seed apart."""

    SCHEDULE = 1
    POSE = 2
    STRAW = 3
    EGGS = 4
    EXPOSURE = 5
    SENSOR = 6
    SAMPLING = 7


def chance(seed: int, purpose: Purpose, *numbers: int) -> np.random.Generator:
    """A generator that is the same for the same key, whatever was drawn before; all numbers must be >= 0."""
    return np.random.default_rng(np.random.SeedSequence((seed, purpose, *numbers)))
