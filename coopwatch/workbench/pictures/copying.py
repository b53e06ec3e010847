"""Copies of pictures that are surely the same: a picture and a place in, a checked file there out."""

import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.vision.card import file_hash
from coopwatch.workbench.pictures.dataset import Picture


def copy_picture(picture: Picture, target: Path) -> None:
    """Copy the file, with its times; it appears at `target` whole, or not at all.

    Raises:
        DatasetError: it cannot be read or written, or the copy is not the same.
    """
    fresh = target.with_name(f".{uuid.uuid4().hex}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(picture.path, fresh)
            _require_same(fresh, picture)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(
            f"copying {picture.path} to {target}: received {error.strerror}, expected a readable picture and room to "
            "write; free space or name another place, then copy again"
        ) from error


def _require_same(copy: Path, picture: Picture) -> None:
    if file_hash(copy) != picture.sha256:
        raise DatasetError(
            f"{picture.path}: received a copy with other bytes than the picture had, expected the same; "
            "wait until nothing writes to it and look to the disk's health, then copy again"
        )


def is_occupied(folder: Path) -> bool:
    """Whether there is anything: a file of that name, or a folder that holds something."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def require_outside(out: Path, sources: Sequence[Path], *, option: str = "--out") -> None:
    """Refuse to write into the folders that are read: what is written would be read as pictures next time.

    Raises:
        DatasetError: `out` lies in one of the sources, or is one.
    """
    for source in sources:
        if out.resolve().is_relative_to(source.resolve()):
            raise DatasetError(
                f"{option} {out}: received a place in {source}, which is read, expected one outside it; name another"
            )
