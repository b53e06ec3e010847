"""The whole daemon on input that nobody here made: real nest-box frames as an H.264 stream from a real RTSP server, a
model trained on the days before, photos delivered to an independent Bot API server."""

import asyncio
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest
from peers.bot_api import BotApi, bot_api
from peers.clip import run_ffmpeg
from peers.rtsp import RtspServer
from PIL import Image

pytestmark = pytest.mark.real

COOPWATCH = Path(sys.executable).parent / "coopwatch"
KEEPER = 4711
SECONDS_A_FRAME = 4
PASSWORD = "a-camera-password-that-no-log-may-show"

CONFIG = """
timezone: Europe/Berlin
data_dir: {folder}/data
model: {model}
cameras:
  - name: nestcam
    source: {source}
    username: coop
    password_file: {folder}/password
    every_seconds: 0.5
    nests:
      - {{name: left, region: {{left: 0.0, top: 0.0, right: 0.482, bottom: 1.0}}}}
      - {{name: right, region: {{left: 0.538, top: 0.0, right: 1.0, bottom: 1.0}}}}
hens:
  white_hen: {{name: White Hen}}
  brown_hen: {{name: Brown Hen}}
rules: {{dwell_seconds: 4, glitch_seconds: 0.5, glitch_share: 0.02, laying_seconds: 2}}  # half an hour takes 4 s here
chat:
  telegram: {{token_file: {folder}/token, api_url: "{api}"}}
"""


@pytest.fixture(scope="module")
def model(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the default kind, trained on the crops up to 19 June."""
    out = tmp_path_factory.mktemp("models") / "nestbox"
    crops = real_data / "nestbox" / "crops"
    options = ["--train-until", "2016-06-19", "--exclude", "ambiguous"]
    subprocess.run([COOPWATCH, "train", crops, *options, "--out", out], check=True, timeout=280)
    return out


@pytest.fixture(scope="module")
def stream(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The frames of 21 June, each for four seconds, as a live H.264 stream."""
    folder = tmp_path_factory.mktemp("stream")
    frames = sorted((real_data / "nestbox" / "frames").glob("*2016-06-21*.jpg"))
    entries = "".join(f"file '{frame}'\nduration {SECONDS_A_FRAME}\n" for frame in frames)
    (folder / "frames.txt").write_text(entries + f"file '{frames[-1]}'\n")
    encode = [
        "-vf",
        "fps=5,scale=1384:568,format=yuv420p",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-bf",
        "0",
        "-g",
        "5",
    ]
    run_ffmpeg("-f", "concat", "-safe", "0", "-i", str(folder / "frames.txt"), *encode, str(folder / "nestcam.mp4"))
    with RtspServer(folder) as server:
        yield server.url("nestcam.mp4", plays=9)


@asynccontextmanager
async def daemon(folder: Path, config: str, log: io.BytesIO) -> AsyncIterator[asyncio.subprocess.Process]:
    """`coopwatch run` as a user starts it; killed at the end unless it stopped by itself."""
    (folder / "coopwatch.yaml").write_text(config)
    process = await asyncio.create_subprocess_exec(
        COOPWATCH, "run", "--config", folder / "coopwatch.yaml",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"},
    )  # fmt: skip
    assert process.stderr is not None
    reading = asyncio.create_task(_copy(process.stderr, log))
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading
        print(log.getvalue().decode())  # noqa: T201 (pytest shows it when the test fails)


async def _copy(source: asyncio.StreamReader, log: io.BytesIO) -> None:
    while line := await source.readline():
        log.write(line)


async def _invite(folder: Path) -> str:
    """A code that makes a keeper, as a user gets it beside the running daemon."""
    process = await asyncio.create_subprocess_exec(
        COOPWATCH, "subscribers", "invite", "--json", "--config", folder / "coopwatch.yaml",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    invited = json.loads(said)
    assert invited["role"] == "keeper", "the first one"
    return str(invited["code"])


def _check_photos(api: BotApi) -> None:
    photos = [call for call in api.calls("sendPhoto") if call.files]
    assert photos
    for photo in photos:
        assert photo.fields["chat_id"] == str(KEEPER)
        with Image.open(io.BytesIO(photo.files["photo"])) as image:
            assert image.format == "JPEG"
            image.load()
            assert max(image.size) <= 1280


@pytest.mark.timeout(600)
async def test_real_frames_become_messages_with_photos(model: Path, stream: str, tmp_path: Path) -> None:
    log = io.BytesIO()
    (tmp_path / "password").write_text(PASSWORD)
    async with bot_api() as api:
        (tmp_path / "token").write_text(api.token)
        config = CONFIG.format(folder=tmp_path, model=model, source=stream, api=api.url)
        async with daemon(tmp_path, config, log) as process:
            async with asyncio.timeout(60):
                while b"Nobody is paired" not in log.getvalue():
                    await asyncio.wait_for(api.wait_for("getUpdates", timeout=60), 60)
            await api.send_text(KEEPER, f"/start {await _invite(tmp_path)}")
            await api.wait_for("sendMessage", timeout=60, chat_id=KEEPER)
            await api.wait_until_told("White Hen is nesting", timeout=120)
            await api.send_text(KEEPER, "/status")
            await api.wait_until_told("Right nest", "Left nest")
            await api.send_text(KEEPER, "/photo right")
            await api.wait_until_told("Right nest, ", timeout=30)
            _kill_worker(process)
            await api.wait_until_told("Brown Hen is nesting", "White Hen nested", "Egg laid", timeout=120)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                assert await process.wait() == 0
        _check_photos(api)
        verdict = await api.verdict("getUpdates", "sendPhoto", "sendMessage")
        assert verdict["ok"], json.dumps(verdict)
        _each_event_arrived_once(tmp_path / "data" / "coopwatch.db")
        assert b"A new inference worker is ready" in log.getvalue()
        for secret in (api.token, PASSWORD):
            assert secret.encode() not in log.getvalue()
    assert b"Traceback" not in log.getvalue(), log.getvalue().decode()


def _kill_worker(daemon: asyncio.subprocess.Process) -> None:
    children = psutil.Process(daemon.pid).children()
    (worker,) = [child for child in children if "coopwatch.inference.worker" in child.cmdline()]
    worker.kill()


def _each_event_arrived_once(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT event_id, chat, state, attempts FROM outbox ORDER BY number").fetchall()
    connection.close()
    assert len({(event, chat) for event, chat, *_ in rows}) == len(rows)
    assert {state for _, _, state, _ in rows[:-1]} == {"sent"}  # the last one may have been on its way
