"""A running coop's data in; one archive that a new machine can be set up from, without secrets, out."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from coopwatch.errors import StoreError, UnusableStoreError, UserMustActError
from coopwatch.store.faults import DAMAGED, store_faults

MANIFEST = "backup.json"
FORMAT = 1
CONFIG = "coopwatch.yaml"
DATABASE = "data/coopwatch.db"
MAX_PATH, MAX_NAME = 1000, 255
LEFT_OUT = ("album", "lock", "heartbeat", "coopwatch.db", "coopwatch.db-wal", "coopwatch.db-shm")  # or made anew
BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of an archive, as its manifest promises it."""

    path: str  # below the folder that is restored into, with slashes
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What was written."""

    files: int
    size: int  # bytes, before packing


def is_sound_path(path: str) -> bool:
    """Whether a file of an archive may be called so: `coopwatch.yaml`, or a plain path below `data` or `models`."""
    first, *steps = path.split("/")
    if not steps:
        return path == CONFIG
    return (
        first in ("data", "models")
        and len(path) <= MAX_PATH
        and path.isprintable()
        and "\\" not in path
        and all(step not in ("", ".", "..") and len(step.encode()) <= MAX_NAME for step in steps)
    )


def write_backup(
    archive: Path, *, data_dir: Path, model: Path, config: str, made_at: datetime, told: Callable[[str], object]
) -> Archived:
    """Write an archive, whole or not at all. The daemon may go on meanwhile: the database is copied by SQLite itself.

    Args:
        archive: the file to write.
        data_dir: of the coop.
        model: the model folder, with all its versions.
        config: the text of a config fit for the restored folder.
        made_at: stands in the archive.
        told: is called with the path of each file.

    Raises:
        UserMustActError: there is nothing to save, the file exists, or a file has a name that no archive can hold.
        StoreError: disk full, not readable, damaged.
    """
    database = data_dir / Path(DATABASE).name
    if not database.is_file():
        raise UserMustActError(f"received {data_dir} without {database.name}, expected a coop's data; check `data_dir`")
    if archive.exists():
        raise UserMustActError(f"received {archive}, which exists, expected a new file; name another")
    with (
        store_faults(f"backup {archive}"),
        TemporaryDirectory(suffix=".part", dir=archive.absolute().parent) as folder,
    ):
        copy, part = Path(folder) / database.name, Path(folder) / "coop.zip"
        _copy_database(database, copy)
        with ZipFile(part, "w", allowZip64=True) as packed:
            part.chmod(0o600)  # it knows when nobody is at home
            entries = [_add_bytes(packed, CONFIG, config.encode()), _add(packed, DATABASE, copy)]
            for path, file in _named([*_data_files(data_dir), *_model_files(model)]):
                told(path)
                with suppress(FileNotFoundError):  # a photo that grew too old in this moment
                    entries.append(_add(packed, path, file))
            manifest = {"format": FORMAT, "made_at": made_at.isoformat(), "files": [asdict(one) for one in entries]}
            _add_bytes(packed, MANIFEST, json.dumps(manifest, indent=1).encode())
        part.replace(archive)
    return Archived(files=len(entries), size=sum(entry.size for entry in entries))


def _copy_database(database: Path, copy: Path) -> None:
    """SQLite copies page by page and starts over when the daemon writes meanwhile; what comes out is consistent."""
    try:
        with (
            closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            verdict = target.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(
            f"database {database}: it cannot be copied ({error}); try again, or see `coopwatch doctor`"
        ) from error
    if verdict != "ok":  # what could not be restored must not take the place of what can
        raise UnusableStoreError(f"database {database}: {DAMAGED} ({verdict})")


def _named(files: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """The files, if all have names that an archive can hold: what cannot be restored must not seem saved."""
    for path, file in files:
        if not is_sound_path(path):
            raise UserMustActError(
                f"received a file called {str(file)!r}, expected a name of letters that can be printed, at most "
                f"{MAX_NAME} bytes long and without a backslash; rename or remove it"
            )
    return files


def _data_files(data_dir: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(data_dir.rglob("*")):
        inner = file.relative_to(data_dir)
        if (
            file.is_file()
            and not file.is_symlink()
            and inner.parts[0] not in LEFT_OUT
            and not any(step.endswith((".part", ".zip")) for step in inner.parts)
        ):
            yield f"data/{inner.as_posix()}", file


def _model_files(model: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(model.rglob("*")):
        if file.is_file() and not file.is_symlink():
            yield f"models/{model.name}/{file.relative_to(model).as_posix()}", file


def _add(packed: ZipFile, path: str, file: Path) -> Entry:
    info = ZipInfo(path)
    info.compress_type = ZIP_STORED if file.suffix == ".jpg" else ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as source, packed.open(info, "w", force_zip64=True) as target:  # nothing is begun of no file
        while block := source.read(BLOCK):
            target.write(block)
            digest.update(block)
            size += len(block)
    return Entry(path=path, size=size, sha256=digest.hexdigest())


def _add_bytes(packed: ZipFile, path: str, content: bytes) -> Entry:
    packed.writestr(ZipInfo(path), content, ZIP_DEFLATED)
    return Entry(path=path, size=len(content), sha256=hashlib.sha256(content).hexdigest())
