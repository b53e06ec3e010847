"""An archive of a coop in; a new folder with its config, data and models out. The archive is taken for hostile."""

import hashlib
import json
import re
import shutil
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from pydantic import TypeAdapter, ValidationError

from coopwatch.errors import UserMustActError
from coopwatch.store.backup import BLOCK, CONFIG, DATABASE, FORMAT, MANIFEST, Entry
from coopwatch.store.faults import store_faults

MAX_FILES = 1_000_000
MAX_MANIFEST = 256 * BLOCK
RESERVE = 200 * BLOCK  # left free on the disk
_PATH = re.compile(r"(coopwatch\.yaml|(data|models)(/[A-Za-z0-9_][A-Za-z0-9_.+-]{0,200}){1,6})")
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
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise UserMustActError(f"received {into}, which is not empty, expected a new folder; name another")
    part = into.with_name(into.name + ".part")
    with store_faults(f"folder {into}"):
        try:
            with ZipFile(archive) as packed:
                entries = _read_manifest(packed, archive)
                _require_room(entries, into, archive)
                part.mkdir(mode=0o700, parents=True)
                for entry in entries:
                    _unpack(packed, entry, part, archive)
            _check_database(part / DATABASE, archive)
            part.replace(into)  # also an empty folder
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError) as error:
            raise _refused(archive, f"a damaged file ({error})") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return entries


def _read_manifest(packed: ZipFile, archive: Path) -> list[Entry]:
    with packed.open(MANIFEST) as file:
        try:
            manifest = json.loads(file.read(MAX_MANIFEST))
            entries = _ENTRIES.validate_python(manifest["files"])
        except (ValueError, TypeError, KeyError, RecursionError, ValidationError) as error:
            raise _refused(archive, "a list of files that cannot be read") from error
    if manifest.get("format") != FORMAT:
        raise _refused(
            archive, f"format {manifest.get('format')}", expected=f"format {FORMAT}; install a newer version"
        )
    paths = [entry.path for entry in entries]
    for path in paths:
        if not _PATH.fullmatch(path):
            raise _refused(archive, f"a file called {path[:80]!r}")
    if len(set(paths)) != len(paths) or len(paths) > MAX_FILES or not {CONFIG, DATABASE} <= set(paths):
        raise _refused(archive, "files twice, too many of them, or no database")
    return entries


def _require_room(entries: list[Entry], into: Path, archive: Path) -> None:
    wanted = sum(entry.size for entry in entries)
    parent = next(folder for folder in into.absolute().parents if folder.exists())
    if any(entry.size < 0 for entry in entries) or wanted + RESERVE > shutil.disk_usage(parent).free:
        raise _refused(archive, f"{wanted / 1e6:.0f} MB", expected="less than is free on the disk; make room")


def _unpack(packed: ZipFile, entry: Entry, folder: Path, archive: Path) -> None:
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
    except sqlite3.DatabaseError as error:
        raise _refused(archive, f"a damaged database ({error})") from error
    if foreign or virtual or verdict != "ok":
        raise _refused(archive, f"a database with {'a trigger or a view' if foreign or virtual else 'damage'}")


def _refused(
    archive: Path, received: str, *, expected: str = "a backup as `coopwatch backup` writes it"
) -> UserMustActError:
    return UserMustActError(f"{archive}: received {received}, expected {expected}")
