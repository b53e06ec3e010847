"""A folder that another program drops pictures into goes in; each time the newest of them comes out as a frame."""

import asyncio
import contextlib
import logging
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from coopwatch.cameras.folder import picture_files
from coopwatch.errors import CameraError, PictureError
from coopwatch.values import Frame
from coopwatch.vision.picture import read_picture

log = logging.getLogger(__name__)


class WatchedFolderCamera:
    """Waits for a picture that was dropped after the newest one known, stamped when it was dropped.

    The machine's own time counts, since the clock of the camera that named the picture may be wrong. What lay in the
    folder before is old. A picture that does not decode is perhaps not whole yet: it is tried again at each look until
    it no longer changes; then it is named in the log and passed over.

    Args:
        patience_seconds: how long a grab waits for a picture.
        pause_seconds: between two looks into the folder.
    """

    def __init__(self, *, name: str, folder: Path, patience_seconds: float = 30.0, pause_seconds: float = 0.5) -> None:
        self.name = name
        self._folder = folder
        self._patience_seconds = patience_seconds
        self._pause_seconds = pause_seconds
        self._newest: tuple[int, Path] | None = None  # when the newest picture known was dropped, in ns; its path
        self._damaged: tuple[int, int, Path] | None = None  # the same of one that did not decode, with its size
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        with contextlib.suppress(CameraError):  # a folder that is not there yet; the grab tells of it
            dropped = await asyncio.to_thread(self._dropped)
            self._newest = dropped[-1] if dropped else None
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False

    async def grab(self) -> Frame:
        """The newest picture, once there is one that was not given before."""
        if not self._is_open:
            raise CameraError(f"camera {self.name} is not open")
        for _ in range(math.ceil(self._patience_seconds / self._pause_seconds)):
            frame = await asyncio.to_thread(self._look)
            if frame is not None:
                return frame
            await asyncio.sleep(self._pause_seconds)
        raise CameraError(f"{self._folder}: no new picture came within {self._patience_seconds:g} s")

    def _look(self) -> Frame | None:
        for dropped_at, path in reversed(self._dropped()):
            if self._newest is not None and (dropped_at, path) <= self._newest:
                return None
            try:
                pixels = read_picture(path)
            except PictureError as error:
                if self._may_grow(dropped_at, path):
                    return None
                log.warning("camera %s passes over a picture: %s", self.name, error)
                self._newest = (dropped_at, path)
                return None
            self._newest = (dropped_at, path)
            taken_at = datetime.fromtimestamp(dropped_at / 1e9, UTC)
            return Frame(camera=self.name, taken_at=taken_at, pixels=pixels)
        return None

    def _may_grow(self, dropped_at: int, path: Path) -> bool:
        try:
            now = (dropped_at, path.stat().st_size, path)
        except OSError:
            return False
        before, self._damaged = self._damaged, now
        return now != before

    def _dropped(self) -> list[tuple[int, Path]]:
        """The pictures, the one dropped last at the end."""
        found = []
        for path in picture_files(self._folder):
            try:
                found.append((path.stat().st_mtime_ns, path))
            except OSError:
                continue  # moved away meanwhile
        return sorted(found)
