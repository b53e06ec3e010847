"""Bytes in; a file on disk that is there whole or not at all, out."""

import os
import re
import uuid
from pathlib import Path

_UNFINISHED = re.compile(r"\.[0-9a-f]{32}\.part")


def is_unfinished(name: str) -> bool:
    """Whether a file is what a killed `write_whole` left."""
    return _UNFINISHED.fullmatch(name) is not None


def write_whole(path: Path, data: bytes) -> None:
    """Write the file; what was there before stays until all of it is on the disk.

    Raises:
        OSError: it cannot be written; what was there is as it was.
    """
    fresh = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with fresh.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the name without the bytes
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
