"""The figures of the cameras in docs/benchmarks.md, measured against real servers; about six minutes.

Not collected with the tests: `make proof-cameras` names this file. It prints a row for each figure.
"""

import asyncio
import itertools
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import linear_regression, mean, quantiles

import psutil
import pytest
from peers.chaos import Chaos
from peers.clip import make_clip
from peers.rtsp import STREAMS_AT_ONCE, RtspServer, free_port

from coopwatch.cameras.rtsp import rtsp_camera
from coopwatch.cameras.stream import StreamCamera
from coopwatch.cameras.stream_process import Deadlines
from coopwatch.clock import SystemClock
from coopwatch.errors import CameraError
from coopwatch.simulator.coop import Coop
from coopwatch.simulator.nest_box import REGIONS
from coopwatch.values import Classification, Frame
from coopwatch.vision.gate import NestGate, Pace, Worth
from coopwatch.vision.judge import PictureJudge
from coopwatch.vision.preprocess import crop

TESTS = Path(__file__).resolve().parents[1]
WARM_UP = 8.0  # seconds; until the pause between key frames is known
MEASURED = 20.0
MINUTES = float(os.environ.get("PROOF_MINUTES", "3"))  # in which memory may grow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtspServer]:
    folder = tmp_path_factory.mktemp("proof")
    noise = ("-vf", "noise=alls=6:allf=t", "-b:v", "4M", "-maxrate", "5M", "-bufsize", "5M")
    make_clip(folder / "hd.mp4", size="1920x1080", rate=25, seconds=10, key_every=25, extra=noise)
    make_clip(folder / "4k.mp4", size="3840x2160", rate=30, seconds=6, key_every=30, extra=noise)
    make_clip(folder / "small.mp4", seconds=10, key_every=10)
    with RtspServer(folder) as server:
        yield server


@pytest.fixture
def row(capsys: pytest.CaptureFixture[str]) -> Callable[[str, str], None]:
    def show(what: str, figure: str) -> None:
        with capsys.disabled():
            print(f"\n| {what} | {figure} |", end="")  # noqa: T201 (the figures are what it is run for)

    return show


def camera_of(url: str, every_seconds: float, **options: Deadlines) -> StreamCamera:
    return rtsp_camera(name="proof", url=url, every_seconds=every_seconds, clock=SystemClock(), **options)  # type: ignore[arg-type]


async def watch(camera: StreamCamera, *, every_seconds: float, seconds: float) -> list[float]:
    """Grab at a steady pace, as the daemon does; how long each grab took, the wait for a new frame included."""
    took, end = [], time.monotonic() + seconds
    while (began := time.monotonic()) < end:
        with suppress(CameraError):
            await camera.grab()
            took.append(time.monotonic() - began)
        await asyncio.sleep(max(0.0, every_seconds - (time.monotonic() - began)))
    return took


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("clip", "every", "asked", "what"),
    [
        ("hd.mp4", 5.0, 5.0, "1080p, 25 a second, one frame in 5 s, key frames alone"),
        ("hd.mp4", 1.0, 1.0, "1080p, 25 a second, one frame a second, key frames alone"),
        ("hd.mp4", 0.04, 1.0, "the same, every frame decoded"),
        ("4k.mp4", 1.0, 1.0, "4K, 30 a second, one frame a second, key frames alone"),
    ],
)
async def test_what_a_camera_costs(
    server: RtspServer, row: Callable[[str, str], None], clip: str, every: float, asked: float, what: str
) -> None:
    async with camera_of(server.url(clip, plays=99), every) as camera:
        await watch(camera, every_seconds=asked, seconds=WARM_UP)
        assert camera.child_pid is not None
        child, here = psutil.Process(camera.child_pid), psutil.Process()
        before = cpu_seconds(child), cpu_seconds(here)
        took = await watch(camera, every_seconds=asked, seconds=MEASURED)
        share = (cpu_seconds(child) - before[0]) / MEASURED
        ours = (cpu_seconds(here) - before[1]) / MEASURED
        megabytes = child.memory_info().rss / 1e6
        lag = (await camera.grab()).lag.total_seconds()
    row(what, f"child {share:.1%} of a core and {megabytes:.0f} MB, daemon {ours:.1%}; lag {lag:.1f} s")
    assert took


@asynccontextmanager
async def broken_cameras(server: RtspServer) -> AsyncIterator[None]:
    """Four of them, asked all the time: one silent, one that drips, one that sends garbage, one that refuses."""
    url, processes, tasks = server.url("small.mp4", plays=99), [], []
    async with AsyncExitStack() as stack:
        urls = [f"rtsp://127.0.0.1:{free_port()}/x"]
        for chaos in (Chaos.SILENCE, Chaos.DRIP, Chaos.GARBAGE):
            command = [sys.executable, "-m", "peers.chaos", str(server.port), chaos.name]
            process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=TESTS)
            assert process.stdout is not None
            port = int(await process.stdout.readline())
            urls.append(url.replace(f":{server.port}/", f":{port}/"))
            processes.append(process)
        for broken in urls:
            camera = await stack.enter_async_context(camera_of(broken, 0.2))
            tasks.append(asyncio.create_task(watch(camera, every_seconds=0.2, seconds=600), name=broken))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for process in processes:
                process.kill()
                await process.wait()


