"""A data set and a rule in; a checked copy of all its pictures as train/, validation/ and test/ out."""

import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.check_record import check_record
from coopwatch.workbench.pictures.copying import copy_picture, is_occupied, require_outside
from coopwatch.workbench.pictures.dataset import Dataset, Picture
from coopwatch.workbench.pictures.record import (
    FACTS_FILE,
    RECORD_FILE,
    Facts,
    Part,
    Row,
    facts_bytes,
    read_rows,
    rows_bytes,
    write_file,
)
from coopwatch.workbench.pictures.split import Split, SplitRule, split_pictures
from coopwatch.workbench.progress import Progress, track

Placed = tuple[Picture, Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSplit:
    """What was divided, and where it lies."""

    split: Split
    rows: tuple[Row, ...]
    left_out: tuple[Path, ...]  # could not be opened
    was_there: bool  # an earlier run had made the very same


def write_split(dataset: Dataset, rule: SplitRule, out: Path, progress: Progress) -> WrittenSplit:
    """Copy each picture to `out/<part>/<label>/` and check the copies; `out` appears whole or not at all.

    Where `out` holds the same split already, it is checked and left as it is.

    Raises:
        DatasetError: the rule does not fit, `out` holds anything else or is damaged, or it cannot be written.
    """
    out = out.absolute()
    require_outside(out, dataset.sources)
    pictures = [picture for picture in dataset.pictures if picture.sha256]
    left_out = tuple(picture.path for picture in dataset.pictures if not picture.sha256)
    split = split_pictures(pictures, rule)
    placed = list(_placed(split))
    facts = Facts(
        roles={label.name: label.role for label in dataset.labels},
        split={"method": split.method, "seed": rule.seed, "notes": list(split.notes)},
    )
    record = rows_bytes(row for _, row in placed)
    was_there = is_occupied(out)
    if was_there:
        _require_same(out, record, progress)
    else:
        _write(placed, out, {FACTS_FILE: facts_bytes(facts), RECORD_FILE: record}, progress)
    return WrittenSplit(split=split, rows=tuple(row for _, row in placed), left_out=left_out, was_there=was_there)


def _placed(split: Split) -> Iterator[Placed]:
    """Each picture with its row; names that would meet are told apart by the picture's hash, then by a number."""
    parts: tuple[tuple[Part, Sequence[Picture]], ...] = (
        ("train", split.train),
        ("validation", split.validation),
        ("test", split.test),
    )
    for part, pictures in parts:
        taken: set[str] = set()
        for picture in sorted(pictures, key=lambda one: (one.label, one.name, one.sha256, str(one.path))):
            file = next(name for name in _names(part, picture) if name.casefold() not in taken)
            taken.add(file.casefold())
            yield picture, replace(picture, part=part).as_row(file)


def _names(part: Part, picture: Picture) -> Iterator[str]:
    folder = PurePosixPath(part, picture.label)
    called = PurePosixPath(picture.name.lstrip("."))
    stem, suffix = called.stem.lstrip("."), called.suffix
    yield str(folder / f"{stem}{suffix}")
    yield str(folder / f"{stem}-{picture.sha256[:8]}{suffix}")
    number = 2
    while True:
        yield str(folder / f"{stem}-{picture.sha256[:8]}-{number}{suffix}")
        number += 1


def _require_same(out: Path, record: bytes, progress: Progress) -> None:
    there = out / RECORD_FILE
    if not there.is_file() or there.read_bytes() != record:
        raise DatasetError(
            f"--out {out}: received a place that already holds something else, expected an empty or a new folder, or "
            "the same split made earlier; name another"
        )
    _require_true(out, progress)


def _write(placed: Sequence[Placed], out: Path, files: dict[str, bytes], progress: Progress) -> None:
    """Build everything in a folder beside, so that what carries the name `out` is always whole."""
    unfinished = out.with_name(f"{out.name}.unfinished-{uuid.uuid4().hex[:8]}")
    try:
        unfinished.mkdir(parents=True)
        for picture, row in track(progress, "copying", placed):
            copy_picture(picture, unfinished / row.file)
        for name, data in files.items():
            write_file(unfinished / name, data)
        _require_true(unfinished, progress)
        _require_each_once([picture for picture, _ in placed], unfinished)
        os.sync()  # the name `out` must not outlive a power cut that its pictures do not
        unfinished.rename(out)
    except OSError as error:
        raise DatasetError(
            f"--out {out}: received {error.strerror}, expected a place with room to write; free space or name another"
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _require_true(folder: Path, progress: Progress) -> None:
    faults = check_record(folder, progress)
    if faults:
        raise DatasetError(
            f"{faults[0].file}: received a file that is {faults[0].kind} ({len(faults)} in all), expected what "
            f"{RECORD_FILE} says; {faults[0].remedy}, or remove {folder} and divide again"
        )


def _require_each_once(pictures: Sequence[Picture], folder: Path) -> None:
    copied = Counter(row.sha256 for row in read_rows(folder / RECORD_FILE))
    wanted = Counter(picture.sha256 for picture in pictures)
    if copied != wanted:
        raise DatasetError(
            f"{folder}: received {copied.total()} copies of {wanted.total()} pictures, expected each picture exactly "
            "once; wait until nothing writes to the pictures, then divide again"
        )
