"""How SQLite is held, so that a writer waits for its turn and a reader for nobody."""

import sqlite3
from pathlib import Path

import pytest

from coopwatch.store.engine import Care, open_engine


@pytest.mark.parametrize(("care", "is_held"), [(Care.READ, False), (Care.LIGHT, True), (Care.DURABLE, True)])
def test_who_will_write_holds_the_database_from_the_first_look(tmp_path: Path, care: Care, is_held: bool) -> None:
    """One that took it when it wrote could not wait for another that wrote since that look: it would fail at once."""
    file = tmp_path / "coop.db"
    engine = open_engine(f"sqlite:///{file}")
    other = sqlite3.connect(file, timeout=0, isolation_level=None)
    with engine.connect().execution_options(care=care) as connection, connection.begin():
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        if is_held:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("CREATE TABLE eggs (number)")
        else:
            other.execute("CREATE TABLE eggs (number)")
    other.close()
    engine.dispose()
