"""Folders of pictures, a folder a label or a table of labels, in; labelled pictures with times and hashes out."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

from pydantic import ValidationError

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.vision.card import Label, file_hash
from coopwatch.vision.picture_time import time_of_picture
from coopwatch.workbench.pictures.label_folders import label_folders, picture_files
from coopwatch.workbench.pictures.record import RECORD_FILE, Origin, Part, Row, printable, read_facts, read_rows
from coopwatch.workbench.pictures.roles import make_labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A labelled picture on disk."""

    path: Path
    label: str
    sha256: str  # of the file's bytes; empty where it cannot be read
    taken_at: datetime | None  # UTC; None: neither the record, its name nor its EXIF data tell
    day: date | None  # in the keeper's time zone
    part: Part | None = None  # given by a folder `train`, `validation` or `test`, or by the record
    origin: Origin = "human"  # who gave the label; what a model labelled is only ever learnt from
    probability: float | None = None  # how sure the model was
    name: str = ""  # what it was called where it came from: its folder and its file, in letters any terminal shows

    def as_row(self, file: str) -> Row:
        """The row of a record that calls the picture's file `file`."""
        return Row(
            file=file,
            label=self.label,
            part=self.part,
            taken_at=self.taken_at,
            origin=self.origin,
            probability=self.probability,
            name=self.name,
            sha256=self.sha256,
        )


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
        rows = sorted(
            f"{picture.label} {picture.sha256} {picture.part or ''}{'' if picture.origin == 'human' else ' pseudo'}"
            for picture in self.pictures
        )
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


def read_dataset(
    folders: Sequence[Path], reading: Reading | None = None, *, test: Sequence[Path] = (), fewest: int = 2
) -> Dataset:
    """List the pictures of each folder, as `list_pictures` does; none is decoded yet.

    The pictures of the folders `test` are all of the test part, and those of the others never are.

    Raises:
        DatasetError: as `list_pictures`; fewer than `fewest` labels; a name that cannot be a label; nothing to test on,
            or pictures that a model labelled.
    """
    reading = reading or Reading()
    pictures = [picture for folder in folders for picture in list_pictures(folder, reading)]
    if test:
        pictures = [*(replace(picture, part="train") for picture in pictures), *_to_test_on(test, reading)]
    sources = (*folders, *test)
    name = ", ".join(map(str, sources))
    _require_human_tests(pictures)
    names = {picture.label for picture in pictures}
    if len(names) < fewest:
        raise DatasetError(
            f"{name}: received {len(names)} label(s){_listed(names)}, expected a folder a label and at least two of "
            f"them, such as {folders[0]}/red_twin and {folders[0]}/empty; sort the pictures into folders"
        )
    labels = name_labels(name, names, {**recorded_roles(sources, names), **reading.roles})
    return Dataset(name=name, labels=labels, pictures=tuple(pictures), sources=sources)


def list_pictures(folder: Path, reading: Reading) -> list[Picture]:
    """The pictures of `folder/<label>/`, of `folder/<train|validation|test>/<label>/`, or of its `labels.csv`.

    `folder` may also be such a table itself.

    Raises:
        DatasetError: no such folder, not readable, a label without pictures, or a record that is not true.
    """
    if (record := _record_of(folder)).is_file():
        pictures = [_from_row(record, row, reading) for row in read_rows(record)]
        return [picture for picture in pictures if picture.label not in reading.exclude]
    return _from_folders(folder, reading)


def list_names(folder: Path) -> set[str]:
    """What the folder's inner folders, or the rows of its table, call their labels; raises as `list_pictures`."""
    if (record := _record_of(folder)).is_file():
        return {row.label for row in read_rows(record)}
    return {inner.path.name for inner in label_folders(folder)}


def picture_at(path: Path, label: str, *, zone: tzinfo, part: Part | None = None) -> Picture:
    """One file as a labelled picture; its time is read from its name or its EXIF data."""
    taken_at = time_of_picture(path, zone)
    day = None if taken_at is None else taken_at.astimezone(zone).date()
    name = printable(f"{path.parent.name}/{path.name}")
    return Picture(path=path, label=label, sha256=readable_hash(path), taken_at=taken_at, day=day, part=part, name=name)


