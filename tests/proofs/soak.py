"""The daemon under faults from a seed: `make soak MINUTES=120 SEED=1`; a table of what it survived at the end.

A real process with a real bot and two HTTP cameras, one of which dies, is supervised as systemd would, while one fault
after another is done to it: camera away, network away, worker killed or hung, database held by another program, disk
full (as root: the data lies on a small disk of its own), the clock set on and back (with Debian's libfaketime), the
daemon itself killed. No coop is drawn in it: the drawing keeps what it drew, and would hide how memory grows.
"""

import asyncio
import io
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psutil
from peers.bot_api import BotApi, Call, bot_api
from peers.http_camera import Answer, HttpCamera
from PIL import Image
from proofs.findings import Findings
from proofs.wheels import make_model

from coopwatch.clock import SystemClock
from coopwatch.pulse import HEARTBEAT_FILE
from coopwatch.store.database import FILE, Database
from coopwatch.subscriber import Subscriber, SubscriberRole

KEEPER = 4711
PICTURE, BARN = "/snap.jpg", "/barn.jpg"
FAULT_SECONDS = 12.0
CALM_SECONDS = 12.0
BACK_WITHIN = 60.0
FAKE_TIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
STEPS = ("-3600", "+3600", "+86400", "-7200")  # seconds that the clock is set by
TOKEN = "SOAK_TOKEN"
LOG = Path("build/soak.log")
TOLD_LOST = "SELECT told_at FROM events WHERE kind = 'camera_lost'"
SENDS = ("sendMessage", "sendPhoto", "sendMediaGroup")
CONFIG = """\
timezone: Europe/Berlin
data_dir: {data}
model: {model}
cameras:
  - {{name: barn, source: "{barn}", every_seconds: 1, nests: [{{name: one}}]}}
  - {{name: yard, source: "{camera}", every_seconds: 1, nests: [{{name: two}}]}}
rules: {{lost_after_seconds: 6, frozen_after_seconds: 86400, flaw_after_seconds: 86400}}
keep: {{reserve_gb: 0.001}}
chat: {{telegram: {{token_env: SOAK_TOKEN, api_url: "{api}"}}}}
"""


