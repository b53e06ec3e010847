"""What the daemon costs with one RTSP camera: start, memory of the whole tree, frame to chat. `make proof-daemon`."""

import asyncio
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from peers.bot_api import bot_api
from peers.clip import run_ffmpeg
from peers.rtsp import RtspServer

from coopwatch.simulator.coop import Coop
from coopwatch.vision.picture import encode_jpeg

COOPWATCH = Path(sys.executable).parent / "coopwatch"
MODEL = Path(__file__).resolve().parents[2] / "models" / "demo"
SECONDS = 60

CONFIG = """
timezone: Europe/Berlin
data_dir: {folder}/data
model: {model}
cameras:
  - name: cam
    source: {source}
    every_seconds: 1
    nests: [{{name: left, region: {{left: 0, top: 0, right: 0.5, bottom: 1}}}}, {{name: right}}]
# Told at the first frame that says otherwise: what is measured is the way, not the deciding.
rules: {{enter: 0.05, leave: 0.05, glitch_share: 0.0001, dwell_seconds: 1, away_seconds: 1, tell_egg: 0.01}}
chat:
  telegram: {{token_file: {folder}/token, api_url: "{api}"}}
"""


async def measure(folder: Path) -> dict[str, str]:
    """Run the daemon for a minute against a real RTSP server and the Bot API emulator."""
    _make_clip(folder)
    figures: dict[str, str] = {}
    async with bot_api() as api:
        (folder / "token").write_text(api.token)
        (folder / "token").chmod(0o600)
        with RtspServer(folder) as server:
            source = server.url("cam.mp4", plays=3)
            config = folder / "coopwatch.yaml"
            config.write_text(CONFIG.format(folder=folder, model=MODEL, source=source, api=api.url))
            began = time.monotonic()
            process = await asyncio.create_subprocess_exec(COOPWATCH, "run", "--config", config)
            database = folder / "data" / "coopwatch.db"
            while not _has_classified(database):  # noqa: ASYNC110 (another process: nothing here is told of it)
                await asyncio.sleep(0.02)
            figures["start to the first classification saved, s"] = f"{time.monotonic() - began:.1f}"
            invite = [COOPWATCH, "subscribers", "invite", "--json", "--config", config]
            invited = await asyncio.to_thread(subprocess.run, invite, check=True, capture_output=True)
            await api.send_text(1, f"/start {json.loads(invited.stdout)['code']}")
            await asyncio.sleep(SECONDS)
            figures["memory of the tree, MB"] = _memory(process.pid)
            process.terminate()
            await process.wait()
    figures["frame to chat, s"] = _delays(database)
    return figures


def _make_clip(folder: Path) -> None:
    """A hen and an empty nest by turns, three seconds each, as 1280x640 H.264."""
    coop, day = Coop(seed=7), datetime(2026, 5, 1, tzinfo=UTC)
    for name, at in (("hen", timedelta(hours=5, minutes=40)), ("empty", timedelta(hours=7, minutes=10))):
        (folder / f"{name}.jpg").write_bytes(encode_jpeg(coop.frame(day + at)))
    turns = "".join(f"file '{folder}/{name}.jpg'\nduration 3\n" for name in ("hen", "empty") * (SECONDS // 6))
    (folder / "turns.txt").write_text(turns)
    encode = ("-vf", "fps=10,scale=1280:640,format=yuv420p", "-c:v", "libx264", "-bf", "0", "-g", "10")
    run_ffmpeg("-f", "concat", "-safe", "0", "-i", f"{folder}/turns.txt", *encode, f"{folder}/cam.mp4")


def _has_classified(database: Path) -> bool:
    if not database.exists():
        return False
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return bool(connection.execute("SELECT count(*) FROM nest_memory").fetchone()[0])
    except sqlite3.OperationalError:
        return False  # not made yet, or held for a moment


def _memory(pid: int) -> str:
    """Resident memory of the daemon and its children; shared pages count once (proportional set size)."""
    tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    pss = [one.memory_full_info().pss / 1e6 for one in tree]
    rss = [one.memory_info().rss / 1e6 for one in tree]
    return f"{sum(pss):.0f} proportional, {sum(rss):.0f} if shared pages are counted in each of {len(tree)} processes"


def _delays(database: Path) -> str:
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT e.told_at, o.sent_at FROM outbox o JOIN events e ON e.id = o.event_id WHERE o.sent_at IS NOT NULL"
        ).fetchall()
    delays = [(datetime.fromisoformat(sent) - datetime.fromisoformat(told)).total_seconds() for told, sent in rows]
    return f"median {statistics.median(delays):.2f} of {len(delays)}" if delays else "no message was sent"


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure(Path(folder)))
    print(f"load average {os.getloadavg()[0]:.1f}")  # noqa: T201
    for name, figure in figures.items():
        print(f"{name}: {figure}")  # noqa: T201


if __name__ == "__main__":
    main()
