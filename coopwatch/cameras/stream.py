"""A stream order goes in; a camera comes out that reads the stream in disposable children and heals itself."""

import asyncio
import logging
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from coopwatch.cameras.pauses import pause_seconds
from coopwatch.cameras.redact import redact, redact_url
from coopwatch.cameras.stream_process import StreamOrder, StreamPicture, StreamProcess
from coopwatch.cameras.trouble import Trouble
from coopwatch.clock import Clock
from coopwatch.errors import CameraError
from coopwatch.values import Frame

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """When a child is replaced although it works: FFmpeg and cameras' sessions grow old, and a lag never ends."""

    age: timedelta = timedelta(hours=6)
    memory_bytes: int = 400_000_000  # a 4K stream needs 200 MB
    lag: timedelta = timedelta(seconds=15)


USUAL_WEAR = Wear()


class StreamCamera:
    """Asks its child for the newest frame; a child that is late or in trouble is killed, and a later grab starts anew.

    A grab during a pause between two tries fails at once, with the reason of the last failure.
    """

    def __init__(
        self,
        *,
        name: str,
        order: StreamOrder,
        clock: Clock,
        longest_pause_seconds: float = 30.0,
        wear: Wear = USUAL_WEAR,
    ) -> None:
        self.name = name
        self._order = order
        self._clock = clock
        self._longest_pause_seconds = longest_pause_seconds
        self._wear = wear
        # Cameras that were opened together shall not be opened anew together.
        self._oldest_seconds = wear.age.total_seconds() * random.uniform(0.75, 1.0)  # noqa: S311 (not a secret)
        self._is_open = False
        self._child: StreamProcess | None = None
        self._failures = 0  # since the last frame
        self._retry_at = 0.0  # of the event loop's time
        self._reason = ""  # of the last failure

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False
        await self._drop_child()

    @property
    def child_pid(self) -> int | None:
        """The process number of the child that reads the stream now."""
        return self._child.pid if self._child else None

    async def grab(self) -> Frame:
        """The newest frame that was not given before, stamped when it was read from the stream."""
        if not self._is_open:
            raise CameraError(f"camera {self.name} is not open")
        if self._child is None and asyncio.get_running_loop().time() < self._retry_at:
            raise CameraError(self._reason)
        try:
            frame = await self._newest()
        except CameraError as error:
            await self._fail(str(error))
            raise CameraError(self._reason) from error
        except asyncio.CancelledError:
            await self._drop_child()  # half a frame may be left in the pipe
            raise
        self._failures = 0
        return frame

    async def _newest(self) -> Frame:
        if self._child is not None and self._child.has_ended:
            await self._drop_child()
        if self._child is None:
            self._child = await StreamProcess.start(self._order)
            log.debug("camera %s is read by process %d", self.name, self._child.pid)
        picture = await self._child.newest()
        taken_at = self._clock.now() - timedelta(seconds=picture.age_seconds)
        await self._spare(self._child, picture)
        lag = timedelta(seconds=picture.lag_seconds)
        return Frame(camera=self.name, taken_at=taken_at, pixels=picture.pixels, lag=lag)

    async def _spare(self, child: StreamProcess, picture: StreamPicture) -> None:
        """Give up a child that is worn out; the next grab starts another one.

        Raises:
            CameraError: the picture comes too late to be of use.
        """
        if picture.lag_seconds > self._wear.lag.total_seconds():
            raise CameraError(f"{Trouble.LAGGING.value} ({picture.lag_seconds:.0f} s)")
        age_seconds = asyncio.get_running_loop().time() - child.started_at
        if age_seconds > self._oldest_seconds or child.memory_bytes() > self._wear.memory_bytes:
            log.debug("camera %s: process %d is replaced after %.0f s", self.name, child.pid, age_seconds)
            await self._drop_child()

    async def _fail(self, reason: str) -> None:
        await self._drop_child()
        self._failures += 1
        self._reason = f"{redact_url(self._order.url)}: {redact(reason)}"
        pause = pause_seconds(self._failures, longest=self._longest_pause_seconds)
        self._retry_at = asyncio.get_running_loop().time() + pause
        log.debug("camera %s failed %d times, next try in %.1f s: %s", self.name, self._failures, pause, self._reason)

    async def _drop_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            await child.kill()
