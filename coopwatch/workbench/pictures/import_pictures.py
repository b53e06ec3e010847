"""Labelled pictures in; a data set folder out, where each is stored once under its hash and its label is a row."""

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.vision.picture import read_picture
from coopwatch.workbench.pictures.copying import copy_picture, require_outside
from coopwatch.workbench.pictures.dataset import Picture, Reading, list_pictures, name_labels, recorded_roles
from coopwatch.workbench.pictures.pixels import prepare_each
from coopwatch.workbench.pictures.record import (
    FACTS_FILE,
    RECORD_FILE,
    Facts,
    Row,
    facts_bytes,
    printable,
    read_facts,
    read_rows,
    rows_bytes,
    write_file,
)
from coopwatch.workbench.progress import Progress

PICTURES_FOLDER = "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did."""

    added: tuple[Row, ...]
    total: int  # rows of the data set now
    known: int  # pictures that were there already, or twice among the new ones; their rows stayed as they are
    unreadable: tuple[Path, ...]
    contradictions: Mapping[str, tuple[str, ...]]  # file -> the labels that it has rows of


def import_pictures(folders: Sequence[Path], reading: Reading, out: Path, progress: Progress) -> Imported:
    """Add the pictures of these folders to the data set `out`, which may be new.

    A picture that is known keeps its row, so labels that were corrected since stay corrected. The record is replaced
    last and in one step: whatever fails, the data set is as it was.

    Raises:
        DatasetError: the pictures cannot be read or named, or `out` is something else or cannot be written.
    """
    require_outside(out, folders)
    _require_ours(out)
    pictures = [picture for folder in folders for picture in list_pictures(folder, reading)]
    if not pictures:
        raise DatasetError(
            f"{', '.join(map(str, folders))}: received no picture with a label, expected a folder a label, such as "
            f"{folders[0]}/red_twin; sort the pictures into folders"
        )
    before = read_rows(out / RECORD_FILE) if (out / RECORD_FILE).is_file() else []
    names = {picture.label for picture in pictures} | {row.label for row in before}
    roles = {**recorded_roles((out, *folders), names), **reading.roles}
    name_labels(", ".join(map(str, folders)), names, roles)
    known = {row.sha256 or Path(row.file).stem for row in before}
    fresh = {(one.sha256, one.label): one for one in reversed(pictures) if one.sha256 not in known}
    ordered = sorted(fresh.values(), key=lambda one: (one.label, str(one.taken_at), one.name, one.sha256))
    kept, unreadable = prepare_each(ordered, lambda _, one: _store(one, out), "importing pictures", progress)
    added = tuple(picture.as_row(_file(picture)) for picture in kept)
    rows = [*before, *added]
    if not rows:
        raise DatasetError(f"{', '.join(map(str, folders))}: received no picture that decodes, expected some; add some")
    os.sync()  # the record must not outlive a power cut that its pictures do not
    write_file(out / FACTS_FILE, facts_bytes(Facts(roles=roles, split=read_facts(out).split)))
    write_file(out / RECORD_FILE, rows_bytes(rows))
    return Imported(
        added=added,
        total=len(rows),
        known=len(pictures) - len(ordered),
        unreadable=unreadable,
        contradictions=_contradictions(rows),
    )


def _require_ours(out: Path) -> None:
    """Only what an import made, or began to make, may be there already."""
    if not out.exists():
        return
    names = sorted(path.name for path in out.iterdir()) if out.is_dir() else [out.name]
    strange = [name for name in names if name not in (PICTURES_FOLDER, RECORD_FILE, FACTS_FILE)]
    if strange:
        raise DatasetError(
            f"--out {out}: received a place that holds {printable(strange[0])}, expected a new or an empty folder, or "
            "a data set made by `coopwatch dataset import`; name another"
        )


def _store(picture: Picture, out: Path) -> None:
    """PictureError if it does not decode."""
    read_picture(picture.path)
    target = out / _file(picture)
    if not target.exists():
        copy_picture(picture, target)


def _file(picture: Picture) -> str:
    suffix = picture.path.suffix.lower()
    return f"{PICTURES_FOLDER}/{picture.sha256}{suffix if suffix[1:].isascii() and suffix[1:].isalnum() else ''}"


def _contradictions(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    labels = defaultdict(set)
    for row in rows:
        labels[row.file].add(row.label)
    return {file: tuple(sorted(names)) for file, names in labels.items() if len(names) > 1}
