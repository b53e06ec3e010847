"""Folders of pictures, one folder a label, in; a list of labelled pictures with times and hashes out."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.vision.card import Label, file_hash
from coopwatch.vision.picture_time import time_of_picture
from coopwatch.workbench.roles import make_labels

Part = Literal["train", "validation", "test"]
_PARTS: Mapping[str, Part] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
}
_SIDECARS = {".csv", ".db", ".ini", ".json", ".md", ".txt", ".xml"}  # what programs leave beside pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A labelled picture on disk."""

    path: Path
    label: str
    sha256: str  # of the file's bytes
    taken_at: datetime | None  # UTC; None: neither its name nor its EXIF data tell
    day: date | None  # in the keeper's time zone
    part: Part | None = None  # given by a folder `train`, `validation` or `test`


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Labelled pictures."""

    name: str  # where it lies, for messages
    labels: tuple[Label, ...]
    pictures: tuple[Picture, ...]
    sources: tuple[Path, ...] = ()  # the folders that they came from

    @property
    def hash(self) -> str:
        """The same for the same pictures under the same labels, wherever they lie."""
        rows = sorted(f"{picture.label} {picture.sha256} {picture.part or ''}" for picture in self.pictures)
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    @property
    def counts(self) -> dict[str, int]:
        """Label -> number of pictures."""
        return dict(sorted(Counter(picture.label for picture in self.pictures).items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the folders of a data set become labels."""

    roles: Mapping[str, Role] = field(default_factory=dict)  # label -> role, where its name does not tell it
    merge: Mapping[str, str] = field(default_factory=dict)  # folder -> label, such as egg_1 -> egg
    exclude: frozenset[str] = frozenset()  # labels to leave out
    zone: tzinfo = UTC  # of times in file names, and of days


def read_dataset(folders: Sequence[Path], reading: Reading | None = None, *, test: Sequence[Path] = ()) -> Dataset:
    """List the pictures of each `folder/<label>/`, or `folder/<train|validation|test>/<label>/`; none is decoded yet.

    The pictures of the folders `test` are all of the test part, and those of the others never are.

    Raises:
        DatasetError: no such folder, a label without pictures, fewer than two labels, a name that cannot be a label.
    """
    reading = reading or Reading()
    pictures = [picture for folder in folders for picture in _pictures(folder, reading)]
    if test:
        unseen = [picture for folder in test for picture in _pictures(folder, reading)]
        pictures = [
            *(replace(picture, part="train") for picture in pictures),
            *(replace(picture, part="test") for picture in unseen),
        ]
    sources = (*folders, *test)
    name = ", ".join(map(str, sources))
    names = {picture.label for picture in pictures}
    if len(names) < 2:
        raise DatasetError(
            f"{name}: received {len(names)} label(s){_listed(names)}, expected a folder a label and at least two of "
            f"them, such as {folders[0]}/red_twin and {folders[0]}/empty; sort the pictures into folders"
        )
    try:
        labels = make_labels(names, reading.roles)
    except ValidationError as error:
        received = error.errors()[0]["input"]
        raise DatasetError(
            f"{name}: received a label {received!r}, expected letters, digits, '_', '-' and '.', at most 64; "
            "rename the folder"
        ) from error
    return Dataset(name=name, labels=labels, pictures=tuple(pictures), sources=sources)


def _pictures(folder: Path, reading: Reading) -> list[Picture]:
    if not folder.is_dir():
        raise DatasetError(f"{folder}: received no such folder, expected one with a folder a label; correct the path")
    return [picture for label in _label_folders(folder, reading) for picture in label]


def _label_folders(folder: Path, reading: Reading) -> Iterator[list[Picture]]:
    for place, part in _parts(folder):
        for label_folder in _folders(place):
            label = reading.merge.get(label_folder.name, label_folder.name)
            if label in reading.exclude:
                continue
            files = _files(label_folder)
            if not files:
                raise DatasetError(
                    f"{label_folder}: received no pictures, expected at least one; "
                    f"add some, remove the folder or say --exclude {label}"
                )
            yield [_picture(path, label, part, reading.zone) for path in files]


def _parts(folder: Path) -> list[tuple[Path, Part | None]]:
    folders = _folders(folder)
    if folders and all(inner.name.lower() in _PARTS for inner in folders):
        return [(inner, _PARTS[inner.name.lower()]) for inner in folders]
    return [(folder, None)]


def _folders(folder: Path) -> list[Path]:
    return sorted(inner for inner in folder.iterdir() if inner.is_dir() and not inner.name.startswith("."))


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in _SIDECARS
    )


def _picture(path: Path, label: str, part: Part | None, zone: tzinfo) -> Picture:
    taken_at = time_of_picture(path, zone)
    day = None if taken_at is None else taken_at.astimezone(zone).date()
    return Picture(path=path, label=label, sha256=file_hash(path), taken_at=taken_at, day=day, part=part)


def _listed(names: set[str]) -> str:
    return f" ({', '.join(sorted(names))})" if names else ""