@pytest.mark.timeout(400)
async def test_broken_neighbours_delay_nobody(server: RtspServer, row: Callable[[str, str], None]) -> None:
    """In turns alone and beside them. Most of a grab is waiting for the next packet, 0 to 100 ms: hence so many."""
    alone: list[float] = []
    beside: list[float] = []
    async with camera_of(server.url("small.mp4", plays=99), 0.05) as camera:
        await watch(camera, every_seconds=0.25, seconds=WARM_UP)
        for _ in range(4):
            alone += await watch(camera, every_seconds=0.25, seconds=30)
            async with broken_cameras(server):
                beside += await watch(camera, every_seconds=0.25, seconds=30)
    change = mean(beside) / mean(alone) - 1
    row(
        f"mean time of a grab ({len(beside)} of each), alone and beside four broken cameras",
        f"{1000 * mean(alone):.1f} ms, {1000 * mean(beside):.1f} ms ({change:+.1%}); worst twentieth "
        f"{1000 * quantiles(alone, n=20)[-1]:.1f} ms, {1000 * quantiles(beside, n=20)[-1]:.1f} ms",
    )


@pytest.mark.timeout(200)
async def test_trying_again_is_cheap(row: Callable[[str, str], None]) -> None:
    seconds = 120.0
    before = os.times()
    async with camera_of(f"rtsp://127.0.0.1:{free_port()}/x", 5) as camera:
        await watch(camera, every_seconds=5, seconds=seconds)
    after = os.times()
    names = ("user", "system", "children_user", "children_system")
    share = sum(getattr(after, name) - getattr(before, name) for name in names) / seconds
    row("a camera that refuses, first two minutes, tries and daemon", f"{share:.1%} of a core")
    assert share < 0.05


@pytest.mark.timeout(60 * MINUTES + 180)
async def test_memory_does_not_grow(server: RtspServer, row: Callable[[str, str], None]) -> None:
    samples: list[tuple[float, float]] = []  # megabytes of the child, and ours
    async with camera_of(server.url("small.mp4", plays=999), 0.2) as camera:
        await watch(camera, every_seconds=0.2, seconds=60)
        assert camera.child_pid is not None
        processes = psutil.Process(camera.child_pid), psutil.Process()
        for _ in range(max(2, round(6 * MINUTES))):
            await watch(camera, every_seconds=0.2, seconds=10)
            samples.append(tuple(one.memory_info().rss / 1e6 for one in processes))
    ten_seconds = range(len(samples))
    slopes = [360 * linear_regression(ten_seconds, one).slope for one in zip(*samples, strict=True)]
    row(
        f"memory in {MINUTES:g} minutes at 5 frames a second, the slope an hour",
        f"child {slopes[0]:+.2f} MB, daemon {slopes[1]:+.2f} MB",
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("every_seconds", "hours"), [(20, 15), (5, 2)])
def test_what_the_gate_saves_on_a_simulated_day(
    row: Callable[[str, str], None], every_seconds: int, hours: int
) -> None:
    coop, begin, every = Coop(seed=7), datetime(2026, 5, 1, 4, tzinfo=UTC), timedelta(seconds=every_seconds)
    gates, asked, crops, judged = {nest: NestGate(Pace()) for nest in REGIONS}, 0, 0, 0.0
    judge = PictureJudge(list(REGIONS.values()))
    for number in range(hours * 3600 // every_seconds):
        frame = Frame(camera="cam", taken_at=begin + number * every, pixels=coop.frame(begin + number * every))
        began = time.thread_time()
        assert judge.judge(frame).flaw is None, frame.taken_at
        judged += time.thread_time() - began
        for nest, gate in gates.items():
            crops += 1
            if gate.weigh(crop(frame.pixels, REGIONS[nest]), frame.taken_at) is Worth.CLASSIFY:
                asked += 1
                label = coop.state(nest, frame.taken_at).label
                gate.note(Classification(nest=nest, taken_at=frame.taken_at, probabilities={label: 1.0}, model="truth"))
    row(
        f"{hours} simulated hours, a frame in {every_seconds} s: crops classified",
        f"{asked} of {crops} ({1 - asked / crops:.0%} saved); judging a frame {1000 * judged / crops * 2:.1f} ms",
    )


@pytest.mark.timeout(120)
async def test_sixteen_cameras_at_one_frame_a_second(server: RtspServer, row: Callable[[str, str], None]) -> None:
    async with AsyncExitStack() as stack:
        servers = [stack.enter_context(RtspServer(server.folder)) for _ in range(0, 16, STREAMS_AT_ONCE)]
        urls = STREAMS_AT_ONCE * [one.url("small.mp4", plays=99) for one in servers]
        cameras = [await stack.enter_async_context(camera_of(url, 1.0)) for url in urls]
        await asyncio.gather(*(watch(camera, every_seconds=1, seconds=WARM_UP) for camera in cameras))
        children = [psutil.Process(camera.child_pid) for camera in cameras if camera.child_pid is not None]
        before = sum(map(cpu_seconds, children)), cpu_seconds(psutil.Process())
        took = await asyncio.gather(*(watch(camera, every_seconds=1, seconds=MEASURED) for camera in cameras))
        share = (sum(map(cpu_seconds, children)) - before[0]) / MEASURED
        ours = (cpu_seconds(psutil.Process()) - before[1]) / MEASURED
    frames = len(list(itertools.chain.from_iterable(took)))
    row(
        "16 streams of 320x240 at one frame a second",
        f"{frames / MEASURED:.1f} frames a second, children {share:.1%}, daemon {ours:.1%} of a core",
    )
