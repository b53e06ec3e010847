"""What sixteen nests at one frame a second cost, of one core and in memory: `make proof-sixteen`, four minutes.

Eight streams with two nests each come from real RTSP servers, which are not counted; the demo model names what is seen.
Once nothing stirs but the noise, as in a coop at most times; once everything moves, so that the gate saves nothing.
Other numbers of streams may be asked for, as in `make proof-sixteen CAMERAS="1 4 16"`; each takes four minutes.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.request import urlopen

import psutil
from peers.clip import make_clip
from peers.rtsp import STREAMS_AT_ONCE, RtspServer, free_port
from proofs.findings import Findings

MODEL = Path(__file__).resolve().parents[2] / "models" / "demo"
STREAMS = 8
WARM_UP, MEASURED = 40.0, 60.0  # seconds
MOST_SHARE, MOST_MEGABYTES = 0.5, 400.0
CLIPS = {"nothing stirs": "smptehdbars", "everything moves": "testsrc2"}
CONFIG = """\
timezone: Europe/Berlin
data_dir: {folder}/data
model: {model}
chat: {{terminal: true}}
monitor: {{port: {port}}}
cameras:
"""
CAMERA = """\
  - name: cam{number}
    source: {source}
    every_seconds: 1
    nests:
      - {{name: left{number}, region: {{left: 0, top: 0, right: 0.5, bottom: 1}}}}
      - {{name: right{number}, region: {{left: 0.5, top: 0, right: 1, bottom: 1}}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the daemon with its worker and the children of its streams has used until now."""

    seconds: float  # of processor time
    looks: float
    classifications: float
    megabytes: float  # shared pages count once
    summed: float  # shared pages count in each process

    @classmethod
    def of(cls, pid: int, port: int) -> Self:
        """Ask the system, and the daemon's own page."""
        tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        times = [one.cpu_times() for one in tree]
        memory = [one.memory_full_info() for one in tree]
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
            lines = [line.rsplit(" ", 1) for line in page.read().decode().splitlines() if not line.startswith("#")]
        counted = {
            name: sum(float(value) for key, value in lines if key.startswith(f"coopwatch_{name}_total"))
            for name in ("looks", "classifications")
        }
        return cls(
            seconds=sum(one.user + one.system for one in times),
            megabytes=sum(one.pss for one in memory) / 1e6,
            summed=sum(one.rss for one in memory) / 1e6,
            **counted,
        )


def measure(folder: Path, sources: list[str]) -> tuple[Cost, Cost]:
    """Run the daemon with a camera on each stream; what it had used at the begin and at the end of a minute."""
    port = free_port()
    cameras = "".join(CAMERA.format(number=number, source=source) for number, source in enumerate(sources))
    config = folder / "coopwatch.yaml"
    config.write_text(CONFIG.format(folder=folder, model=MODEL, port=port) + cameras)
    command = [sys.executable, "-m", "coopwatch", "run", "--config", config]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
        try:
            time.sleep(WARM_UP)
            before = Cost.of(daemon.pid, port)
            time.sleep(MEASURED)
            return before, Cost.of(daemon.pid, port)
        finally:
            daemon.terminate()


def judge(what: str, streams: int, before: Cost, after: Cost, found: Findings) -> None:
    """What a minute cost; the aims are for eight streams, and for fewer."""
    what = f"{streams} cameras, {what}"
    looks = (after.looks - before.looks) / MEASURED
    share = (after.seconds - before.seconds) / MEASURED
    asked = (after.classifications - before.classifications) / (2 * (after.looks - before.looks))
    crops = f"{looks:.1f}, {asked:.0%} of the crops classified"
    found.add(f"{what}: {streams} looks a second", seen=crops, kept=looks > 0.9 * streams)
    aim, is_aimed = f"at most {MOST_SHARE:.0%} of a core", streams <= STREAMS
    found.add(
        f"{what}: {aim if is_aimed else 'of a core'}", seen=f"{share:.0%}", kept=not is_aimed or share <= MOST_SHARE
    )
    memory = f"{after.megabytes:.0f} MB, {after.summed:.0f} MB if shared pages are counted in each process"
    aim, fits = f"at most {MOST_MEGABYTES:.0f} MB", after.megabytes <= MOST_MEGABYTES
    found.add(f"{what}: {aim if is_aimed else 'memory'}", seen=memory, kept=not is_aimed or fits)


def prove(what: str, streams: int, found: Findings) -> None:
    """Serve so many streams, and measure a daemon that watches them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        noise = ("-vf", "noise=alls=4:allf=t")
        make_clip(
            folder / "cam.mp4", pattern=CLIPS[what], size="640x360", rate=15, seconds=10, key_every=15, extra=noise
        )
        servers = [stack.enter_context(RtspServer(folder)) for _ in range(0, streams, STREAMS_AT_ONCE)]
        sources = [servers[number // STREAMS_AT_ONCE].url("cam.mp4", plays=99) for number in range(streams)]
        judge(what, streams, *measure(folder, sources), found)


def main() -> None:
    """Measure, judge, tell."""
    found = Findings()
    for streams in map(int, sys.argv[1:] or [STREAMS]):
        for what in CLIPS:
            prove(what, streams, found)
    print(f"load average {os.getloadavg()[0]:.1f}")  # noqa: T201 (how far the figures can be trusted)
    found.end()


if __name__ == "__main__":
    main()
