"""One daemon a data folder: two would send every message twice."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coopwatch.errors import UserMustActError
from coopwatch.store.faults import store_faults

LOCK_FILE = "lock"


@contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the data folder; the system lets go of it when the process ends, however it ends.

    Raises:
        UserMustActError: another daemon holds it.
        StoreError: the folder cannot be used.
    """
    path = data_dir / LOCK_FILE
    with store_faults(f"data folder {data_dir}"):
        data_dir.mkdir(parents=True, exist_ok=True)
        # A link in its place is not followed: the file is emptied.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise UserMustActError(
                f"{data_dir}: received a folder that another coopwatch uses (process {holder}), "
                "expected one for itself; end the other one, or give this one a `data_dir` of its own"
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
