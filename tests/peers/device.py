"""A device that gives pictures for as long as somebody reads: a pipe with a name, which a thread fills."""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

PAUSE_SECONDS = 0.001


@contextlib.contextmanager
def device(path: Path, jpeg: bytes) -> Iterator[str]:
    """Make the device; each that opens it gets the picture again and again."""
    os.mkfifo(path)
    closing = threading.Event()
    thread = threading.Thread(target=_serve, args=(path, jpeg, closing))
    thread.start()
    try:
        yield str(path)
    finally:
        closing.set()
        thread.join()


def _serve(path: Path, jpeg: bytes, closing: threading.Event) -> None:
    while not closing.wait(PAUSE_SECONDS):
        with contextlib.suppress(OSError):  # nobody reads, or no longer
            _fill(path, jpeg, closing)


def _fill(path: Path, jpeg: bytes, closing: threading.Event) -> None:
    pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    try:
        while not closing.wait(PAUSE_SECONDS):
            with contextlib.suppress(BlockingIOError):  # the reader is slow: this picture is lost, as a device's is
                os.write(pipe, jpeg)
    finally:
        os.close(pipe)
