"""A drawn coop as a camera: something that draws the picture of a moment in; frames of the clock's moments out."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

from coopwatch.clock import HeldClock
from coopwatch.errors import CameraError
from coopwatch.values import Frame, Pixels


class SimulatedCamera:
    """Draws what would be seen now; never lost, never late.

    Args:
        name: the camera's name.
        frame: draws the picture of a moment.
        clock: the coop's own time.
        step: the longest time from frame to frame. A machine too slow for the clock's speed makes the coop's day
            longer, instead of missing most of it.
    """

    def __init__(
        self, *, name: str, frame: Callable[[datetime], Pixels], clock: HeldClock, step: timedelta = timedelta.max
    ) -> None:
        self.name = name
        self._frame = frame
        self._clock = clock
        self._step = step
        self._taken_at: datetime | None = None
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False

    async def grab(self) -> Frame:
        """The picture of the clock's present moment, drawn in a thread."""
        if not self._is_open:
            raise CameraError(f"camera {self.name} is not open")
        taken_at = self._clock.now()
        if self._taken_at is not None and taken_at - self._taken_at > self._step:
            taken_at = self._taken_at + self._step
            self._clock.hold(taken_at)
        self._taken_at = taken_at
        return Frame(camera=self.name, taken_at=taken_at, pixels=await asyncio.to_thread(self._frame, taken_at))
