"""An archive of a coop in; a new folder with its config, data and models out. The archive is taken for hostile."""

import errno
import hashlib
import json
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from pydantic import TypeAdapter, ValidationError

from coopwatch.errors import UserMustActError
from coopwatch.store.backup import BLOCK, CONFIG, DATABASE, FORMAT, MANIFEST, Entry, is_sound_path
from coopwatch.store.faults import store_faults
from coopwatch.store.migrate import knows

MAX_FILES = 1_000_000
MAX_MANIFEST = 256 * BLOCK
MAX_SIZE = 10**18  # bytes
RESERVE = 200 * BLOCK  # left free on the disk
_ENCRYPTED = 1  # a bit of an entry's flags
_ENTRIES = TypeAdapter(list[Entry])


def restore_backup(archive: Path, into: Path) -> list[Entry]:
    """Unpack an archive into a folder that does not exist or is empty, whole or not at all; every byte is compared.

    Nothing in the archive names a place: all lands below `into`. Nothing in it is run or unpickled.

    Raises:
        UserMustActError: not a backup, damaged, changed by someone, too large for this disk, or the folder is in use.
        StoreError: disk full, not writable.
    """
    if not archive.is_file():
        raise _refused(archive, "no such file")
    _require_new(into)
    with store_faults(f"folder {into}"):
        try:
            with ZipFile(archive) as packed:
                entries = _read_manifest(packed, archive)
                _require_room(entries, into, archive)
                _unpack(packed, entries, into.resolve(), archive)
        except (BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, UnicodeDecodeError) as error:
            raise _refused(archive, f"a damaged file ({error})") from error
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            raise _refused(archive, "a damaged file (it points before its own beginning)") from error
    return entries


def _require_new(into: Path) -> None:
    if into.exists() and not into.is_dir():
        raise UserMustActError(f"FOLDER: received {into}, which is a file, expected a new folder; name another")
    if into.exists() and any(into.iterdir()):
        raise UserMustActError(f"FOLDER: received {into}, which is not empty, expected a new folder; name another")
    if into.resolve() == Path.cwd():  # it is replaced as a whole: a shell that is in it would see nothing
        raise UserMustActError(f"FOLDER: received {into}, the folder that you are in, expected a new one; name another")


def _read_manifest(packed: ZipFile, archive: Path) -> list[Entry]:
    if any(
        one.flag_bits & _ENCRYPTED or one.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for one in packed.filelist
    ):
        raise _refused(archive, "files encrypted, or packed as no backup is")
    with packed.open(MANIFEST) as file:
        try:
            manifest = json.loads(file.read(MAX_MANIFEST))
            entries = _ENTRIES.validate_python(manifest["files"])
        except (ValueError, TypeError, KeyError, RecursionError, ValidationError) as error:
            raise _refused(archive, "a list of files that cannot be read") from error
    if manifest.get("format") != FORMAT:
        raise _refused(
            archive, f"format {str(manifest.get('format'))[:80]}", expected=f"format {FORMAT}; install a newer version"
        )
    paths = [entry.path for entry in entries]
    for path in paths:
        if not is_sound_path(path):
            raise _refused(archive, f"a file called {path[:80]!r}")
    if len(set(paths)) != len(paths) or len(paths) > MAX_FILES or not {CONFIG, DATABASE} <= set(paths):
        raise _refused(archive, "files twice, too many of them, or no database")
    return entries


def _require_room(entries: list[Entry], into: Path, archive: Path) -> None:
    wanted = sum(entry.size for entry in entries)
    parent = next(folder for folder in into.absolute().parents if folder.exists())
    free = shutil.disk_usage(parent).free
    if any(entry.size < 0 for entry in entries) or wanted + RESERVE > free:
        size = f"{wanted / 1e6:,.0f} MB" if 0 <= wanted < MAX_SIZE else "a size that no disk has"
        raise _refused(archive, size, expected="less than is free on the disk; make room")


def _unpack(packed: ZipFile, entries: list[Entry], into: Path, archive: Path) -> None:
    """Unpack beside `into`, where nothing stands in the way of anything, and move all at once."""
    into.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{into.name}.", suffix=".part", dir=into.parent) as folder:
        part = Path(folder) / "coop"
        part.mkdir(mode=0o700)
        for entry in entries:
            _unpack_one(packed, entry, part, archive)
        _check_database(part / DATABASE, archive)
        part.replace(into)  # in the place of an empty folder, too


def _unpack_one(packed: ZipFile, entry: Entry, folder: Path, archive: Path) -> None:
    target = folder / entry.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(entry.path) as source, target.open("xb") as file:
        target.chmod(0o600)
        if _copy(source, file, entry.size) != entry.sha256:
            raise _refused(archive, f"another {entry.path} than it promises")


def _copy(source: IO[bytes], file: IO[bytes], size: int) -> str | None:
    """The hash of exactly `size` bytes; None if there are fewer or more. What expands without end is not unpacked."""
    digest, left = hashlib.sha256(), size
    while block := source.read(min(BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            return None
        file.write(block)
        digest.update(block)
    return digest.hexdigest() if left == 0 else None


def _check_database(database: Path, archive: Path) -> None:
    """Whole, and nothing in it but tables: a trigger or a view would run when the daemon writes or reads."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            foreign = connection.execute(
                "SELECT type FROM sqlite_master WHERE type NOT IN ('table', 'index')"
            ).fetchall()
            virtual = connection.execute("SELECT 1 FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL%'").fetchall()
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            revisions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.DatabaseError as error:
        raise _refused(archive, f"a damaged database ({error})") from error
    if foreign or virtual or verdict != "ok":
        raise _refused(archive, f"a database with {'a trigger or a view' if foreign or virtual else 'damage'}")
    if len(revisions) != 1:
        raise _refused(archive, "a damaged database (of no version)")
    if not knows(str(revisions[0][0])):
        raise _refused(archive, "a database of a newer coopwatch", expected="one it knows; install a newer version")


def _refused(
    archive: Path, received: str, *, expected: str = "a backup as `coopwatch backup` writes it"
) -> UserMustActError:
    return UserMustActError(f"{archive}: received {received}, expected {expected}")
