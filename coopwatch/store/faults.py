"""What a disk or database says in, a `StoreError` that says what to do out."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from coopwatch.errors import StoreError

_FULL = "the disk is full; free some space"
_NOT_WRITABLE = "not writable; make the folder and its files belong to the user of coopwatch"
DAMAGED = "damaged; restore a backup, or move its files away to begin anew"

_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _NOT_WRITABLE,
    sqlite3.SQLITE_PERM: _NOT_WRITABLE,
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that its folder exists and belongs to the user of coopwatch",
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
    errno.EIO: "the disk gives errors; check that it is sound",
}


@contextmanager
def store_faults(what: str) -> Iterator[None]:
    """Turn what a disk or database says about `what` into a `StoreError`."""
    try:
        yield
    except DBAPIError as error:
        raise StoreError(f"{what}: {_remedy(error)} ({error.orig})") from error
    except OSError as error:
        remedy = _SYSTEM.get(error.errno or 0, "it cannot be used; check the folder")
        raise StoreError(f"{what}: {remedy} ({error.strerror or error})") from error


def _remedy(error: DBAPIError) -> str:
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is None:
        return "the database does not answer as it should; check that its server runs"
    return _SQLITE.get(code & 0xFF, "it cannot be used; run `coopwatch doctor`")  # the low byte is the kind of fault
