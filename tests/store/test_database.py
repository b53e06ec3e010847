import asyncio
import contextlib
import itertools
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.event import listen
from store.samples import START, keeper, memory, nesting

from coopwatch.errors import StoreError, UnusableStoreError
from coopwatch.store import messages
from coopwatch.store.database import FILE, Database


def sql(data_dir: Path, statement: str) -> list[tuple[object, ...]]:
    """What another program sees in the database."""
    connection = sqlite3.connect(data_dir / FILE)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


async def test_what_was_saved_is_there_after_a_restart(tmp_path: Path) -> None:
    async with Database(tmp_path) as before:
        await before.subscribe(keeper())
        await before.save(memory(state="red_twin"), [nesting()])
    async with Database(tmp_path) as after:
        assert await after.load_memory("left") == memory(state="red_twin")
        assert [message.event for message in await after.unsent(START, 10)] == [nesting()]


async def test_memory_event_and_messages_are_saved_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Database(tmp_path) as database:
        await database.subscribe(keeper())
        await database.save(memory(state="before"), [])

        def fail(*_: object) -> None:
            raise sqlite_full()

        monkeypatch.setattr(messages, "add_messages", fail)  # the last of the three
        with pytest.raises(sqlite3.OperationalError):
            await database.save(memory(state="after"), [nesting()])
        assert await database.load_memory("left") == memory(state="before")
        assert await database.newest_events(10) == []


def sqlite_full() -> sqlite3.OperationalError:
    return sqlite3.OperationalError("database or disk is full")


async def test_a_save_is_done_although_its_caller_is_cancelled(tmp_path: Path) -> None:
    async with Database(tmp_path) as database:
        saving = asyncio.create_task(database.save(memory(state="red_twin"), [nesting()]))
        await asyncio.sleep(0)  # the save is handed to the thread
        saving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await saving
        assert await database.newest_events(1) == [nesting()]
        assert await database.load_memory("left") == memory(state="red_twin")


async def test_an_event_is_synced_to_disk_and_memory_alone_is_not(tmp_path: Path) -> None:
    statements: list[str] = []
    async with Database(tmp_path) as database:
        listen(database._engine, "before_cursor_execute", lambda *about: statements.append(about[2]))
        await database.save(memory(), [])
        await database.save(memory(), [nesting()])
    synced = [statement for statement in statements if "synchronous" in statement]
    assert synced == ["PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL"]


async def test_another_program_may_read_while_the_daemon_writes(tmp_path: Path) -> None:
    async with Database(tmp_path) as database:
        reader = sqlite3.connect(tmp_path / FILE)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM events").fetchall() == [(0,)]
        await database.save(memory(), [nesting()])
        reader.close()
    assert sql(tmp_path, "SELECT count(*) FROM events") == [(1,)]


# Faults


async def test_a_full_database_says_so_and_takes_up_again_when_there_is_space(tmp_path: Path) -> None:
    async with Database(tmp_path) as database:
        await database.subscribe(keeper())
        pages = sql(tmp_path, "PRAGMA page_count")[0][0]
        await database._call(lambda: pragma(database, f"max_page_count = {pages}"))
        with pytest.raises(StoreError, match="disk is full; free some space"):
            await database.save(memory(state="x" * 100_000), [nesting()])
        assert await database.load_memory("left") is None
        assert await database.newest_events(1) == []
        await database._call(lambda: pragma(database, "max_page_count = 100000"))
        await database.save(memory(state="x" * 100_000), [nesting()])
        assert len(await database.unsent(START, 10)) == 1


def pragma(database: Database, statement: str) -> None:
    with database._engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {statement}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    if os.getuid() != 0:
        pytest.skip("only root may mount a small file system")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"this root may not mount a small file system: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


async def test_a_full_disk_loses_nothing_that_was_saved(small_disk: Path) -> None:
    async with Database(small_disk) as database:
        await database.subscribe(keeper())
        await database.save(memory(), [nesting()])
        await database.save_photo(b"photo")
        ballast = small_disk / "ballast"
        fill(ballast)
        with pytest.raises(StoreError, match="disk is full; free some space"):
            await database.save_photo(os.urandom(100_000))
        with pytest.raises(StoreError, match=r"disk is full|disk gives errors"):
            await save_for_ever(database)
        assert half_written(small_disk) == []
        ballast.unlink()
        await database.save(memory(), [nesting(2000)])
        assert {nesting(), nesting(2000)} <= set(await database.newest_events(10_000))
    assert sql(small_disk, "PRAGMA integrity_check") == [("ok",)]


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(4096))


