import time
from collections.abc import Iterator
from typing import Any, Literal

import psutil
import pytest
from fakes.camera import grab_until_trouble
from peers.black_hole import black_hole
from peers.http_camera import HttpCamera
from peers.rtsp import RtspServer, free_port
from peers.rtsp_gate import RtspGate

from coopwatch.cameras.rtsp import rtsp_camera
from coopwatch.cameras.stream import StreamCamera
from coopwatch.cameras.stream_process import Deadlines
from coopwatch.clock import SystemClock

PASSWORD = "s3cr/t@p:w?d&ä %41"
QUICK = Deadlines(open_seconds=1, silence_seconds=2)


def camera_at(url: str, **options: Any) -> StreamCamera:
    return rtsp_camera(name="nestcam", url=url, every_seconds=0.2, clock=SystemClock(), **options)


async def reason(camera: StreamCamera) -> str:
    async with camera:
        return await grab_until_trouble(camera)


@pytest.fixture
def web_server() -> Iterator[HttpCamera]:
    with HttpCamera({}) as server:
        yield server


async def test_frames_are_stamped_when_they_were_read(rtsp_server: RtspServer) -> None:
    clock = SystemClock()
    async with camera_at(rtsp_server.url("clip.mp4", plays=10)) as camera:
        for _ in range(5):
            frame = await camera.grab()
            assert frame.pixels.shape == (240, 320, 3)
            assert 0 <= (clock.now() - frame.taken_at).total_seconds() < 1


async def test_a_wrong_path_is_told_in_plain_words(rtsp_server: RtspServer) -> None:
    assert "the camera has no such address (404)" in await reason(camera_at(rtsp_server.url("nope.mp4")))


async def test_a_port_that_refuses_is_told_in_plain_words() -> None:
    assert "connection refused" in await reason(camera_at(f"rtsp://127.0.0.1:{free_port()}/stream"))


@pytest.mark.parametrize("host", ["no-such-camera.invalid", "two..dots"])
async def test_a_name_that_no_machine_has_is_told_in_plain_words(host: str) -> None:
    words = "no machine has this name"
    assert words in await reason(camera_at(f"rtsp://{host}/stream", username="coop", password=PASSWORD))


async def test_a_web_page_in_place_of_a_stream_is_told_in_plain_words(web_server: HttpCamera) -> None:
    url = web_server.url("/").replace("http:", "rtsp:")
    assert "what it sends is not a video stream" in await reason(camera_at(url))


@pytest.mark.parametrize("connects", [False, True])
async def test_a_black_hole_is_left_in_time(connects: bool) -> None:
    with black_hole(connects=connects) as port:
        began = time.monotonic()
        assert "no answer in time" in await reason(camera_at(f"rtsp://127.0.0.1:{port}/stream", deadlines=QUICK))
    assert time.monotonic() - began < QUICK.open_seconds + QUICK.silence_seconds + 1


@pytest.mark.parametrize("kind", ["basic", "digest"])
async def test_the_password_opens_the_stream_and_shows_nowhere(
    rtsp_server: RtspServer, kind: Literal["basic", "digest"], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="coopwatch")
    async with RtspGate(behind=rtsp_server.port, kind=kind, username="coop", password=PASSWORD) as gate:
        url = rtsp_server.url("clip.mp4").replace(str(rtsp_server.port), str(gate.port))
        async with camera_at(url, username="coop", password=PASSWORD) as camera:
            await camera.grab()
            assert camera.child_pid is not None
            assert not any("s3cr" in word for word in psutil.Process(camera.child_pid).cmdline())
        wrong = await reason(camera_at(url, username="coop", password=f"{PASSWORD}!"))
    assert "wrong user name or password" in wrong
    assert "s3cr" not in wrong + caplog.text
