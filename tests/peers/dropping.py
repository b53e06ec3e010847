"""A program that drops a picture into a folder ten times a second, as a camera with FTP does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def dropping(folder: Path, picture: bytes) -> Iterator[None]:
    """Drop pictures until left."""
    ending = threading.Event()

    def drop() -> None:
        number = 0
        while not ending.wait(timeout=0.1):
            (folder / f"cam_{number}.jpg").write_bytes(picture)
            number += 1

    thread = threading.Thread(target=drop)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
