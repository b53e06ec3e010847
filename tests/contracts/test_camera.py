"""What every camera promises; the same cases run on the fake and on every real source."""

import io
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import pytest_asyncio
from fakes.camera import FakeCamera
from peers.clip import make_clip
from peers.device import device
from peers.dropping import dropping
from peers.http_camera import Answer, HttpCamera
from peers.rtsp import RtspServer, free_port
from PIL import Image

from coopwatch.cameras.folder import FolderCamera
from coopwatch.cameras.rtsp import rtsp_camera
from coopwatch.cameras.simulated import SimulatedCamera
from coopwatch.cameras.usb import usb_camera
from coopwatch.cameras.video import VideoCamera
from coopwatch.cameras.watched import WatchedFolderCamera
from coopwatch.cameras.web import WebCamera
from coopwatch.clock import ScaledClock, SystemClock
from coopwatch.errors import CameraError
from coopwatch.ports import Camera
from coopwatch.values import Frame

BERLIN = ZoneInfo("Europe/Berlin")
NAME = "nestcam"
HEIGHT, WIDTH = 48, 64
PASSWORD = "s3cr/t@p:w?d"
FRAMES = 3


def red_jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (WIDTH, HEIGHT), (220, 10, 10)).save(buffer, format="JPEG")
    return buffer.getvalue()


@pytest.fixture(scope="session")
def red_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("red") / "2026-05-01_0800.mp4"
    return make_clip(path, pattern="color=c=0xDC0A0A", size=f"{WIDTH}x{HEIGHT}", seconds=2, key_every=5)


def fake(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    pixels = np.full((HEIGHT, WIDTH, 3), (220, 10, 10), dtype=np.uint8)
    times = [datetime(2026, 5, 1, tzinfo=UTC) + timedelta(seconds=5 * n) for n in range(FRAMES)]
    return FakeCamera(NAME, [Frame(camera=NAME, taken_at=at, pixels=pixels) for at in times])


def pictures(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    for minute in range(FRAMES):
        (folder / f"nest_2026-05-01_08{minute:02}.jpg").write_bytes(red_jpeg())
    return FolderCamera(name=NAME, folder=folder, zone=BERLIN)


def video(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    return VideoCamera(name=NAME, path=clip, zone=BERLIN, every=timedelta(seconds=0.5))


def snapshot(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    server = stack.enter_context(HttpCamera({"/snap.jpg": Answer(body=red_jpeg())}))
    return WebCamera(name=NAME, url=server.url("/snap.jpg"), clock=SystemClock(), password=PASSWORD)


def motion_jpeg(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    server = stack.enter_context(HttpCamera({"/cam.mjpg": Answer(body=red_jpeg(), repeated=True)}))
    return WebCamera(name=NAME, url=server.url("/cam.mjpg"), clock=SystemClock(), password=PASSWORD)


def usb(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    path = stack.enter_context(device(folder / "video0.mjpeg", red_jpeg()))
    return usb_camera(name=NAME, device=path, every_seconds=0.2, clock=SystemClock(), driver="FFMPEG")


def watched(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    stack.enter_context(dropping(folder, red_jpeg()))
    return WatchedFolderCamera(name=NAME, folder=folder, pause_seconds=0.02)


def rtsp(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    server = stack.enter_context(RtspServer(clip.parent))
    return rtsp_camera(name=NAME, url=server.url(clip.name, plays=50), every_seconds=0.2, clock=SystemClock())


def simulated(folder: Path, clip: Path, stack: ExitStack) -> Camera:
    pixels = np.full((HEIGHT, WIDTH, 3), (220, 10, 10), dtype=np.uint8)
    clock = ScaledClock(start=datetime(2026, 5, 1, tzinfo=UTC), speed=600)
    return SimulatedCamera(name=NAME, frame=lambda _: pixels, clock=clock)


@pytest.fixture(
    params=[fake, pictures, watched, video, snapshot, motion_jpeg, usb, rtsp, simulated],
    ids=lambda source: source.__name__,
)
def closed(request: pytest.FixtureRequest, tmp_path: Path, red_clip: Path) -> Iterator[Camera]:
    source: Callable[[Path, Path, ExitStack], Camera] = request.param
    with ExitStack() as stack:
        yield source(tmp_path, red_clip, stack)


@pytest_asyncio.fixture
async def camera(closed: Camera) -> AsyncIterator[Camera]:
    async with closed:
        yield closed


async def test_frames_are_named_red_green_blue_and_their_times_are_utc_and_never_go_back(camera: Camera) -> None:
    frames = [await camera.grab() for _ in range(FRAMES)]
    assert {frame.camera for frame in frames} == {camera.name} == {NAME}
    for frame in frames:
        assert frame.pixels.dtype == np.uint8
        assert frame.pixels.shape == (HEIGHT, WIDTH, 3)
        np.testing.assert_allclose(frame.pixels.mean(axis=(0, 1)), (220, 10, 10), atol=6)
    times = [frame.taken_at for frame in frames]
    assert all(at.utcoffset() == timedelta(0) for at in times)
    assert times == sorted(times)


async def test_a_camera_gives_frames_only_while_it_is_open(closed: Camera) -> None:
    with pytest.raises(CameraError, match="not open"):
        await closed.grab()
    async with closed as camera:
        await camera.grab()
    with pytest.raises(CameraError, match="not open"):
        await closed.grab()


async def test_closing_twice_harms_nothing(closed: Camera) -> None:
    async with closed as camera:
        await camera.grab()
    await closed.__aexit__(None, None, None)


@pytest.mark.parametrize(
    "away",
    [
        lambda port: WebCamera(
            name=NAME,
            url=f"http://127.0.0.1:{port}/snap.cgi?usr=coop&pwd={PASSWORD}",
            clock=SystemClock(),
            username="coop",
            password=PASSWORD,
        ),
        lambda port: rtsp_camera(
            name=NAME,
            url=f"rtsp://127.0.0.1:{port}/stream",
            every_seconds=1,
            clock=SystemClock(),
            username="coop",
            password=PASSWORD,
        ),
    ],
    ids=["snapshot", "rtsp"],
)
async def test_a_camera_that_is_away_says_why_and_never_says_the_password(
    away: Callable[[int], Camera], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="coopwatch")
    async with away(free_port()) as camera:
        for _ in range(2):
            with pytest.raises(CameraError, match="connection refused") as caught:
                await camera.grab()
            assert "s3cr" not in str(caught.value)
    assert "s3cr" not in caplog.text
