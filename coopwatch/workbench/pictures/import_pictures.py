"""Labelled pictures in; a data set folder out, where each is stored once under its hash and its label is a row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.copying import require_outside
from coopwatch.workbench.pictures.dataset import Picture, Reading, list_pictures, name_labels, recorded_roles
from coopwatch.workbench.pictures.pixels import prepare_each
from coopwatch.workbench.pictures.record import Row
from coopwatch.workbench.pictures.shelf import Shelf
from coopwatch.workbench.progress import Progress


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
    shelf = Shelf(out)
    pictures = [picture for folder in folders for picture in list_pictures(folder, reading)]
    if not pictures:
        raise DatasetError(
            f"{', '.join(map(str, folders))}: received no picture with a label, expected a folder a label, such as "
            f"{folders[0]}/red_twin; sort the pictures into folders"
        )
    with shelf.alone():
        return _bring_in(pictures, shelf, folders, reading, progress)


def _bring_in(
    pictures: Sequence[Picture], shelf: Shelf, folders: Sequence[Path], reading: Reading, progress: Progress
) -> Imported:
    before = shelf.rows()
    names = {picture.label for picture in pictures} | {row.label for row in before}
    roles = {**recorded_roles((shelf.folder, *folders), names), **reading.roles}
    name_labels(", ".join(map(str, folders)), names, roles)
    known = {row.sha256 or Path(row.file).stem for row in before}
    fresh = {(one.sha256, one.label): one for one in reversed(pictures) if one.sha256 not in known}
    ordered = sorted(fresh.values(), key=lambda one: (one.label, str(one.taken_at), one.name, one.sha256))
    added: list[Row] = []

    def store(_: int, picture: Picture) -> None:
        added.append(shelf.store(picture))

    _, unreadable = prepare_each(ordered, store, "importing pictures", progress)
    rows = [*before, *added]
    if not rows:
        raise DatasetError(f"{', '.join(map(str, folders))}: received no picture that decodes, expected some; add some")
    shelf.write(rows, roles)
    return Imported(
        added=tuple(added),
        total=len(rows),
        known=len(pictures) - len(ordered),
        unreadable=unreadable,
        contradictions=_contradictions(rows),
    )


def _contradictions(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    labels = defaultdict(set)
    for row in rows:
        labels[row.file].add(row.label)
    return {file: tuple(sorted(names)) for file, names in labels.items() if len(names) > 1}
