"""A stream order goes in; a disposable child process reads the stream and gives its newest frame when asked.

Calls into FFmpeg can block for ever, so no call is trusted: whoever waits here waits with a deadline, and then kills.
"""

import asyncio
import dataclasses
import json
import os
import resource
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np

from coopwatch.cameras.trouble import Trouble
from coopwatch.errors import CameraError
from coopwatch.values import Pixels

_PIPE_BYTES = 2**22  # read ahead; a frame is several megabytes
# What glibc's allocator is told: give frames back when they are freed. By default it keeps the place of the largest.
_GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "131072"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a stream may keep us waiting."""

    open_seconds: float = 10.0  # until it is open
    silence_seconds: float = 10.0  # until the first, and each next, new frame


USUAL_DEADLINES = Deadlines()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOrder:
    """What the child shall read. It travels through a pipe: a command line can be read by everyone on the machine."""

    url: str  # or the path of a device
    every_seconds: float
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    options: Mapping[str, str] = field(default_factory=dict)  # of what reads it
    deadlines: Deadlines = USUAL_DEADLINES
    reader: str = "coopwatch.cameras.stream_child"  # the module that the child runs


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPicture:
    """What the child gives."""

    pixels: Pixels
    age_seconds: float  # since it was read
    lag_seconds: float  # how far the stream lay behind its own best then


class StreamProcess:
    """One child that reads one stream, from its start to its end; never used again after a trouble."""

    def __init__(self, process: Process, deadlines: Deadlines, *, started_at: float) -> None:
        self._process = process
        self.started_at = started_at  # of the event loop's time
        self._deadlines = deadlines
        self._has_opened = self._has_given = False

    @classmethod
    async def start(cls, order: StreamOrder) -> Self:
        """Start the child and hand it the order."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", order.reader),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # FFmpeg repeats addresses there
            env=os.environ | _GIVE_BACK,
            limit=_PIPE_BYTES,
        )
        started = cls(process, order.deadlines, started_at=asyncio.get_running_loop().time())
        started._write(json.dumps(dataclasses.asdict(order)))
        return started

    @property
    def has_ended(self) -> bool:
        """The child is gone."""
        return self._process.returncode is not None

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._process.pid

    def memory_bytes(self) -> int:
        """How much memory the child holds; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError, ValueError):
            return 0
        return pages * resource.getpagesize()

    async def newest(self) -> StreamPicture:
        """The newest picture not given before.

        Raises:
            CameraError: the text is the trouble, in a keeper's words.
        """
        deadlines = self._deadlines
        try:
            if not self._has_opened:
                # The silence counts too: probing a slow stream takes a while, and Python must start first.
                async with asyncio.timeout(deadlines.open_seconds + deadlines.silence_seconds):
                    await self._hear()
                self._has_opened = True
            self._write("")
            async with asyncio.timeout(deadlines.silence_seconds):
                head = await self._hear()
                shape = (head["height"], head["width"], 3)
                data = await self._out.readexactly(shape[0] * shape[1] * shape[2])
        except TimeoutError as error:
            raise CameraError(self._late().value) from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise CameraError(Trouble.READER_DIED.value) from error
        self._has_given = True
        pixels = np.frombuffer(data, dtype=np.uint8).reshape(shape)
        return StreamPicture(pixels=pixels, age_seconds=head["age_seconds"], lag_seconds=head["lag_seconds"])

    async def kill(self) -> None:
        """End the child at once; it holds nothing that could be lost."""
        if not self.has_ended:
            self._process.kill()
        await self._process.wait()

    async def _hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self._out.readuntil(b"\n"))
        if "trouble" in message:
            raise CameraError(self._words(message["trouble"]))
        return message

    def _words(self, trouble: str) -> str:
        if trouble not in Trouble.__members__:
            return trouble
        found = Trouble[trouble]
        return (self._late() if found is Trouble.TIMED_OUT else found).value

    def _late(self) -> Trouble:
        if not self._has_opened:
            return Trouble.TIMED_OUT
        return Trouble.FROZEN if self._has_given else Trouble.NO_PICTURE

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")

    @property
    def _out(self) -> asyncio.StreamReader:
        assert self._process.stdout is not None
        return self._process.stdout
