import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from coopwatch.errors import StoreError, UnusableStoreError, UserMustActError
from coopwatch.store.lock import LOCK_FILE, locked

HOLDER = """
import pathlib, sys
from coopwatch.store.lock import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_daemon_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    with locked(tmp_path):
        for _ in range(2):  # a refusal changes nothing
            with pytest.raises(UserMustActError, match=rf"process {os.getpid()}.*end the other one"), locked(tmp_path):
                pass


def test_a_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with locked(tmp_path / "made on demand"):
            pass


def test_a_daemon_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(UserMustActError, match=f"process {holder.pid}"), locked(tmp_path):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait(timeout=10)
        with (
            locked(tmp_path),
            pytest.raises(UserMustActError, match=rf"\(process {os.getpid()}\)"),  # the one before is not named
            locked(tmp_path),
        ):
            pass


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="data folder"), locked(tmp_path / "file" / "data"):
        pass


@pytest.mark.parametrize("put", [Path.mkdir, lambda lock: lock.symlink_to(lock.with_name("precious"))])
def test_what_is_in_the_locks_place_is_neither_followed_nor_emptied(
    tmp_path: Path, put: Callable[[Path], None]
) -> None:
    """A link in the data folder let the daemon overwrite whatever its user may write."""
    (tmp_path / "precious").write_text("mine")
    put(tmp_path / LOCK_FILE)
    with pytest.raises(UnusableStoreError, match="move it away"), locked(tmp_path):
        pass
    assert (tmp_path / "precious").read_text() == "mine"
