"""Photos on disk: JPEG bytes in, a path below the data folder out; the name is the hash of the bytes."""

import hashlib
import os
from pathlib import Path

from coopwatch.vision.whole_file import write_whole

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
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, jpeg)
        _sync_folder(file.parent)  # else a power cut may take the name, which an event holds by then
    return path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
