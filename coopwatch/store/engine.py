"""A database URL in, an engine out; the only place that knows what SQLite needs."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text

BUSY_SECONDS = 5  # another program, such as a backup, may hold the database for so long


class Care(StrEnum):
    """What a transaction needs; an execution option of its connection, called `care`."""

    READ = "read"
    LIGHT = "light"  # after a power cut, the last few of these may be undone
    DURABLE = "durable"  # once done, it survives a power cut


def open_engine(url: str) -> Engine:
    """An engine with one connection, for one thread."""
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    engine = create_engine(url, pool_size=1, max_overflow=0, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def find_damage(connection: Connection) -> str | None:
    """What is wrong with the files of an SQLite database; None if nothing is, or if the database has a server."""
    if connection.dialect.name != "sqlite":
        return None
    verdict = connection.scalar(text("PRAGMA quick_check(1)"))
    return None if verdict == "ok" else " ".join(str(verdict).split())


def _prepare(connection: Any, _: object) -> None:
    connection.isolation_level = None  # sqlite3 begins nothing by itself; `_begin` does
    # WAL lets a backup read while the daemon writes, and needs one sync a commit at most.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    care = connection.get_execution_options().get("care", Care.DURABLE)
    # In WAL mode both settings keep the database whole. FULL syncs each commit: an event was told, so it must be found
    # again after a power cut. NORMAL syncs now and then: memory alone is written with every frame, which would wear out
    # a memory card, and a memory some seconds old serves as well.
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if care is Care.DURABLE else 'NORMAL'}")
    # A writer takes its lock at once: a reader that turns writer half way cannot wait, it fails as "locked".
    connection.exec_driver_sql("BEGIN" if care is Care.READ else "BEGIN IMMEDIATE")
