"""A camera without a lens: it gives the frames and errors that a test wrote down."""

from collections.abc import Iterable
from typing import Self

from coopwatch.errors import CameraEndedError, CameraError
from coopwatch.ports import Camera
from coopwatch.values import Frame


class FakeCamera:
    """The Camera port in memory; each grab gives, or raises, the next of `story`."""

    def __init__(self, name: str, story: Iterable[Frame | CameraError]) -> None:
        self.name = name
        self._story = iter(story)
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False

    async def grab(self) -> Frame:
        """What comes next in the story."""
        if not self._is_open:
            raise CameraError(f"camera {self.name} is not open")
        told = next(self._story, None)
        if told is None:
            raise CameraEndedError("the story has ended")
        if isinstance(told, CameraError):
            raise told
        return told


async def grab_all(camera: Camera) -> list[Frame]:
    """Open a recorded camera and grab until it ends."""
    frames = []
    async with camera:
        try:
            while True:
                frames.append(await camera.grab())
        except CameraEndedError:
            return frames


async def grab_until_trouble(camera: Camera) -> str:
    """Grab from an open camera until it gives no frame; returns the reason."""
    try:
        while True:
            await camera.grab()
    except CameraError as error:
        return str(error)
