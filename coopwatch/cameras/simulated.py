"""A drawn coop as a camera: something that draws the picture of a moment goes in; frames of the clock's moments out."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Self

from coopwatch.clock import Clock
from coopwatch.errors import CameraError
from coopwatch.values import Frame, Pixels


class SimulatedCamera:
    """Draws what would be seen now; never lost, never late."""

    def __init__(self, *, name: str, frame: Callable[[datetime], Pixels], clock: Clock) -> None:
        self.name = name
        self._frame = frame
        self._clock = clock
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
        return Frame(camera=self.name, taken_at=taken_at, pixels=await asyncio.to_thread(self._frame, taken_at))
