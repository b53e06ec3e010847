import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.camera import grab_until_trouble
from hypothesis import given
from hypothesis import strategies as st
from peers.http_camera import Answer, HttpCamera, Login
from peers.mjpeg import one_client_mjpeg
from PIL import Image

from coopwatch.cameras.motion_jpeg import JpegParts
from coopwatch.cameras.web import WebCamera
from coopwatch.clock import SystemClock
from coopwatch.errors import CameraError


def jpeg(size: tuple[int, int] = (64, 48)) -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise(size, 50).save(buffer, format="JPEG")
    return buffer.getvalue()


def camera_at(url: str, **login: str) -> WebCamera:
    return WebCamera(name="nestcam", url=url, clock=SystemClock(), deadline_seconds=2, longest_pause_seconds=0, **login)


def stream_of(pictures: list[bytes], *, lengths: bool) -> bytes:
    heads = (f"Content-Length: {len(picture)}\r\n" if lengths else "" for picture in pictures)
    parts = (f"--b\r\nContent-Type: image/jpeg\r\n{head}\r\n".encode() for head in heads)
    return b"".join(part + picture + b"\r\n" for part, picture in zip(parts, pictures, strict=True)) + b"--b\r\n"


@given(
    pictures=st.lists(st.binary(max_size=60).filter(lambda picture: b"--b" not in picture), min_size=1, max_size=5),
    lengths=st.booleans(),
    step=st.integers(1, 80),
)
def test_parts_come_out_as_they_went_in_however_they_arrive(pictures: list[bytes], lengths: bool, step: int) -> None:
    stream, parts = stream_of(pictures, lengths=lengths), JpegParts(most_bytes=1000)
    pieces = [stream[start : start + step] for start in range(0, len(stream), step)]
    found = [part for piece in pieces if (part := parts.feed(piece)) is not None]
    assert found[-1] == pictures[-1]
    remaining = iter(pictures)
    assert all(part in remaining for part in found)  # in order; where several arrive at once, the newest one


@pytest.mark.parametrize("stream", [b"x" * 9_000, b"--b\r\n\r\n" + b"x" * 2_000])
def test_what_never_becomes_a_part_is_refused(stream: bytes) -> None:
    with pytest.raises(CameraError):
        JpegParts(most_bytes=1_000).feed(stream)


@pytest.fixture
def server() -> Iterator[HttpCamera]:
    answers = {
        "/cam": Answer(body=jpeg(), repeated=True),
        "/without": Answer(body=jpeg(), repeated=True, lengths=False),
        "/damaged": Answer(body=jpeg()[:400], repeated=True),
    }
    with HttpCamera(answers) as server:
        yield server


@pytest.mark.parametrize("path", ["/cam", "/without"])
async def test_a_stream_is_asked_for_once_and_then_gives_new_pictures(server: HttpCamera, path: str) -> None:
    async with camera_at(server.url(path)) as camera:
        for _ in range(5):
            assert (await camera.grab()).pixels.shape == (48, 64, 3)
    assert server.requests == 1


async def test_a_stream_that_changes_its_size_goes_on(server: HttpCamera) -> None:
    async with camera_at(server.url("/cam")) as camera:
        assert (await camera.grab()).pixels.shape == (48, 64, 3)
        server.answers["/cam"] = Answer(body=jpeg((128, 96)), repeated=True)
        async with asyncio.timeout(5):
            while (await camera.grab()).pixels.shape != (96, 128, 3):
                continue
    assert server.requests == 1


async def test_a_stream_that_falls_silent_is_told_and_opened_anew(server: HttpCamera) -> None:
    async with camera_at(server.url("/cam")) as camera:
        await camera.grab()
        server.answers["/cam"] = Answer(repeated=True, silent=True)
        assert "no new picture came in time" in await grab_until_trouble(camera)
        server.answers["/cam"] = Answer(body=jpeg(), repeated=True)
        await camera.grab()
    assert server.requests == 2


async def test_a_damaged_picture_is_told_and_the_stream_goes_on(server: HttpCamera) -> None:
    async with camera_at(server.url("/damaged")) as camera:
        for _ in range(2):
            assert "received a damaged picture" in await grab_until_trouble(camera)
    assert server.requests == 1


async def test_a_stream_with_a_password_is_opened_with_it(server: HttpCamera) -> None:
    server.login = Login(kind="digest", username="coop", password="s3cret")
    async with camera_at(server.url("/cam"), username="coop", password="s3cret") as camera:
        await camera.grab()
    async with camera_at(server.url("/cam"), username="coop", password="wrong") as camera:
        assert "wrong user name or password" in await grab_until_trouble(camera)


async def test_a_camera_that_serves_one_client_once_is_read_and_its_end_told(clips: Path) -> None:
    with one_client_mjpeg(clips / "clip.mp4") as url:
        async with camera_at(url) as camera:
            frame = await camera.grab()
            assert frame.pixels.shape == (240, 320, 3)
            assert "the stream ended" in await grab_until_trouble(camera)
            # Until the server's process is gone, its socket still takes connections and drops them.
            while "connection refused" not in await grab_until_trouble(camera):
                continue
