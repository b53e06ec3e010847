import asyncio
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from fakes.camera import grab_until_trouble
from peers.black_hole import black_hole
from peers.http_camera import Answer, HttpCamera, Login
from peers.rtsp import free_port
from peers.tls import CERTIFICATE, tls_proxy
from PIL import Image

from coopwatch.cameras.web import WebCamera
from coopwatch.clock import SystemClock
from coopwatch.errors import CameraError

PASSWORD = "s3cr/t@p:w?d"


def jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((64, 48), 50).save(buffer, format="JPEG")
    return buffer.getvalue()


@pytest.fixture
def server() -> Iterator[HttpCamera]:
    picture = jpeg()
    answers = {
        "/snap.jpg": Answer(body=picture),
        "/mislabelled": Answer(body=picture, kind="text/plain"),
        "/login.html": Answer(body=b"<html>Please log in</html>", kind="text/html; charset=utf-8"),
        "/cut.jpg": Answer(body=picture[: len(picture) // 2]),
        "/empty.jpg": Answer(),
        "/silent.jpg": Answer(body=picture[:100], promised=len(picture)),
        "/endless.jpg": Answer(body=bytes(5_000), promised=10_000_000),
        "/drip.jpg": Answer(body=picture, drip=True),
        "/busy": Answer(status=503, kind="text/plain"),
        "/forbidden": Answer(status=403),
        "/moved.jpg": Answer(status=301, location="/snap.jpg"),
    }
    with HttpCamera(answers) as camera:
        yield camera


def snapshot(url: str, **options: Any) -> WebCamera:
    return WebCamera(name="nestcam", url=url, clock=SystemClock(), **options)


async def reason(camera: WebCamera) -> str:
    async with camera:
        return await grab_until_trouble(camera)


@pytest.mark.parametrize("path", ["/snap.jpg", "/mislabelled", "/moved.jpg"])
async def test_a_picture_is_a_picture_whatever_it_is_called_and_where_it_moved_to(
    server: HttpCamera, path: str
) -> None:
    async with snapshot(server.url(path)) as camera:
        assert (await camera.grab()).pixels.shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/login.html", "received text/html, expected a JPEG picture; check the camera's snapshot address"),
        ("/cut.jpg", "received a damaged picture"),
        ("/empty.jpg", "received no bytes"),
        ("/silent.jpg", "no answer in time"),
        ("/drip.jpg", "no answer in time"),
        ("/endless.jpg", "received more than 4,000 bytes, expected one picture"),
        ("/busy", "the camera answered 503"),
        ("/forbidden", "this user may not see the picture"),
        ("/nowhere.jpg", "the camera has no such address (404)"),
    ],
)
async def test_an_answer_without_a_picture_is_told_in_plain_words(server: HttpCamera, path: str, words: str) -> None:
    deadline = 0.3 if words == "no answer in time" else 10.0
    assert words in await reason(snapshot(server.url(path), deadline_seconds=deadline, most_bytes=4_000))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (f"http://127.0.0.1:{free_port()}/snap.jpg", "connection refused"),
        (f"http://localhost:{free_port()}/snap.jpg", "connection refused"),  # both IPv6 and IPv4 are tried
        ("http://no-such-camera.invalid/snap.jpg", "no machine has this name"),
    ],
)
async def test_a_camera_that_cannot_be_reached_is_told_in_plain_words(url: str, words: str) -> None:
    assert words in await reason(snapshot(url))


@pytest.mark.parametrize(
    "answer",
    [
        b"RTSP/1.0 400 Bad Request\r\n\r\n",
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=x, nonce=y, stale\r\n\r\n",
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=x, nonce=y, opaque=\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n--part\r\nContent-Length: " + 5_000 * b"9" + b"\r\n\r\n",
    ],
)
async def test_an_answer_without_sense_is_that_cameras_trouble_alone(answer: bytes) -> None:
    # What httpx made of the last three ended the daemon, and with it all other cameras.
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        assert "what it answers makes no sense" in await reason(snapshot(url, username="coop", password=PASSWORD))


async def test_an_encrypted_picture_is_read_once_the_system_trusts_the_cameras_certificate(
    server: HttpCamera, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tls_proxy(server.port, tmp_path) as port:
        url = f"https://localhost:{port}/snap.jpg"
        assert "its certificate is not trusted; install the one that signed it" in await reason(snapshot(url))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / CERTIFICATE))
        async with snapshot(url) as camera:
            assert (await camera.grab()).pixels.shape == (48, 64, 3)


@pytest.mark.parametrize("connects", [False, True])
async def test_a_black_hole_holds_nobody_up(connects: bool) -> None:
    with black_hole(connects=connects) as port:
        began = time.monotonic()
        assert "no answer in time" in await reason(snapshot(f"http://127.0.0.1:{port}/snap.jpg", deadline_seconds=0.3))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("kind", ["basic", "digest"])
async def test_a_password_is_given_as_the_camera_asks_and_then_without_being_asked(
    server: HttpCamera, kind: Literal["basic", "digest"]
) -> None:
    server.login = Login(kind=kind, username="Gänsehüter", password=PASSWORD)
    async with snapshot(server.url("/snap.jpg"), username="Gänsehüter", password=PASSWORD) as camera:
        await camera.grab()
        asked = server.requests
        await camera.grab()
    assert server.requests == asked + 1


@pytest.mark.parametrize("kind", ["basic", "digest"])
@pytest.mark.parametrize("password", ["wrong", None])
async def test_a_wrong_password_is_told_until_it_is_right(
    server: HttpCamera, kind: Literal["basic", "digest"], password: str | None
) -> None:
    server.login = Login(kind=kind, username="coop", password=PASSWORD)
    url, login = server.url("/snap.jpg"), {"username": "coop", "password": password}
    async with snapshot(url, longest_pause_seconds=0.0, **login) as camera:
        for _ in range(2):
            with pytest.raises(CameraError, match="wrong user name or password"):
                await camera.grab()
        server.login = Login(kind=kind, username="coop", password=password or "")
        assert (await camera.grab()).pixels.size


async def test_a_wrong_password_is_not_tried_at_every_grab(server: HttpCamera) -> None:
    # Cameras lock everyone out after a few wrong ones.
    server.login = Login(kind="basic", username="coop", password=PASSWORD)
    async with snapshot(server.url("/snap.jpg"), username="coop", password="wrong") as camera:
        for _ in range(20):
            with pytest.raises(CameraError, match="wrong user name or password"):
                await camera.grab()
    assert server.requests == 2  # one that is asked for the password, one with it


async def test_a_camera_that_comes_back_is_seen_at_the_next_grab(server: HttpCamera) -> None:
    picture = server.answers.pop("/snap.jpg")
    async with snapshot(server.url("/snap.jpg")) as camera:
        with pytest.raises(CameraError, match="404"):
            await camera.grab()
        server.answers["/snap.jpg"] = picture
        assert (await camera.grab()).pixels.shape == (48, 64, 3)
