import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, inspect, select, text

from coopwatch.core.camera import CameraMemory
from coopwatch.core.memory import Memory
from coopwatch.errors import UnusableStoreError
from coopwatch.store.database import FILE, Database
from coopwatch.store.engine import open_engine
from coopwatch.store.migrate import FOLDER, migrate
from coopwatch.store.tables import metadata


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = open_engine(f"sqlite:///{tmp_path}/coop.db")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def schema(connection: Connection) -> dict[str, object]:
    """Table -> its columns, index -> its SQL."""
    found: dict[str, object] = {
        name: {
            column["name"]: {**column, "type": str(column["type"])} for column in inspect(connection).get_columns(name)
        }
        for name in inspect(connection).get_table_names()
        if name != "alembic_version"
    }
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
    return found | {name: "".join(sql.split()).replace('"', "") for name, sql in rows}


def test_the_steps_lead_to_the_tables_of_the_code(connection: Connection) -> None:
    with connection.begin():
        migrate(connection)
        migrated = schema(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert migrated == schema(connection)


def test_migrating_twice_changes_nothing(connection: Connection) -> None:
    with connection.begin():
        migrate(connection)
        once = schema(connection)
        migrate(connection)
        assert schema(connection) == once


def test_steps_are_numbered_in_one_line() -> None:
    revisions = [step.revision for step in ScriptDirectory(FOLDER).walk_revisions()]
    assert revisions == [f"{number:04}" for number in range(len(revisions), 0, -1)]


def test_a_step_that_fails_leaves_the_database_as_it_was(connection: Connection) -> None:
    with connection.begin():
        connection.execute(text("CREATE TABLE outbox (mine INTEGER)"))  # the first step trips over it, half way
    with pytest.raises(Exception, match="already exists"), connection.begin():
        migrate(connection)
    with connection.begin():
        assert inspect(connection).get_table_names() == ["outbox"]


async def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    async with Database(tmp_path) as database:
        await database._call(lambda: stamp(database, "9999"))
    with pytest.raises(UnusableStoreError, match="install the newer version"):
        async with Database(tmp_path):
            pass


def stamp(database: Database, revision: str) -> None:
    with database._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


START = datetime(2026, 5, 1)  # noqa: DTZ001 (SQLite knows no zones)
WORDS = {
    "kind": "hen_nesting",
    "hens": ["red_twin"],
    "muted_kinds": ["egg_laid"],
    "state": "waiting",
    "role": "viewer",
    "language": "de",
    "label": "beauty",
}
"""What a column must hold to be understood; any other column holds whatever its type allows."""


def a_value(column: Column[Any], number: int) -> object:
    """Something for a column, different in each row."""
    if column.name in WORDS:
        return WORDS[column.name]
    if column.name == "memory":
        owner = {"nest": f"nest{number}"} if column.table.name == "nest_memory" else {}
        return json.dumps({"camera": f"camera{number}", **owner})
    kind = column.type.python_type
    if kind is str:
        return f"{column.name}{number}"
    return {int: number, float: number / 100, bool: number % 2 == 0, datetime: START + timedelta(hours=number),
            time: time(number % 24), dict: {}, list: []}[kind]  # fmt: skip


def fill(connection: Connection, rows: int = 50) -> dict[str, list[dict[str, Any]]]:
    """Rows in each table as it was then; what was written."""
    then = MetaData()
    then.reflect(connection)
    written = {}
    for table in then.sorted_tables:
        if table.name != "alembic_version":
            found = [
                {column.name: a_value(column, number) for column in table.columns} for number in range(1, rows + 1)
            ]
            for row in found:  # the n-th row belongs to the n-th of the other table
                for key in table.foreign_keys:
                    row[key.parent.name] = written[key.column.table.name][found.index(row)][key.column.name]
            connection.execute(table.insert(), found)
            written[table.name] = found
    return written


def earlier() -> list[str]:
    """All revisions that a keeper may come from."""
    return [step.revision for step in ScriptDirectory(FOLDER).walk_revisions()][:0:-1]


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")  # it is not needed
@pytest.mark.parametrize("revision", earlier())
async def test_a_full_database_of_every_earlier_version_loses_nothing(tmp_path: Path, revision: str) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / FILE}")
    with engine.begin() as connection:
        migrate(connection, revision)
        written = fill(connection)
    assert len(written) >= 5
    async with Database(tmp_path) as database:  # migrates
        assert len(await database.newest_events(100)) == 50
        assert len(await database.subscribers(suspended=True)) == 50
        assert len(await database.unsent(datetime(2030, 1, 1, tzinfo=UTC), 100)) > 0
        assert await database.load_memory("nest7") == Memory(camera="camera7", nest="nest7")
        assert await database.load_camera_memory("camera7") == CameraMemory(camera="camera7")
    with engine.connect() as connection:
        now = MetaData()
        now.reflect(connection)
        for name, rows in written.items():
            table = now.tables[name]
            (key,) = table.primary_key.columns
            kept = connection.execute(select(*(table.c[column] for column in rows[0])).order_by(key)).mappings()
            assert [dict(row) for row in kept] == sorted(rows, key=itemgetter(key.name))
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()
