"""What cameras and networks do to a stream, done by a proxy before a real RTSP server; and the stream comes back.

Killed and frozen servers are in `test_stream.py`, refusals, black holes, wrong addresses and web pages in
`test_rtsp.py`, what still pictures suffer (cut JPEG, drip, pages) in `test_web.py`, a size that changes within a stream
in `test_key_frames.py` and `test_motion_jpeg.py`, clocks that are wrong in `test_lag.py`, `test_watched.py` and
`test_watch.py`. What takes minutes is measured by `make proof-cameras`.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest_asyncio
from fakes.camera import grab_until_trouble
from peers.chaos import Chaos, ChaosProxy
from peers.clip import make_clip
from peers.rtsp import RtspServer
from peers.rtsp_gate import RtspGate
from peers.tls import tls_proxy

from coopwatch.cameras.rtsp import rtsp_camera
from coopwatch.cameras.stream import StreamCamera, Wear
from coopwatch.cameras.stream_process import Deadlines
from coopwatch.clock import SystemClock
from coopwatch.errors import CameraError
from coopwatch.values import Frame

QUICK = Deadlines(open_seconds=2.5, silence_seconds=1.5)
CURED_WITHIN_SECONDS = 30


@pytest_asyncio.fixture
async def proxy(rtsp_server: RtspServer) -> AsyncIterator[ChaosProxy]:
    async with ChaosProxy(rtsp_server.port) as proxy:
        yield proxy


def camera_at(url: str, **options: object) -> StreamCamera:
    options = {"deadlines": QUICK, "longest_pause_seconds": 0.2, **options}
    return rtsp_camera(name="nestcam", url=url, every_seconds=0.2, clock=SystemClock(), **options)  # type: ignore[arg-type]


def through(proxy: ChaosProxy, server: RtspServer, **options: object) -> StreamCamera:
    return camera_at(proxy.before(server.url("clip.mp4", plays=100)), **options)


async def frame_when_cured(camera: StreamCamera) -> Frame:
    async with asyncio.timeout(CURED_WITHIN_SECONDS):
        while True:
            try:
                return await camera.grab()
            except CameraError:
                await asyncio.sleep(0.05)


async def test_after_a_reboot_a_half_open_connection_is_left_for_a_new_one(
    proxy: ChaosProxy, rtsp_server: RtspServer
) -> None:
    async with through(proxy, rtsp_server) as camera:
        await frame_when_cured(camera)
        before = proxy.connections
        proxy.silence_open_connections()
        assert "no new picture came in time" in await grab_until_trouble(camera)
        await frame_when_cured(camera)
    assert proxy.connections > before


async def test_a_camera_that_returns_while_it_is_being_opened_is_read(
    proxy: ChaosProxy, rtsp_server: RtspServer
) -> None:
    # OpenCV's reader hung for ever here: its issue 22677.
    proxy.chaos = Chaos.SILENCE
    async with through(proxy, rtsp_server) as camera:
        opening = asyncio.create_task(frame_when_cured(camera), name="opening")
        await proxy.connected.wait()
        proxy.chaos = Chaos.NONE
        assert (await opening).pixels.shape == (240, 320, 3)


async def test_one_byte_a_second_is_no_stream(proxy: ChaosProxy, rtsp_server: RtspServer) -> None:
    proxy.chaos = Chaos.DRIP
    async with through(proxy, rtsp_server) as camera:
        began = time.monotonic()
        await grab_until_trouble(camera)
        assert time.monotonic() - began < QUICK.open_seconds + QUICK.silence_seconds + 2
        proxy.chaos = Chaos.NONE
        await frame_when_cured(camera)


async def test_a_stream_that_begins_to_drip_is_left(proxy: ChaosProxy, rtsp_server: RtspServer) -> None:
    async with through(proxy, rtsp_server) as camera:
        await frame_when_cured(camera)
        proxy.chaos = Chaos.DRIP
        assert "no new picture came in time" in await grab_until_trouble(camera)
        proxy.chaos = Chaos.NONE
        await frame_when_cured(camera)


async def test_garbage_in_the_units_costs_pictures_and_nothing_else(proxy: ChaosProxy, rtsp_server: RtspServer) -> None:
    async with through(proxy, rtsp_server) as camera:
        await frame_when_cured(camera)
        proxy.chaos = Chaos.GARBAGE
        for _ in range(10):
            try:
                assert (await camera.grab()).pixels.ndim == 3
            except CameraError:
                continue  # none was whole
        assert proxy.spoilt > 10
        proxy.chaos = Chaos.NONE
        await frame_when_cured(camera)


async def test_a_wrong_password_that_is_set_right_in_the_camera_opens_the_stream(rtsp_server: RtspServer) -> None:
    async with RtspGate(behind=rtsp_server.port, kind="digest", username="coop", password="old") as gate:
        url = rtsp_server.url("clip.mp4", plays=9).replace(str(rtsp_server.port), str(gate.port))
        async with camera_at(url, username="coop", password="new") as camera:
            assert "wrong user name or password" in await grab_until_trouble(camera)
            gate.password = "new"
            await frame_when_cured(camera)


async def test_a_child_that_is_old_or_fat_is_replaced_without_a_gap(rtsp_server: RtspServer) -> None:
    for wear in (Wear(memory_bytes=1), Wear(age=timedelta(0))):
        async with camera_at(rtsp_server.url("clip.mp4", plays=9), wear=wear) as camera:
            for _ in range(3):
                await frame_when_cured(camera)
                assert camera.child_pid is None


async def test_no_child_and_no_zombie_is_left(proxy: ChaosProxy, rtsp_server: RtspServer) -> None:
    before = set(psutil.Process().children())
    for chaos in (Chaos.NONE, Chaos.SILENCE):
        proxy.chaos = chaos
        async with through(proxy, rtsp_server) as camera:
            with contextlib.suppress(CameraError):
                await camera.grab()
    assert set(psutil.Process().children()) <= before


async def test_an_encrypted_stream_is_read_as_any_other(rtsp_server: RtspServer, tmp_path: Path) -> None:
    async with tls_proxy(rtsp_server.port, tmp_path) as port:
        url = rtsp_server.url("clip.mp4", plays=9).replace("rtsp:", "rtsps:").replace(str(rtsp_server.port), str(port))
        async with camera_at(url) as camera:
            assert (await frame_when_cured(camera)).pixels.shape == (240, 320, 3)


async def test_a_camera_set_to_another_size_is_read_in_the_new_one(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4")
    with RtspServer(tmp_path) as server:
        async with camera_at(server.url("clip.mp4", plays=1)) as camera:
            assert (await frame_when_cured(camera)).pixels.shape == (240, 320, 3)
            make_clip(tmp_path / "clip.mp4", size="640x480")
            async with asyncio.timeout(CURED_WITHIN_SECONDS):
                while (await frame_when_cured(camera)).pixels.shape != (480, 640, 3):
                    continue


async def test_a_stream_of_4k_thirty_times_a_second_is_read_and_fits_into_memory(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", size="3840x2160", rate=30, seconds=1, key_every=15)
    deadlines = Deadlines(open_seconds=10, silence_seconds=10)
    with RtspServer(tmp_path) as server:
        async with camera_at(server.url("clip.mp4", plays=100), deadlines=deadlines) as camera:
            for _ in range(3):
                assert (await camera.grab()).pixels.shape == (2160, 3840, 3)
            assert camera.child_pid is not None
            assert psutil.Process(camera.child_pid).memory_info().rss < Wear().memory_bytes
