"""The last day in pictures: a camera's frames in, one small JPEG every two minutes on disk, old ones gone."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coopwatch.values import Frame
from coopwatch.vision.picture import encode_jpeg, shrink

log = logging.getLogger(__name__)

FOLDER = "album"
EVERY = timedelta(minutes=2)  # of the camera's time: a day is 720 pictures, about 30 MB
KEPT = timedelta(hours=25)
LONGEST = 640  # pixels
_NAME = "%Y-%m-%dT%H-%M-%SZ.jpg"


class Album:
    """Pictures of each camera for films of the last day; worth little, so that a failure is logged and forgotten."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER
        self._newest: dict[str, datetime] = {}
        self._failed = ""  # why the last picture could not be kept: a full disk says so once

    async def keep(self, frame: Frame) -> None:
        """Write the frame unless one of the last two minutes is there; drop those older than a day."""
        newest = self._newest.get(frame.camera)
        if newest is not None and newest <= frame.taken_at < newest + EVERY:
            return
        self._newest[frame.camera] = frame.taken_at
        try:
            await asyncio.to_thread(self._write, frame)
        except OSError as error:
            reason = error.strerror or str(error)
            if reason != self._failed:
                log.warning("Pictures for the film of the day cannot be kept: %s", reason)
            self._failed = reason
        else:
            self._failed = ""

    def pictures(self, camera: str, begin: datetime, end: datetime) -> Sequence[Path]:
        """The files of the pictures with begin <= taken <= end, oldest first."""
        first, last = begin.astimezone(UTC).strftime(_NAME), end.astimezone(UTC).strftime(_NAME)
        return [file for file in self._files(camera) if first <= file.name <= last]

    def _write(self, frame: Frame) -> None:
        folder = self._folder / frame.camera
        folder.mkdir(parents=True, exist_ok=True)
        (folder / frame.taken_at.strftime(_NAME)).write_bytes(encode_jpeg(shrink(frame.pixels, LONGEST), quality=80))
        oldest = (frame.taken_at - KEPT).strftime(_NAME)
        for file in self._files(frame.camera):
            if file.name < oldest:
                file.unlink(missing_ok=True)

    def _files(self, camera: str) -> Sequence[Path]:
        return sorted((self._folder / camera).glob("*.jpg"))
