"""A folder of pictures goes in; frames come out in the order of the pictures' own times."""

import asyncio
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from coopwatch.errors import CameraEndedError, CameraError, PictureError
from coopwatch.values import Frame
from coopwatch.vision.picture import read_picture
from coopwatch.vision.picture_time import time_of_picture

PICTURE_SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})

log = logging.getLogger(__name__)


class FolderCamera:
    """Gives each picture of a folder and its sub-folders once, oldest first, whatever the pace of the asking.

    Pictures without a time are passed over together; one that does not decode is named in the log and passed over.
    """

    def __init__(self, *, name: str, folder: Path, zone: ZoneInfo) -> None:
        self.name = name
        self._folder = folder
        self._zone = zone  # of times written in file names and EXIF
        self._is_open = False
        self._pictures: Iterator[tuple[datetime, Path]] | None = None  # None: not listed yet

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False
        self._pictures = None

    async def grab(self) -> Frame:
        """The next picture, with the time when it was taken."""
        if not self._is_open:
            raise CameraError(f"camera {self.name} is not open")
        if self._pictures is None:
            self._pictures = iter(await asyncio.to_thread(self._list))
        for taken_at, path in self._pictures:
            try:
                pixels = await asyncio.to_thread(read_picture, path)
            except PictureError as error:
                log.warning("camera %s passes over a picture: %s", self.name, error)
                continue
            return Frame(camera=self.name, taken_at=taken_at, pixels=pixels)
        raise CameraEndedError(f"{self._folder} has no more pictures that tell their time, in their names or EXIF data")

    def _list(self) -> list[tuple[datetime, Path]]:
        timed: list[tuple[datetime, Path]] = []
        untimed: list[Path] = []
        for path in picture_files(self._folder):
            taken_at = time_of_picture(path, self._zone)
            if taken_at is None:
                untimed.append(path)
            else:
                timed.append((taken_at, path))
        if untimed:
            found = len(untimed) + len(timed)
            text = "camera %s passes over %s of %s pictures, such as %s: neither name nor EXIF data tell a time"
            log.warning(text, self.name, len(untimed), found, min(untimed))
        return sorted(timed)


def picture_files(folder: Path) -> Iterator[Path]:
    """What a folder and its sub-folders hold of pictures, by their names.

    Raises:
        CameraError: the folder cannot be listed.
    """

    def fail(error: OSError) -> None:
        if Path(error.filename) != folder:
            return  # a sub-folder may vanish meanwhile
        received = "no folder" if isinstance(error, FileNotFoundError | NotADirectoryError) else error.strerror
        raise CameraError(f"{folder}: received {received}, expected a folder of pictures; check `source`") from error

    for place, _, names in os.walk(folder, onerror=fail):
        paths = map(Path(place).joinpath, names)
        # A pipe or a device is none: opening it hangs.
        yield from (path for path in paths if path.suffix.lower() in PICTURE_SUFFIXES and path.is_file())
