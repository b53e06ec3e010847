"""A stream order goes in; a camera comes out that reads the stream in disposable children and heals itself."""

import asyncio
import logging
from datetime import timedelta
from typing import Self

from coopwatch.cameras.pauses import pause_seconds
from coopwatch.cameras.redact import redact, redact_url
from coopwatch.cameras.stream_process import StreamOrder, StreamProcess
from coopwatch.clock import Clock
from coopwatch.errors import CameraError
from coopwatch.values import Frame

log = logging.getLogger(__name__)


class StreamCamera:
    """Asks its child for the newest frame; a child that is late or in trouble is killed, and a later grab starts anew.

    A grab during a pause between two tries fails at once, with the reason of the last failure.
    """

    def __init__(self, *, name: str, order: StreamOrder, clock: Clock, longest_pause_seconds: float = 30.0) -> None:
        self.name = name
        self._order = order
        self._clock = clock
        self._longest_pause_seconds = longest_pause_seconds
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
        pixels, age_seconds = await self._child.newest()
        return Frame(camera=self.name, taken_at=self._clock.now() - timedelta(seconds=age_seconds), pixels=pixels)

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
