"""What light and camera do to a scene: an evenly lit picture and a moment in, the picture that the camera sends out.

Day, dusk and infra-red night; exposure and colour that drift; a patch of sun that wanders; noise; JPEG damage.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import cv2
import numpy as np

from coopwatch.simulator.chance import Purpose, chance
from coopwatch.simulator.nest_box import HEIGHT, WIDTH
from coopwatch.simulator.solids import Array
from coopwatch.simulator.sun import Sun, sun_of
from coopwatch.values import Pixels

_INFRA_RED = np.array([[0.58, 0.34, 0.08]], np.float32)  # how the sensor weighs red, green and blue at night
_GRID = (10, 20)  # rows and columns of the coarse picture of the light
_DRIFT = timedelta(minutes=7)  # between two turns of a drift
_MARGIN = 64  # of the noise tile around the picture
_TWILIGHT = timedelta(minutes=10)  # after sunset and before sunrise the camera still sees colours


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sensor:
    """What differs from one frame to the next."""

    noise: float  # standard deviation, in steps of 0..255
    quality: int  # of the JPEG
    row: int  # where this frame's noise begins in the tile
    column: int

    def cut(self, tile: Array) -> Array:
        """This frame's noise."""
        return tile[self.row : self.row + HEIGHT, self.column : self.column + WIDTH]


def is_infra_red(at: datetime) -> bool:
    """Is it so dark that the camera lights the nests itself and sends grey pictures?"""
    sun = sun_of(at.date())
    return not sun.rise - _TWILIGHT <= at <= sun.set + _TWILIGHT


def light_up(picture: Pixels, *, seed: int, at: datetime) -> Pixels:
    """The scene as the camera sends it at that moment."""
    rng = chance(seed, Purpose.SENSOR, round(at.timestamp() * 1000))
    if is_infra_red(at):
        return _by_night(picture, seed=seed, at=at, sensor=_sensor(rng, noise=6.5))
    day = _daylight(sun_of(at.date()), at)
    return _by_day(picture, seed=seed, at=at, day=day, sensor=_sensor(rng, noise=2.2 + 5.5 * (1 - day) ** 2))


def _sensor(rng: np.random.Generator, *, noise: float) -> _Sensor:
    damaged = rng.random() < 0.02
    return _Sensor(
        noise=noise,
        quality=int(rng.integers(18, 35) if damaged else rng.integers(62, 92)),
        row=int(rng.integers(_MARGIN)),
        column=int(rng.integers(_MARGIN)),
    )


def _daylight(sun: Sun, at: datetime) -> float:
    """0 at the darkest moment that still has colours, 1 from about an hour after sunrise."""
    return float(np.clip((sun.height(at) + 0.04) / 0.30, 0, 1))


def _by_day(picture: Pixels, *, seed: int, at: datetime, day: float, sensor: _Sensor) -> Pixels:
    exposure = (0.74 + 0.56 * day) * (1 + 0.10 * _drift(seed, 0, at))
    tint = 0.04 * _drift(seed, 1, at)
    dusk = 1 - day
    colour = np.array((1 + 0.10 * dusk + tint, 1 - 0.03 * dusk, 0.97 - 0.16 * dusk - tint), np.float32)
    gain = _vignette(0.20)[..., None] * colour * exposure + _sunbeam(seed, at)[..., None] * (0.42, 0.36, 0.22)
    lit = _times(picture, gain.astype(np.float32))
    lit += sensor.cut(_noise_tile()) * sensor.noise
    sent = _through_jpeg(np.asarray(cv2.cvtColor(_to_bytes(lit), cv2.COLOR_RGB2BGR), np.uint8), sensor.quality)
    return np.asarray(cv2.cvtColor(sent, cv2.COLOR_BGR2RGB), np.uint8)


def _by_night(picture: Pixels, *, seed: int, at: datetime, sensor: _Sensor) -> Pixels:
    grey = np.asarray(cv2.transform(picture, _INFRA_RED), np.uint8)
    gain = _vignette(0.62) * 1.25 * (1 + 0.06 * _drift(seed, 0, at))
    lit = _times(grey, gain) + 8
    lit += sensor.cut(_noise_tile())[..., 0] * sensor.noise
    return np.asarray(cv2.cvtColor(_through_jpeg(_to_bytes(lit), sensor.quality), cv2.COLOR_GRAY2RGB), np.uint8)


def _drift(seed: int, channel: int, at: datetime) -> float:
    """A slow wandering between about -2 and 2: straight lines from turn to turn."""
    turns = at.timestamp() / _DRIFT.total_seconds()
    before = int(turns)
    begin, end = (chance(seed, Purpose.EXPOSURE, channel, turn).normal(0, 0.8) for turn in (before, before + 1))
    return float(np.clip(begin + (end - begin) * (turns - before), -2, 2))


def _vignette(strength: float) -> Array:
    """Light that fades towards the picture's corners."""
    rows, columns = np.meshgrid(np.linspace(-1, 1, _GRID[0]), np.linspace(-1, 1, _GRID[1]), indexing="ij")
    return (1 - strength * (0.55 * columns**2 + 0.45 * (rows - 0.2) ** 2)).astype(np.float32)


def _sunbeam(seed: int, at: datetime) -> Array:
    """A patch of sun that wanders from right to left in the course of a day, weaker when clouds pass."""
    sun = sun_of(at.date())
    share = (at - sun.rise) / (sun.set - sun.rise)
    rows, columns = np.meshgrid(np.linspace(0, 1, _GRID[0]), np.linspace(0, 1, _GRID[1]), indexing="ij")
    middle = 1.15 - 1.3 * share
    patch = np.exp(-(((columns - middle - 0.25 * (rows - 0.5)) / 0.10) ** 2) - ((rows - 0.55) / 0.5) ** 2)
    strength = max(sun.height(at), 0.0) * np.clip(0.55 + 0.5 * _drift(seed, 2, at), 0, 1)
    return np.asarray(patch * strength, np.float32)


def _times(picture: Pixels, coarse: Array) -> Array:
    gain = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(picture, gain, dtype=cv2.CV_32F), np.float32)


def _to_bytes(values: Array) -> Pixels:
    return np.clip(values, 0, 255, out=values).astype(np.uint8)


def _through_jpeg(picture: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, quality))
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)


@lru_cache(maxsize=1)
def _noise_tile() -> Array:
    """Sensor noise of spread 1: mostly in brightness, a little in colour; frames cut it out at different places."""
    rng = np.random.default_rng(30)
    size = (HEIGHT + _MARGIN, WIDTH + _MARGIN)
    tile = 0.9 * rng.standard_normal((*size, 1)) + 0.45 * rng.standard_normal((*size, 3))
    return tile.astype(np.float32)