@dataclass(slots=True, kw_only=True)
class Soak:
    """The running daemon, what it stands on, and what was seen."""

    folder: Path
    data: Path
    api: BotApi
    camera: HttpCamera
    process: asyncio.subprocess.Process | None = None
    restarts: int = -1
    ends: list[int] = field(default_factory=list)  # exit codes nobody asked for
    memory: list[tuple[float, float]] = field(default_factory=list)  # seconds, MB of the tree; since the last start
    aways: list[tuple[datetime, float]] = field(default_factory=list)  # since when the camera was away; the load then
    recoveries: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    killing: bool = False
    stopping: bool = False

    async def supervise(self) -> None:
        """Start the daemon whenever it has ended, as systemd does."""
        with (self.folder / "daemon.log").open("ab") as log:
            while not self.stopping:
                self.restarts += 1
                self.memory.clear()
                self.process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "coopwatch", "run", "--config", self.folder / "coopwatch.yaml",
                    stdout=subprocess.DEVNULL, stderr=log, env=os.environ | self.fake_time() | {TOKEN: self.api.token},
                )  # fmt: skip
                code = await self.process.wait()
                if not (self.stopping or self.killing):
                    self.ends.append(code)
                self.killing = False
                await asyncio.sleep(1)

    @property
    def clock(self) -> Path:
        """What libfaketime reads the daemon's clock from: seconds beside the true one."""
        return self.folder / "clock"

    def fake_time(self) -> dict[str, str]:
        """What lets the daemon live by that clock; the one that is never set stays true."""
        if FAKE_TIME is None:
            return {}
        return {
            "LD_PRELOAD": str(FAKE_TIME),
            "FAKETIME_TIMESTAMP_FILE": str(self.clock),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    async def measure(self) -> None:
        """The daemon's own memory, now and then; its worker is replaced too often here to show a slope."""
        while True:
            await asyncio.sleep(5)
            if self.process is not None and self.process.returncode is None:
                now = asyncio.get_running_loop().time()
                self.memory.append((now, megabytes(self.process.pid)))

    def heart_age(self) -> float:
        """Seconds since the heart beat."""
        try:
            return SystemClock().now().timestamp() - (self.data / HEARTBEAT_FILE).stat().st_mtime
        except FileNotFoundError:
            return float("inf")

    async def until_well(self) -> float:
        """Wait until the heart beats and the camera is back; how long that took."""
        loop = asyncio.get_running_loop()
        began, stamp = loop.time(), SystemClock().now().timestamp()
        while loop.time() - began < BACK_WITHIN:
            await asyncio.sleep(0.2)
            if SystemClock().now().timestamp() - self.heart_age() > stamp:
                return loop.time() - began
        return float("nan")

    def worker(self) -> psutil.Process | None:
        """The inference worker."""
        if self.process is None or self.process.returncode is not None:
            return None
        children = psutil.Process(self.process.pid).children(recursive=True)
        return next((one for one in children if "coopwatch.inference.worker" in one.cmdline()), None)


Fault = Callable[[Soak], Awaitable[None]]


async def camera_away(soak: Soak) -> None:
    soak.aways.append((SystemClock().now(), os.getloadavg()[0]))
    answer = soak.camera.answers.pop(PICTURE)
    await asyncio.sleep(FAULT_SECONDS)
    soak.camera.answers[PICTURE] = answer


async def network_away(soak: Soak) -> None:
    await soak.api.down()
    await asyncio.sleep(FAULT_SECONDS)
    await soak.api.up()


async def worker_killed(soak: Soak) -> None:
    if worker := soak.worker():
        worker.kill()


async def worker_hung(soak: Soak) -> None:
    if worker := soak.worker():
        worker.suspend()


async def database_held(soak: Soak) -> None:
    with closing(sqlite3.connect(soak.data / FILE, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(FAULT_SECONDS)
        other.execute("ROLLBACK")


async def disk_full(soak: Soak) -> None:
    ballast = soak.data / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:  # full, as was wanted
        while True:
            file.write(b"\0" * 65536)
    await asyncio.sleep(FAULT_SECONDS)
    ballast.unlink(missing_ok=True)  # the daemon's own pictures may have left no room for it


async def clock_set(soak: Soak) -> None:
    step = STEPS[len(soak.recoveries["clock_set"]) % len(STEPS)]
    for seconds in (step, "+0"):
        soak.clock.write_text(f"{seconds}\n")
        await asyncio.sleep(FAULT_SECONDS)


async def daemon_killed(soak: Soak) -> None:
    if soak.process is not None and soak.process.returncode is None:
        soak.killing = True
        soak.process.send_signal(signal.SIGKILL)


FAULTS: tuple[Fault, ...] = (
    camera_away,
    network_away,
    worker_killed,
    worker_hung,
    database_held,
    disk_full,
    clock_set,
    daemon_killed,
)


async def torment(soak: Soak, seconds: float, chance: random.Random) -> None:
    """One fault after another; the daemon is killed in the first third only, so that memory has time to grow."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    await soak.until_well()
    while loop.time() - began < seconds:
        faults = [one for one in FAULTS if one is not disk_full or soak.data.is_mount()]
        if FAKE_TIME is None:
            faults.remove(clock_set)
        if loop.time() - began > seconds / 3:
            faults.remove(daemon_killed)
        fault = chance.choice(faults)
        await fault(soak)
        soak.recoveries[fault.__name__].append(await soak.until_well())
        await asyncio.sleep(CALM_SECONDS * (0.5 + chance.random()))


def megabytes(pid: int) -> float:
    try:
        return float(psutil.Process(pid).memory_info().rss / 1e6)
    except psutil.Error:
        return float("nan")  # it has just ended


def slope(samples: list[tuple[float, float]]) -> float:
    """MB an hour: the median slope between all pairs of the last half (Theil and Sen); before, it warms up."""
    known = [sample for sample in samples[len(samples) // 2 :] if not np.isnan(sample[1])]
    pairs = [(b[1] - a[1]) / (b[0] - a[0]) for n, a in enumerate(known) for b in known[n + 1 :]]
    return statistics.median(pairs) * 3600 if pairs else float("nan")


def judge(soak: Soak, found: Findings, samples: list[tuple[float, float]]) -> None:
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_bytes((soak.folder / "daemon.log").read_bytes())
    for name, seconds in sorted(soak.recoveries.items()):
        seen = f"after {statistics.median(seconds):.1f} s, at worst {max(seconds):.1f} s"
        promise = f"{name.replace('_', ' ')}, {len(seconds)} times: well again"
        found.add(promise, seen=seen, kept=not np.isnan(sum(seconds)))
    with closing(sqlite3.connect(soak.data / FILE)) as database:
        kinds = dict(database.execute("SELECT kind, count(*) FROM events GROUP BY kind"))
        states = dict(database.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
        lost = [datetime.fromisoformat(at).replace(tzinfo=UTC) for (at,) in database.execute(TOLD_LOST)]
        (messages,) = database.execute("SELECT count(DISTINCT message_id) FROM outbox").fetchone()
    away = len(soak.recoveries["camera_away"])
    told = (kinds.get("camera_lost", 0), kinds.get("camera_back", 0))
    missed = [
        f"not at {begin:%H:%M:%S} (load average {load:.0f})"
        for begin, load in soak.aways
        if not any(begin <= at <= begin + 2 * timedelta(seconds=FAULT_SECONDS) for at in lost)
    ]
    seen = "; ".join([f"{told[0]} lost, {told[1]} back", *missed])
    found.add(f"the camera was away {away} times: as often told lost and back", seen=seen, kept=told >= (away, away))
    unsent = sum(states.values()) - states.get("sent", 0)
    found.add("messages lost: 0", seen=f"{unsent} of {sum(states.values())}, {states}", kept=unsent == 0)
    arrived = [call for call in soak.api.journal if call.method in SENDS and call.status == 200]
    texts = Counter(_text(call) for call in arrived if call.fields.get("chat_id") == str(KEEPER))
    twice = texts.total() - messages
    again = [f"{times} times {text!r}: {_numbers(soak, text)}" for text, times in texts.items() if times > 1]
    again = again if twice > 0 else []
    found.add("duplicates: 0", seen="; ".join([str(twice), *again]), kept=twice <= 0)
    found.add("the daemon never ended by itself", seen=soak.ends or "never", kept=not soak.ends)
    memory = [size for _, size in samples if not np.isnan(size)]
    hours = (samples[-1][0] - samples[0][0]) / 3600 if samples else 0
    grown = f"{slope(samples):+.1f} MB an hour, {min(memory):.0f} to {max(memory):.0f} MB in {hours:.2f} h"
    found.add("the daemon's memory grows by at most 1 MB an hour", seen=grown, kept=slope(samples) <= 1)


def _numbers(soak: Soak, text: str) -> str:
    """Which messages had the text, and which of them the daemon knows."""
    with closing(sqlite3.connect(soak.data / FILE)) as database:
        known = {number for (number,) in database.execute("SELECT DISTINCT message_id FROM outbox")}
    numbers = sorted({number for _, chat, number, shown in soak.api.shown if (chat, shown) == (KEEPER, text)})
    return ", ".join(f"{number} {'known' if number in known else 'unknown'}" for number in numbers)


def _text(call: Call) -> str:
    return call.fields.get("caption") or call.fields.get("text", "")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own that can be filled; where that is not allowed, a plain folder."""
    data = folder / "data"
    data.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", data], capture_output=True, check=False
    )
    try:
        yield data
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", data], check=True)


def picture() -> bytes:
    """Straw, more or less."""
    noise = np.random.default_rng(0).integers(60, 200, (240, 320, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "JPEG")
    return stream.getvalue()


async def main(minutes: float, seed: int) -> None:
    """Run, torment, judge."""
    found = Findings()
    with (
        tempfile.TemporaryDirectory() as name,
        HttpCamera({path: Answer(body=picture()) for path in (PICTURE, BARN)}) as camera,
        small_disk(Path(name)) as data,
    ):
        folder = Path(name)
        make_model(folder / "model")
        async with bot_api() as api:
            sources = {"camera": camera.url(PICTURE), "barn": camera.url(BARN)}
            config = CONFIG.format(data=data, model=folder / "model", api=api.url, **sources)
            (folder / "coopwatch.yaml").write_text(config)
            (folder / "clock").write_text("+0\n")
            async with Database(data) as store:
                now, role = SystemClock().now(), SubscriberRole.KEEPER
                await store.subscribe(Subscriber(chat=f"telegram:{KEEPER}", name="keeper", since=now, role=role))
            soak = Soak(folder=folder, data=data, api=api, camera=camera)
            tasks = [asyncio.create_task(soak.supervise()), asyncio.create_task(soak.measure())]
            await torment(soak, minutes * 60, random.Random(seed))
            await asyncio.sleep(90)  # calm, so that what waited for the network arrives
            samples = list(soak.memory)
            soak.stopping = True
            if soak.process is not None:
                soak.process.terminate()
            tasks[1].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            judge(soak, found, samples)
    print(f"{minutes:g} minutes, seed {seed}, {soak.restarts} restarts; what the daemon said: {LOG}")  # noqa: T201 (a proof is read)
    found.end()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), int(sys.argv[2])))
