"""A real RTSP server on loopback, the program of the package aio-rtsp-toolkit, which a test can stop and freeze."""

import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

PROGRAM = Path(sys.executable).parent / "rtsp-server"
STREAMS_AT_ONCE = 4  # that one server surely plays: each takes a thread of a pool of the cores and four; the rest wait


class RtspServer:
    """Serves the clips of a folder at `url(name)` while it is entered; keeps its port over stops and starts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._control_port = free_port()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def url(self, name: str, *, plays: int = 1) -> str:
        """The address of a clip that is played `plays` times and then ends."""
        return f"rtsp://127.0.0.1:{self.port}/{name}/play_count_{plays}"

    def start(self) -> None:
        """Start the server; returns when it listens. Another program may take its port first: then it tries others."""
        for _ in range(5):
            if self._listens():
                return
            self.port, self._control_port = free_port(), free_port()
        raise RuntimeError("the RTSP server ended five times before it listened")

    def _listens(self) -> bool:
        arguments = ["-d", self.folder, "-H", "127.0.0.1", "-p", str(self.port), "-cp", str(self._control_port)]
        self._process = subprocess.Popen(
            [PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "RTSP server listening" in line:
                # Whatever it says later must be read, or its pipe fills up and it stands still.
                self._talk = threading.Thread(target=self._process.stdout.read, daemon=True)
                self._talk.start()
                return True
        self._process.stdout.close()
        self._process.wait(timeout=10)
        self._process = None
        return False

    def kill(self) -> None:
        """End the server without a goodbye, frozen or not."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._talk.join()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def freeze(self) -> None:
        """Let the server stand still, its connections open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def free_port() -> int:
    """A port of loopback on which nothing listens now."""
    with socket.socket() as unbound:
        unbound.bind(("127.0.0.1", 0))
        port: int = unbound.getsockname()[1]
    return port
