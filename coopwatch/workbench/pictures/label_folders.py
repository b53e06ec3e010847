"""A folder on disk in; the label folders in it, each with its part and its files, out."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.record import Part

_PARTS: Mapping[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
_SIDECARS = {".csv", ".db", ".ini", ".json", ".md", ".npz", ".txt", ".xml"}  # what programs leave beside pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFolder:
    """A folder whose name is a label."""

    path: Path
    part: Part | None  # given by a folder `train`, `validation` or `test` around it


def label_folders(folder: Path) -> Iterator[LabelFolder]:
    """Each `folder/<label>/`, or `folder/<train|validation|test>/<label>/`, by name.

    Raises:
        DatasetError: no such folder, not readable, or a link that leads round in a ring.
    """
    if not folder.is_dir():
        received = "a file" if folder.exists() else "no such folder"
        raise DatasetError(f"{folder}: received {received}, expected a folder with a folder a label; correct the path")
    for place, part in _parts(folder):
        for inner in _folders(place):
            if place.resolve().is_relative_to(inner.resolve()):
                raise DatasetError(
                    f"{inner}: received a link to a folder that it lies in, expected pictures; remove the link"
                )
            yield LabelFolder(path=inner, part=part)


def picture_files(folder: Path) -> list[Path]:
    """The files below a folder that are meant as pictures, by name; links to files count, links to folders do not.

    A link that leads nowhere is listed too: whoever reads it can name it.

    Raises:
        DatasetError: a folder is not readable.
    """
    files = [Path(place) / name for place, _, names in os.walk(folder, onerror=_refuse) for name in names]
    return sorted(path for path in files if _is_meant(path))


def _is_meant(path: Path) -> bool:
    if path.name.startswith(".") or path.suffix.lower() in _SIDECARS:
        return False
    return path.is_file() or (path.is_symlink() and not path.exists())  # no pipes and no devices: reading them hangs


def _parts(folder: Path) -> list[tuple[Path, Part | None]]:
    folders = _folders(folder)
    if folders and all(inner.name.lower() in _PARTS for inner in folders):
        return [(inner, _PARTS[inner.name.lower()]) for inner in folders]
    return [(folder, None)]


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(inner for inner in folder.iterdir() if inner.is_dir() and not inner.name.startswith("."))
    except OSError as error:
        _refuse(error)
        raise


def _refuse(error: OSError) -> None:
    raise DatasetError(
        f"{error.filename}: received {error.strerror}, expected a readable folder; change its rights or move it away"
    ) from error
