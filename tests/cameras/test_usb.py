"""No device can be plugged in here: the ways that fail, and the reader of devices on a file in a device's place."""

from pathlib import Path

import pytest
from fakes.camera import grab_until_trouble

from coopwatch.cameras.stream import StreamCamera
from coopwatch.cameras.usb import usb_camera
from coopwatch.clock import SystemClock


def camera_at(device: str | Path, driver: str = "V4L2") -> StreamCamera:
    return usb_camera(name="nestcam", device=str(device), every_seconds=0.2, clock=SystemClock(), driver=driver)


@pytest.mark.parametrize(
    ("device", "words"),
    [
        ("/dev/v4l/by-id/usb-none-video-index0", "by-id/usb-none-video-index0: no such camera is plugged in"),
        ("/dev/null", "the device gives no picture; another program may use it, or it is no camera"),
    ],
)
async def test_a_device_without_a_picture_is_told_in_plain_words(device: str, words: str) -> None:
    async with camera_at(device) as camera:
        assert words in await grab_until_trouble(camera)


async def test_what_a_device_gives_becomes_frames_and_its_end_is_told(clips: Path) -> None:
    async with camera_at(clips / "clip.mp4", driver="FFMPEG") as camera:
        assert (await camera.grab()).pixels.shape == (240, 320, 3)
        assert "the stream ended" in await grab_until_trouble(camera)
