"""What a disk or database says in, a `StoreError` that says what to do out."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from coopwatch.errors import StoreError, UnusableStoreError

_FULL = "the disk is full; free some space"
_NOT_WRITABLE = "not writable; make the folder and its files belong to the user of coopwatch"
DAMAGED = "damaged; restore a backup, or move its files away to begin anew"

_CANNOT_BE_OPENED = "it cannot be opened; check that its folder exists and belongs to the user of coopwatch"
_NO_FOLDER = "a file is in its place or above it; choose another folder"
_IN_PLACE = "a folder or a link is in the place of a file; move it away"
_NO_PLACE = "there is no such place, and it cannot be made; choose another folder"

_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: _CANNOT_BE_OPENED,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_BUSY: "another program holds it; end that program",
    sqlite3.SQLITE_LOCKED: "another program holds it; end that program",
    sqlite3.SQLITE_IOERR: "the disk gives errors; check that it has space and is sound",
}

_SYSTEM = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _NOT_WRITABLE,
    errno.EPERM: _NOT_WRITABLE,
    errno.EROFS: _NOT_WRITABLE,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EEXIST: _NO_FOLDER,
    errno.ENOENT: _NO_PLACE,
    errno.ENAMETOOLONG: _NO_PLACE,
    errno.ELOOP: _IN_PLACE,
    errno.EISDIR: _IN_PLACE,
    errno.EIO: "the disk gives errors; check that it is sound",
}

# What no new start mends. All else may pass: a disk is freed, another program ends, a server comes back.
_MUST_ACT = frozenset((_NOT_WRITABLE, _CANNOT_BE_OPENED, _NO_FOLDER, _NO_PLACE, _IN_PLACE, DAMAGED))


@contextmanager
def store_faults(what: str) -> Iterator[None]:
    """Turn what a disk or database says about `what` into a `StoreError`."""
    try:
        yield
    except DBAPIError as error:
        raise _fault(what, _remedy(error), str(error.orig)) from error
    except OSError as error:
        remedy = _SYSTEM.get(error.errno or 0, "it cannot be used; check the folder")
        raise _fault(what, remedy, error.strerror or str(error)) from error


def _fault(what: str, remedy: str, said: str) -> StoreError:
    kind = UnusableStoreError if remedy in _MUST_ACT else StoreError
    return kind(f"{what}: {remedy} ({said})")


def _remedy(error: DBAPIError) -> str:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None:
        return "the database does not answer as it should; check that its server runs"
    return _SQLITE.get(code & 0xFF, "it cannot be used; run `coopwatch doctor`")  # the low byte is the kind of fault
