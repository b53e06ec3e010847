"""What a disk or a database says becomes a word that says what to do, and whether a new start may mend it."""

import errno
import os
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from coopwatch.errors import StoreError, UnusableStoreError
from coopwatch.store.faults import store_faults


def of_sqlite(code: int) -> OperationalError:
    said = sqlite3.OperationalError("it said so")
    said.sqlite_errorcode = code
    return OperationalError("INSERT", {}, said)


def of_system(code: int) -> OSError:
    return OSError(code, os.strerror(code))


@pytest.mark.parametrize(
    ("fault", "word", "kind"),
    [
        (of_sqlite(sqlite3.SQLITE_FULL), "disk is full", StoreError),
        (of_sqlite(sqlite3.SQLITE_IOERR_WRITE), "disk gives errors", StoreError),  # a code with more in its high byte
        (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), "another program holds it", StoreError),
        (of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), "not writable", UnusableStoreError),
        (of_sqlite(sqlite3.SQLITE_CORRUPT_INDEX), "restore a backup", UnusableStoreError),
        (of_sqlite(sqlite3.SQLITE_ERROR), "coopwatch doctor", StoreError),
        (OperationalError("INSERT", {}, Exception("gone")), "check that its server runs", StoreError),
        (of_system(errno.ENOSPC), "disk is full", StoreError),
        (of_system(errno.EDQUOT), "disk is full", StoreError),
        (of_system(errno.EROFS), "not writable", UnusableStoreError),
        (of_system(errno.ENOENT), "choose another folder", UnusableStoreError),
        (of_system(errno.EMFILE), "check the folder", StoreError),
        (OSError("no number"), "no number", StoreError),
    ],
)
def test_a_fault_says_what_to_do(fault: Exception, word: str, kind: type[StoreError]) -> None:
    with pytest.raises(StoreError, match=f"^the store: .*{word}") as raised, store_faults("the store"):
        raise fault
    assert type(raised.value) is kind
    assert raised.value.__cause__ is fault
