"""A camera and its settings go in; what it gives, how fast, and what a keeper should change come out."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from coopwatch.cameras.stream import StreamCamera
from coopwatch.config.settings import CameraSettings
from coopwatch.errors import CameraEndedError, CameraError
from coopwatch.ports import Camera
from coopwatch.values import Flaw, Frame
from coopwatch.vision.judge import PictureJudge, Sight
from coopwatch.vision.light_mode import LightMode
from coopwatch.vision.preprocess import crop

_WIDEST = 2560  # pixels; more costs time and tells no more of a nest
_SMALLEST_NEST = 96  # pixels; less, and two hens look alike
_STABLE_NAMES = Path("/dev/v4l/by-id")
_FLAWS = {
    Flaw.DARK: "the picture is dark: give the nests light, or use a camera with an infra-red lamp",
    Flaw.COVERED: "something covers the lens: clean it or free its view",
    Flaw.FROZEN: "two pictures are the very same: if it stays so, restart the camera",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """What a look through a camera found."""

    camera: str
    trouble: str = ""  # why there is no picture, or none after the first, in plain words
    frame: Frame | None = None
    first_after: timedelta | None = None  # from opening the camera to its first picture
    next_after: timedelta | None = None  # from that to the next; None: there is only one
    lag: timedelta = timedelta(0)
    light: LightMode | None = None
    advice: tuple[str, ...] = ()


async def check_camera(camera: Camera, settings: CameraSettings) -> Checkup:
    """Open the camera, take two pictures and judge them; a camera in trouble is a finding, not an error."""
    began = time.monotonic()
    try:
        async with camera:
            first = await camera.grab()
            first_after = timedelta(seconds=time.monotonic() - began)
            second = await _second(camera)
    except CameraError as error:
        return Checkup(camera=settings.name, trouble=str(error), advice=tuple(_advice_on_source(settings)))
    judge = PictureJudge([nest.region for nest in settings.nests])
    sight = judge.judge(first)
    if second.frame is not None:
        sight = judge.judge(second.frame)
    newest = second.frame or first
    advice = (
        *_advice_on_source(settings),
        *_advice_on_picture(newest, settings, sight),
        *_advice_on_pace(camera, second.after, settings),
    )
    return Checkup(
        camera=settings.name,
        trouble=second.trouble,
        frame=newest,
        first_after=first_after,
        next_after=second.after,
        lag=newest.lag,
        light=sight.mode,
        advice=advice,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Second:
    """The second picture; a recorded source may have none, a live camera must."""

    frame: Frame | None = None
    after: timedelta | None = None  # the first
    trouble: str = ""


async def _second(camera: Camera) -> _Second:
    began = time.monotonic()
    try:
        frame = await camera.grab()
    except CameraEndedError:
        return _Second()
    except CameraError as error:
        return _Second(trouble=str(error))
    return _Second(frame=frame, after=timedelta(seconds=time.monotonic() - began))


def _advice_on_source(settings: CameraSettings) -> Iterator[str]:
    device = Path(settings.source)
    if device.parent != Path("/dev"):
        return
    stable = [name for name in _stable_names() if name.resolve() == device.resolve()]
    name = stable[0] if stable else f"one of {_STABLE_NAMES}"
    yield f"{device} may be another camera after a restart: write {name} under `source`"


def _stable_names() -> list[Path]:
    return sorted(_STABLE_NAMES.iterdir()) if _STABLE_NAMES.is_dir() else []


def _advice_on_picture(frame: Frame, settings: CameraSettings, sight: Sight) -> Iterator[str]:
    height, width = frame.pixels.shape[:2]
    if sight.flaw in _FLAWS:
        yield _FLAWS[sight.flaw]
    if width > _WIDEST:
        yield f"the picture is {width} x {height} pixels: the camera's second, smaller stream saves much time"
    for nest in settings.nests:
        high, wide = crop(frame.pixels, nest.region).shape[:2]
        if min(high, wide) < _SMALLEST_NEST:
            yield f"nest {nest.name} is only {wide} x {high} pixels: use a larger picture, or move the camera closer"


def _advice_on_pace(camera: Camera, next_after: timedelta | None, settings: CameraSettings) -> Iterator[str]:
    if next_after is not None and next_after.total_seconds() > settings.every_seconds:
        remedy = "let the camera send key frames more often, or " if isinstance(camera, StreamCamera) else ""
        yield (
            f"a picture comes only every {next_after.total_seconds():.1f} s, and one is wanted every "
            f"{settings.every_seconds:g} s: {remedy}raise `every_seconds`"
        )
