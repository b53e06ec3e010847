"""A data set that has a record in; every picture that is not as the record says out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from coopwatch.workbench.pictures.dataset import readable_hash
from coopwatch.workbench.pictures.label_folders import picture_files
from coopwatch.workbench.pictures.record import RECORD_FILE, Row, read_rows
from coopwatch.workbench.progress import Progress, track


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One picture that is not as the record says."""

    kind: Literal["lost", "moved", "changed", "twice", "unrecorded"]
    file: Path
    remedy: str


def check_record(folder: Path, progress: Progress) -> list[Fault]:
    """Compare every file with its row: there, exactly once, with the same bytes; and nothing beside them.

    Raises:
        DatasetError: the record itself cannot be read.
    """
    rows = read_rows(folder / RECORD_FILE)
    hashes = {folder / row.file: readable_hash(folder / row.file) for row in track(progress, "comparing", rows)}
    strays = {path: readable_hash(path) for path in picture_files(folder) if path not in hashes}
    return [*_wrong_rows(rows, folder, hashes, strays), *_wrong_files(rows, folder, hashes, strays)]


def _wrong_rows(rows: Sequence[Row], folder: Path, hashes: dict[Path, str], strays: dict[Path, str]) -> Iterator[Fault]:
    elsewhere = {sha256: path for path, sha256 in strays.items()}
    for (name, label), count in Counter((row.file, row.label) for row in rows).items():
        if count > 1:
            remedy = f"delete {count - 1} of its {count} rows as {label}"
            yield Fault(kind="twice", file=folder / name, remedy=remedy)
    for row in rows:
        path = folder / row.file
        if not path.exists():
            if row.sha256 in elsewhere:
                remedy = f"it is now {elsewhere[row.sha256]}: move it back, or edit its row"
                yield Fault(kind="moved", file=path, remedy=remedy)
            else:
                yield Fault(kind="lost", file=path, remedy="put it back, or delete its row")
        elif row.sha256 is not None and hashes[path] != row.sha256:
            yield Fault(kind="changed", file=path, remedy="put the picture back, or empty its cell sha256")


def _wrong_files(
    rows: Sequence[Row], folder: Path, hashes: dict[Path, str], strays: dict[Path, str]
) -> Iterator[Fault]:
    missing = {row.sha256 for row in rows if not (folder / row.file).exists()}
    known = {sha256: path for path, sha256 in hashes.items()}
    for path, sha256 in strays.items():
        if sha256 and sha256 in known:
            yield Fault(kind="twice", file=path, remedy=f"delete it: it is {known[sha256]} again")
        elif sha256 not in missing:
            yield Fault(kind="unrecorded", file=path, remedy="give it a row, or move it away: no command sees it")
