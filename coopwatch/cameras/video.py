"""A video file goes in; frames come out with the time of the video's start plus their place in it."""

import asyncio
import logging
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from coopwatch.errors import CameraEndedError, CameraError
from coopwatch.values import Frame, Pixels
from coopwatch.vision.picture_time import time_of_picture

log = logging.getLogger(__name__)


class VideoCamera:
    """Gives a frame of every `every` of the video's own time (zero: all of them), whatever the pace of the asking.

    The start is `start`, or the time in the file's name, or the container's creation time. What a cut or damaged file
    still holds is given; then one line in the log says what is missing.
    """

    def __init__(
        self, *, name: str, path: Path, zone: ZoneInfo, every: timedelta = timedelta(0), start: datetime | None = None
    ) -> None:
        self.name = name
        self._path = path
        self._zone = zone  # of a time written in the file's name
        self._every = every.total_seconds()
        self._start = start
        self._frames: Iterator[Frame] | None = None  # None: not open

    async def __aenter__(self) -> Self:
        self._frames = self._read()
        return self

    async def __aexit__(self, *_: object) -> None:
        # The generator closes the file as soon as it is dropped here and by a thread that may still be decoding.
        self._frames = None

    async def grab(self) -> Frame:
        """The next frame that is due."""
        if self._frames is None:
            raise CameraError(f"camera {self.name} is not open")
        frame = await asyncio.to_thread(next, self._frames, None)
        if frame is None:
            raise CameraEndedError(f"{self._path} has no more frames")
        return frame

    def _read(self) -> Iterator[Frame]:
        try:
            with av.open(self._path) as container:
                start = self._start or self._find_start(container)
                due = 0.0
                for seconds, frame in self._decode(container):
                    if seconds >= due:
                        taken_at = start + timedelta(seconds=seconds)
                        yield Frame(camera=self.name, taken_at=taken_at, pixels=_upright(frame))
                        due = _next_due(seconds, self._every)
        except av.FFmpegError as error:
            raise CameraError(
                f"{self._path}: received {error.strerror}, expected a video; check `source`, or copy the file again"
            ) from error

    def _find_start(self, container: InputContainer) -> datetime:
        named = time_of_picture(self._path, self._zone)
        if named is not None:
            return named
        try:
            return datetime.fromisoformat(container.metadata["creation_time"]).astimezone(UTC)
        except (KeyError, ValueError) as error:
            raise CameraError(
                f"{self._path}: received a video that does not tell when it was taken, expected the time in its name; "
                "rename it to something like 2026-05-01_0800.mp4"
            ) from error

    def _decode(self, container: InputContainer) -> Iterator[tuple[float, VideoFrame]]:
        """Frames that decode and their seconds since the first; these always grow."""
        if not container.streams.video:
            raise CameraError(f"{self._path}: received a file without pictures, expected a video; check `source`")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        frame_seconds = float(1 / (stream.average_rate or 25))
        first: float | None = None
        newest = -frame_seconds
        decoded = 0
        for frame in _whole_frames(container.demux(stream)):
            decoded += 1
            at = frame.time if frame.time is not None else (first or 0.0) + newest + frame_seconds
            first = at if first is None else first
            if at - first > newest:
                newest = at - first
                yield newest, frame
        if decoded < stream.frames:
            log.warning("%s is cut short or damaged: %d frames promised, %d decode", self._path, stream.frames, decoded)


def _whole_frames(packets: "Iterator[Packet[VideoStream]]") -> Iterator[VideoFrame]:
    for packet in packets:
        try:
            yield from packet.decode()
        except av.InvalidDataError as error:
            log.debug("a packet of a video does not decode: %s", error.strerror)


def _next_due(seconds: float, every: float) -> float:
    """When the next frame is due: on a grid of `every` from the video's start, so that steps do not drift."""
    return (math.floor(seconds / every) + 1) * every if every > 0 else 0.0


def _upright(frame: VideoFrame) -> Pixels:
    """RGB pixels, turned as the video's rotation says (phones film sideways)."""
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90)))
