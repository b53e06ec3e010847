"""No device can be plugged in here: the ways that fail, and the reader of devices on a file in a device's place."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from fakes.camera import grab_until_trouble
from peers.device import device

from coopwatch.cameras.stream import StreamCamera
from coopwatch.cameras.usb import usb_camera
from coopwatch.clock import SystemClock
from coopwatch.vision.picture import encode_jpeg


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


async def test_what_a_device_gives_becomes_frames_and_that_it_was_unplugged_is_told(tmp_path: Path) -> None:
    jpeg = encode_jpeg(np.zeros((48, 64, 3), np.uint8))
    with ExitStack() as plugged:
        path = plugged.enter_context(device(tmp_path / "video0.mjpeg", jpeg))
        async with camera_at(path, driver="FFMPEG") as camera:
            assert (await camera.grab()).pixels.shape == (48, 64, 3)
            plugged.close()
            assert "the stream ended" in await grab_until_trouble(camera)
