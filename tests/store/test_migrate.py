from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from coopwatch.errors import UnusableStoreError
from coopwatch.store.database import Database
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
