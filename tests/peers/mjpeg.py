"""A motion JPEG camera that hangs up after one client: a real ffmpeg that serves a clip in its own pace."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from imageio_ffmpeg import get_ffmpeg_exe
from peers.rtsp import free_port


@contextmanager
def one_client_mjpeg(clip: Path) -> Iterator[str]:
    """Serve the clip once, to the first who asks; gives the address once it listens."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/cam.mjpg"
    serve = ["-re", "-i", str(clip), "-c:v", "mjpeg", "-f", "mpjpeg", "-listen", "1", url]
    with subprocess.Popen([get_ffmpeg_exe(), "-v", "error", "-nostdin", *serve]) as process:
        watched = psutil.Process(process.pid)
        while not any(found.laddr.port == port for found in watched.net_connections()):
            assert process.poll() is None, "ffmpeg ended before it listened"
        try:
            yield url
        finally:
            process.kill()
