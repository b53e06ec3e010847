import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import psutil
import pytest
import pytest_asyncio
from fakes.camera import grab_until_trouble
from fakes.reader import AGE_SECONDS, LATE_SECONDS
from peers.rtsp import RtspServer

from coopwatch.cameras.rtsp import rtsp_camera
from coopwatch.cameras.stream import StreamCamera
from coopwatch.cameras.stream_process import Deadlines, StreamOrder
from coopwatch.clock import SystemClock
from coopwatch.errors import CameraError
from coopwatch.values import Frame

QUICK = Deadlines(open_seconds=2, silence_seconds=1.5)
CURED_WITHIN_SECONDS = 15


def camera_of(url: str, *, longest_pause_seconds: float = 0.0) -> StreamCamera:
    return rtsp_camera(
        name="nestcam",
        url=url,
        every_seconds=0.2,
        clock=SystemClock(),
        deadlines=QUICK,
        longest_pause_seconds=longest_pause_seconds,
    )


@pytest_asyncio.fixture
async def camera(rtsp_server: RtspServer) -> AsyncIterator[StreamCamera]:
    """It has given a frame of a clip that is played over and over; without pauses between tries.

    On a busy machine the first try may be late: what is tried here begins after it.
    """
    async with camera_of(rtsp_server.url("clip.mp4", plays=100)) as camera:
        await grab_when_cured(camera)
        yield camera


async def grab_when_cured(camera: StreamCamera) -> tuple[Frame, list[str]]:
    """The first frame that comes, and what was said until then."""
    reasons = []
    async with asyncio.timeout(CURED_WITHIN_SECONDS):
        while True:
            try:
                return await camera.grab(), reasons
            except CameraError as error:
                reasons.append(str(error))


def child_of(camera: StreamCamera) -> psutil.Process:
    assert camera.child_pid is not None
    return psutil.Process(camera.child_pid)


async def test_a_server_that_was_killed_and_comes_back_is_read_again(
    camera: StreamCamera, rtsp_server: RtspServer
) -> None:
    rtsp_server.kill()
    assert "the stream ended" in await grab_until_trouble(camera)
    assert "connection refused" in await grab_until_trouble(camera)
    rtsp_server.start()
    await grab_when_cured(camera)


async def test_a_stream_that_ends_is_read_again_from_its_start(rtsp_server: RtspServer) -> None:
    async with camera_of(rtsp_server.url("clip.mp4", plays=1)) as camera:
        assert "the stream ended" in await grab_until_trouble(camera)
        _, reasons = await grab_when_cured(camera)
        assert reasons == []  # the first try after a failure comes at once


async def test_a_frozen_server_is_told_in_time_its_child_killed_and_the_stream_read_when_it_thaws(
    camera: StreamCamera, rtsp_server: RtspServer
) -> None:
    child = child_of(camera)
    rtsp_server.freeze()
    began = time.monotonic()
    assert "no new picture came in time" in await grab_until_trouble(camera)
    assert time.monotonic() - began < CURED_WITHIN_SECONDS
    assert not child.is_running()
    assert "no answer in time" in await grab_until_trouble(camera)
    rtsp_server.thaw()
    await grab_when_cured(camera)


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
async def test_a_child_that_was_killed_is_replaced(camera: StreamCamera, signal_number: signal.Signals) -> None:
    child = child_of(camera)
    child.send_signal(signal_number)
    await grab_when_cured(camera)
    assert child_of(camera) != child


async def test_a_child_that_stands_still_is_killed_and_replaced(camera: StreamCamera) -> None:
    child = child_of(camera)
    child.suspend()
    assert "no new picture came in time" in await grab_until_trouble(camera)
    assert not child.is_running()
    await grab_when_cured(camera)


async def test_ctrl_c_does_not_end_the_child(camera: StreamCamera) -> None:
    child = child_of(camera)
    child.send_signal(signal.SIGINT)
    for _ in range(3):
        await camera.grab()
    assert child_of(camera) == child


async def test_a_grab_that_is_called_off_leaves_no_half_frame_behind(camera: StreamCamera) -> None:
    for delay in (0, 0.01, 0.05):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(grab_until_trouble(camera), delay)
        frame, _ = await grab_when_cured(camera)
        assert frame.pixels.shape == (240, 320, 3)


async def test_closing_ends_the_child_and_leaves_no_zombie(rtsp_server: RtspServer) -> None:
    async with camera_of(rtsp_server.url("clip.mp4")) as camera:
        await camera.grab()
        child = child_of(camera)
    assert not child.is_running()


async def test_between_two_tries_a_grab_fails_at_once_with_the_last_reason() -> None:
    calls: list[object] = []

    def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(writer)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        url = f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/stream"
        async with camera_of(url, longest_pause_seconds=30) as camera:
            reasons = {await grab_until_trouble(camera) for _ in range(10)}
    assert len(calls) == 2  # the first two tries come at once
    assert len(reasons) == 1


def camera_whose_child(does: str) -> StreamCamera:
    order = StreamOrder(
        url="rtsp://fake/stream", every_seconds=1, reader="fakes.reader", options={"does": does}, deadlines=QUICK
    )
    return StreamCamera(name="nestcam", order=order, clock=SystemClock())


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("lag", "its pictures come too late; let the camera send fewer or smaller ones (99 s)"),
        ("open", "connected, but no picture came in time"),
        ("die", "the reader of the stream died"),
    ],
)
async def test_what_a_child_does_wrong_is_told_in_plain_words_and_it_is_killed(
    does: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    async with camera_whose_child(does) as camera:
        assert await grab_until_trouble(camera) == f"rtsp://fake/stream: {words}"
        assert camera.child_pid is None


async def test_a_frame_tells_when_it_was_read_and_how_far_its_stream_lies_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    async with camera_whose_child("tarry") as camera:
        frame = await camera.grab()
    assert frame.taken_at <= SystemClock().now() - timedelta(seconds=AGE_SECONDS)
    assert frame.lag == timedelta(seconds=LATE_SECONDS)


async def test_frames_pass_while_another_camera_hangs(camera: StreamCamera, rtsp_server: RtspServer) -> None:
    with RtspServer(rtsp_server.folder) as other:
        other.freeze()
        async with camera_of(other.url("clip.mp4")) as hanging, asyncio.TaskGroup() as tasks:
            late = tasks.create_task(grab_until_trouble(hanging), name="hanging")
            while not late.done():
                await camera.grab()  # raises when it must wait for longer than `silence_seconds`
        assert "no answer in time" in late.result()
