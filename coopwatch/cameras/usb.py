"""The path of a device goes in; the USB camera behind it comes out."""

from coopwatch.cameras.stream import StreamCamera
from coopwatch.cameras.stream_process import USUAL_DEADLINES, Deadlines, StreamOrder
from coopwatch.clock import Clock


def usb_camera(
    *,
    name: str,
    device: str,
    every_seconds: float,
    clock: Clock,
    deadlines: Deadlines = USUAL_DEADLINES,
    longest_pause_seconds: float = 30.0,
    driver: str = "V4L2",
) -> StreamCamera:
    """A camera for /dev/v4l/by-id/..., which stays the same whichever cameras are plugged in, or /dev/videoN.

    Args:
        driver: OpenCV's name of what reads the device; tests, which have no device, read a file.
    """
    order = StreamOrder(
        url=device,
        every_seconds=every_seconds,
        options={"driver": driver},
        deadlines=deadlines,
        reader="coopwatch.cameras.usb_child",
    )
    return StreamCamera(name=name, order=order, clock=clock, longest_pause_seconds=longest_pause_seconds)
