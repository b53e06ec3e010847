import subprocess
import sys
from pathlib import Path

import psutil
from peers.clip import make_clip
from peers.rtsp import RtspServer

PARENT = """
import asyncio, sys
from coopwatch.cameras.rtsp import rtsp_camera
from coopwatch.clock import SystemClock

async def main():
    async with rtsp_camera(name="nestcam", url=sys.argv[1], every_seconds=1, clock=SystemClock()) as camera:
        for _ in range(5):
            await camera.grab()
        print(camera.child_pid, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
MOST_MEGABYTES = 60
HEAVY = ("numpy", "cv2", "pydantic", "httpx", "ssl", "PIL", "multiprocessing")


def test_the_child_ends_when_its_parent_is_killed(rtsp_server: RtspServer) -> None:
    url = rtsp_server.url("clip.mp4", plays=100)
    with subprocess.Popen([sys.executable, "-c", PARENT, url], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(timeout=10)


def test_the_child_is_small_though_its_frames_are_large(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", size="1920x1080", rate=25, seconds=2, key_every=5)
    with RtspServer(tmp_path) as server:
        arguments = [sys.executable, "-c", PARENT, server.url("clip.mp4", plays=100)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout is not None
            child = psutil.Process(int(parent.stdout.readline()))
            megabytes = child.memory_info().rss / 1e6
            parent.kill()
    assert megabytes < MOST_MEGABYTES


def test_the_child_imports_nothing_heavy() -> None:
    code = "import sys, coopwatch.cameras.stream_child; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {name.partition(".")[0] for name in modules} & set(HEAVY)
