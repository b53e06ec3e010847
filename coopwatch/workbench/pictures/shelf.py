"""A data set folder that grows: pictures and their rows in; each stored once under its hash, and a record, out."""

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.vision.picture import read_picture
from coopwatch.vision.whole_file import is_unfinished
from coopwatch.workbench.pictures.copying import copy_picture
from coopwatch.workbench.pictures.dataset import Picture
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

PICTURES_FOLDER = "pictures"
CACHE_FOLDER = ".cache"  # what can be computed anew; no label


class Shelf:
    """A folder that `coopwatch dataset import` or `coopwatch label` makes, or goes on with.

    Raises:
        DatasetError: there is something else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        _require_ours(folder)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the folder and hold it: of two who read the record and replace it, the second undoes the first.

        The system lets go of it when the process ends, however it ends.

        Raises:
            DatasetError: another holds it, or it cannot be written.
        """
        descriptor = _opened(self.folder)
        try:
            _hold(descriptor, self.folder)
            yield
        finally:
            os.close(descriptor)

    def rows(self) -> list[Row]:
        """What the record holds; nothing where there is none yet. Raises as `read_rows`."""
        record = self.folder / RECORD_FILE
        return read_rows(record) if record.is_file() else []

    def store(self, picture: Picture) -> Row:
        """Copy the picture, unless it is there; the row that calls it by its label.

        Raises:
            PictureError: it does not decode.
            DatasetError: it cannot be copied.
        """
        read_picture(picture.path)
        row = picture.as_row(_file(picture))
        target = self.folder / row.file
        if not target.exists():
            copy_picture(picture, target)
        return row

    def remove(self, files: Iterable[str]) -> None:
        """Remove pictures that no row of the record names any more; none that lies elsewhere than `store` puts it.

        Raises:
            DatasetError: one cannot be removed.
        """
        for file in files:
            if Path(file).parent == Path(PICTURES_FOLDER):
                _remove(self.folder / file)

    def write(self, rows: Sequence[Row], roles: Mapping[str, Role]) -> None:
        """Replace the record, last and in one step: whatever fails, the data set is as it was. No rows: no record.

        Raises:
            DatasetError: it cannot be written.
        """
        os.sync()  # the record must not outlive a power cut that its pictures do not
        write_file(self.folder / FACTS_FILE, facts_bytes(Facts(roles=roles, split=read_facts(self.folder).split)))
        if rows:
            write_file(self.folder / RECORD_FILE, rows_bytes(rows))
        else:
            _remove(self.folder / RECORD_FILE)


def _opened(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, "a folder that can only be read")
        return os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise DatasetError(
            f"--out {folder}: received {error.strerror}, expected a folder that can be written; name another"
        ) from error


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise DatasetError(
            f"{file}: received {error.strerror}, expected a folder that can be written; make it so"
        ) from error


def _hold(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise DatasetError(
            f"--out {folder}: received a data set that another coopwatch writes to, expected to write alone; "
            "end the other one, or go on in its page"
        ) from error


def _require_ours(folder: Path) -> None:
    if not folder.exists():
        return
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else [folder.name]
    ours = (PICTURES_FOLDER, RECORD_FILE, FACTS_FILE, CACHE_FOLDER)
    strange = [name for name in names if name not in ours and not is_unfinished(name)]
    if strange:
        raise DatasetError(
            f"--out {folder}: received a place that holds {printable(strange[0])}, expected a new or an empty folder, "
            "or a data set made by `coopwatch dataset import` or `coopwatch label`; name another"
        )


def _file(picture: Picture) -> str:
    suffix = picture.path.suffix.lower()
    return f"{PICTURES_FOLDER}/{picture.sha256}{suffix if suffix[1:].isascii() and suffix[1:].isalnum() else ''}"
