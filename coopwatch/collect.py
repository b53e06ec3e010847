"""Frames of a camera in; pictures of its nests, wherever they look new, out: what a person will label."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from coopwatch.config.settings import CameraSettings
from coopwatch.errors import CameraEndedError, CameraError, UserMustActError
from coopwatch.ports import Camera
from coopwatch.values import Frame
from coopwatch.vision.gate import Floats, differ, small
from coopwatch.vision.judge import PictureJudge
from coopwatch.vision.picture import encode_jpeg
from coopwatch.vision.preprocess import crop
from coopwatch.vision.whole_file import write_whole

log = logging.getLogger(__name__)

QUALITY = 95  # nothing is lost that a network looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A picture that was kept."""

    nest: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Kept:
    at: datetime
    view: Floats


class Collector:
    """Cuts the nests out of one camera's frames, as the service does, and keeps what does not look like the last kept.

    Args:
        settings: of the camera.
        out: the folder that takes the pictures; it is made.
        pause: between two pictures of a nest, at least: near copies teach nothing.
    """

    def __init__(self, settings: CameraSettings, out: Path, pause: timedelta) -> None:
        self._settings, self._out, self._pause = settings, out, pause
        self._judge = PictureJudge([nest.region for nest in settings.nests])
        self._last: dict[str, _Kept] = {}

    def take(self, frame: Frame) -> list[Collected]:
        """Keep what is new in the frame; nothing of one that is dark, covered, blurred or frozen.

        Raises:
            UserMustActError: the folder cannot be written.
        """
        sight = self._judge.judge(frame)
        if sight.flaw or sight.is_switching:
            return []
        collected = []
        for nest in self._settings.nests:
            pixels = crop(frame.pixels, nest.region)
            fresh = _Kept(at=frame.taken_at, view=small(pixels))
            if self._is_new(nest.name, fresh):
                self._last[nest.name] = fresh
                path = self._out / f"{frame.taken_at:%Y-%m-%dT%H-%M-%SZ}_{frame.camera}_{nest.name}.jpg"
                self._write(path, encode_jpeg(pixels, QUALITY))
                collected.append(Collected(nest=nest.name, path=path))
        return collected

    def _is_new(self, nest: str, fresh: _Kept) -> bool:
        last = self._last.get(nest)
        return last is None or (fresh.at - last.at >= self._pause and differ(fresh.view, last.view))

    def _write(self, path: Path, data: bytes) -> None:
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise UserMustActError(
                f"--out {self._out}: received {error.strerror}, expected a folder with room for pictures; "
                "free space or name another"
            ) from error


async def collect(camera: Camera, collector: Collector, every: timedelta) -> AsyncIterator[Collected]:
    """Look through a camera until it ends or for ever; a camera that gives nothing is told once and waited for.

    Args:
        camera: not open.
        collector: takes the frames.
        every: real time from look to look; 0 for recorded pictures.

    Raises:
        UserMustActError: the folder cannot be written.
    """
    trouble = ""
    async with camera:
        while True:
            try:
                frame = await camera.grab()
            except CameraEndedError:
                return
            except CameraError as error:
                if str(error) != trouble:
                    log.warning("Camera %s: %s", camera.name, error)
                trouble = str(error)
            else:
                trouble = ""
                for one in await asyncio.to_thread(collector.take, frame):
                    yield one
            await asyncio.sleep(every.total_seconds())
