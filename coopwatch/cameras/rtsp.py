"""The address of an RTSP stream goes in; the camera that reads it over TCP comes out."""

from coopwatch.cameras.stream import USUAL_WEAR, StreamCamera, Wear
from coopwatch.cameras.stream_process import USUAL_DEADLINES, Deadlines, StreamOrder
from coopwatch.clock import Clock

_OPTIONS = {
    "rtsp_transport": "tcp",  # over UDP a lost packet smears the picture until the next key frame
    "allowed_media_types": "video",
    "fpsprobesize": "0",  # opening would wait for frames to learn a rate that nobody asks for
}


def rtsp_camera(  # noqa: PLR0913 (what a test makes shorter has a usual value)
    *,
    name: str,
    url: str,
    every_seconds: float,
    clock: Clock,
    username: str | None = None,
    password: str | None = None,
    deadlines: Deadlines = USUAL_DEADLINES,
    longest_pause_seconds: float = 30.0,
    wear: Wear = USUAL_WEAR,
) -> StreamCamera:
    """A camera for rtsp:// or rtsps://; decodes key frames alone where they come at least `every_seconds`.

    By rtsps:// the stream is encrypted, but whose it is is not checked: cameras sign their certificates themselves.
    """
    order = StreamOrder(
        url=url,
        username=username,
        password=password,
        every_seconds=every_seconds,
        options=_OPTIONS,
        deadlines=deadlines,
    )
    return StreamCamera(name=name, order=order, clock=clock, longest_pause_seconds=longest_pause_seconds, wear=wear)