def readable_hash(path: Path) -> str:
    """The sha256 of the file's bytes; empty where it cannot be read: whoever decodes it names it and sets it aside."""
    try:
        return file_hash(path)
    except OSError:
        return ""


def recorded_roles(folders: Sequence[Path], names: set[str]) -> dict[str, Role]:
    """The roles of these labels that the folders' `dataset.json` give."""
    places = [folder if folder.is_dir() else folder.parent for folder in folders]
    recorded = {label: role for place in places for label, role in read_facts(place).roles.items()}
    return {label: role for label, role in recorded.items() if label in names}


def name_labels(name: str, names: set[str], roles: Mapping[str, Role]) -> tuple[Label, ...]:
    """The labels of these names with their roles; `name` says where they come from.

    Raises:
        DatasetError: a name that cannot be a label, or roles that do not fit.
    """
    try:
        return make_labels(names, roles)
    except ValidationError as error:
        received = error.errors()[0]["input"]
        raise DatasetError(
            f"{name}: received a label {received!r}, expected letters from a to z, digits, '_', '-' and '.', "
            f"at most 64; rename the folder, or say --merge {str(received)!r}=NAME"
        ) from error


def _to_test_on(folders: Sequence[Path], reading: Reading) -> list[Picture]:
    pictures = [replace(picture, part="test") for folder in folders for picture in list_pictures(folder, reading)]
    if not pictures:
        raise DatasetError(
            f"--test {', '.join(map(str, folders))}: received no picture with a label, expected a folder a label; "
            "name the folder that the labels' folders lie in"
        )
    return pictures


def _record_of(folder: Path) -> Path:
    return folder if folder.suffix.lower() == ".csv" else folder / RECORD_FILE


def _from_folders(folder: Path, reading: Reading) -> list[Picture]:
    pictures = []
    for inner in label_folders(folder):
        label = reading.merge.get(inner.path.name, inner.path.name)
        if label in reading.exclude:
            continue
        files = picture_files(inner.path)
        if not files:
            raise DatasetError(
                f"{inner.path}: received no pictures, expected at least one; "
                f"add some, remove the folder or say --exclude {label}"
            )
        pictures += [picture_at(path, label, zone=reading.zone, part=inner.part) for path in files]
    return pictures


def _from_row(record: Path, row: Row, reading: Reading) -> Picture:
    path = record.parent / row.file
    if not path.exists():
        raise DatasetError(
            f"{record}: received the row of {row.file}, which is not there, expected its picture; put it back or "
            f"delete the row; `coopwatch dataset verify {record.parent}` names all that is wrong"
        )
    label = reading.merge.get(row.label, row.label)
    picture = picture_at(path, label, zone=reading.zone, part=row.part)
    picture = replace(picture, origin=row.origin, probability=row.probability, name=printable(row.name) or picture.name)
    if row.sha256 and picture.sha256 and row.sha256 != picture.sha256:
        raise DatasetError(
            f"{path}: received another picture than the one that {record.name} knows, expected the same bytes; put it "
            f"back or empty the cell sha256; `coopwatch dataset verify {record.parent}` names all that is wrong"
        )
    if row.taken_at is None:
        return picture
    at = row.taken_at if row.taken_at.tzinfo else row.taken_at.replace(tzinfo=reading.zone)
    return replace(picture, taken_at=at.astimezone(UTC), day=at.astimezone(reading.zone).date())


def _require_human_tests(pictures: Sequence[Picture]) -> None:
    for picture in pictures:
        if picture.origin == "pseudo" and picture.part in ("validation", "test"):
            raise DatasetError(
                f"{picture.path}: received a label given by a model in the {picture.part} part, expected labels given "
                "by people there; name its table among the pictures to learn from"
            )


def _listed(names: set[str]) -> str:
    return f" ({', '.join(sorted(names))})" if names else ""
