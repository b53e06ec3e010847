"""Photos on disk: JPEG bytes in, a path below the data folder out; the name is the hash of the bytes."""

import hashlib
import os
from pathlib import Path

FOLDER = "photos"
LETTERS = 20  # of the hash: 80 bits never meet by chance, and a path of this length can be read


def write_photo(data_dir: Path, jpeg: bytes) -> str:
    """Write a photo, whole or not at all; the same bytes are written once. Returns its path below `data_dir`.

    Raises:
        OSError: disk full, not writable.
    """
    name = hashlib.sha256(jpeg).hexdigest()[:LETTERS]
    path = f"{FOLDER}/{name[:2]}/{name}.jpg"
    file = data_dir / path
    if file.exists():
        return path
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    try:
        with part.open("wb") as stream:
            stream.write(jpeg)
            stream.flush()
            os.fsync(stream.fileno())  # else a power cut may leave the name without the bytes
        part.replace(file)
        _sync_folder(file.parent)  # else a power cut may take the name, which an event holds by then
    except OSError:
        part.unlink(missing_ok=True)
        raise
    return path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
