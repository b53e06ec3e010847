"""A real PostgreSQL server of its own, on a socket in a folder of its own, gone when the tests are over."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DEBIAN = Path("/usr/lib/postgresql")


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty database; the test is skipped where PostgreSQL or its driver is missing."""
    pytest.importorskip("psycopg", reason="the PostgreSQL driver psycopg is not installed")
    programs = _programs()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="coopwatch-postgres-"))
    shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        # The server writes to a file: it outlives this program and would keep a pipe open.
        with (folder / "log").open("ab") as log:
            subprocess.run([programs / program, *arguments], check=True, stdout=log, stderr=log, user=user, cwd=folder)

    try:
        run("initdb", "-D", str(data), "-U", "coop", "--no-sync", "--auth=trust", "--encoding=UTF8")
        run("pg_ctl", "-D", str(data), "-w", "-o", f"-k {folder} -c listen_addresses= -c fsync=off", "start")
        try:
            yield f"postgresql+psycopg://coop@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(DEBIAN.glob("*/bin"))
    if not folders:
        pytest.skip("PostgreSQL is not installed")
    return folders[-1]


def _user() -> str | int:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return os.getuid()
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.skip("PostgreSQL refuses to run as root, and there is no user postgres")