async def save_for_ever(database: Database) -> None:
    for minute in itertools.count(1):
        await database.save(memory(state="x" * 50_000), [nesting(minute)])


def half_written(folder: Path) -> list[Path]:
    return list(folder.glob("photos/**/*.part"))


def nonsense(folder: Path) -> None:
    (folder / FILE).write_bytes(b"no database at all " * 100)


def torn(folder: Path) -> None:
    """A page in the middle was overwritten."""
    with (folder / FILE).open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4096 * 4))


def a_folder(folder: Path) -> None:
    (folder / FILE).unlink()
    (folder / FILE).mkdir()


@pytest.mark.parametrize(
    ("damage", "expected"),
    [(nonsense, "damaged; restore a backup"), (torn, "damaged.*restore a backup"), (a_folder, "cannot be opened")],
)
async def test_what_is_no_sound_database_is_refused_at_the_start(
    tmp_path: Path, damage: Callable[[Path], None], expected: str
) -> None:
    async with Database(tmp_path) as database:
        await database.save(memory(state="x" * 50_000), [nesting()])
    damage(tmp_path)
    with pytest.raises(UnusableStoreError, match=expected) as raised:
        async with Database(tmp_path):
            pass
    assert str(tmp_path / FILE) in str(raised.value)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("folder", ["data", "data/coop", "x" * 300])
async def test_a_data_folder_that_cannot_be_one_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(UnusableStoreError, match=r"data folder .* choose another"):
        async with Database(tmp_path / folder):
            pass


@pytest.fixture
def forbidden(tmp_path: Path) -> Path:
    """A folder that cannot be made; root may write anywhere but below /proc."""
    tmp_path.chmod(0o500)
    return tmp_path / "data" if os.getuid() != 0 else Path("/proc/coopwatch")


async def test_a_folder_that_may_not_be_written_is_refused(forbidden: Path) -> None:
    with pytest.raises(UnusableStoreError, match="data folder"):
        async with Database(forbidden):
            pass


async def test_a_database_that_another_program_holds_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopwatch.store.engine.BUSY_SECONDS", 0.05)
    async with Database(tmp_path) as database:
        other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program holds it") as raised:
            await database.save(memory(), [nesting()])
        assert raised.value.exit_code == 1  # it may pass: what supervises the daemon tries again
        other.execute("ROLLBACK")
        other.close()
        await database.save(memory(), [nesting()])
        assert await database.newest_events(1) == [nesting()]


async def test_a_password_in_the_url_is_in_no_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised:
        async with Database(tmp_path, url="postgresql+psycopg://coop:hunter2@127.0.0.1:1/coop"):
            pass
    assert "hunter2" not in str(raised.value)


# Memory of another version


@pytest.mark.parametrize(
    "stored",
    [
        "{}",
        "no json",
        "[1, 2]",
        '{"camera": "nestcam", "nest": "left", "at": "yesterday"}',
        '{"camera": "nestcam", "nest": "left", "a_field_of_an_older_version": 1}',
    ],
)
async def test_memory_that_no_longer_fits_is_forgotten_with_a_word(
    tmp_path: Path, stored: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Database(tmp_path) as database:
        await database.save(memory(), [])
        await database._call(lambda: overwrite(database, stored))
        assert await database.load_memory("left") is None
        assert "remembered of left does not fit" in caplog.text
        await database.save(memory(), [])
        assert await database.load_memory("left") == memory()


def overwrite(database: Database, stored: str) -> None:
    with database._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE nest_memory SET memory = ?", (stored,))


async def test_a_field_that_memory_gained_since_has_its_default(tmp_path: Path) -> None:
    async with Database(tmp_path) as database:
        await database.save(memory(), [])
        await database._call(lambda: overwrite(database, '{"camera": "nestcam", "nest": "left"}'))
        assert await database.load_memory("left") == replace(memory(), at=None)
