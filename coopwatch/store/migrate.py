"""Brings the tables of a database up to this version of coopwatch."""

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from coopwatch.errors import UnusableStoreError

FOLDER = Path(__file__).with_name("migrations")


def migrate(connection: Connection, revision: str = "head") -> None:
    """Run what is missing, in the caller's transaction: a step that fails leaves the database as it was.

    Raises:
        UnusableStoreError: the database is newer than this version of coopwatch.
    """
    script = ScriptDirectory(FOLDER)

    def steps(current: Any, _: object) -> Any:
        return script._upgrade_revs(revision, current)  # what Alembic's own `upgrade` command does

    with EnvironmentContext(Config(), script, fn=steps, destination_rev=revision) as environment:
        environment.configure(connection=connection)
        try:
            environment.run_migrations()
        except CommandError as error:
            raise UnusableStoreError(
                f"the database was written by another version of coopwatch ({error}); install the newer version"
            ) from error


def knows(revision: str) -> bool:
    """Whether this version of coopwatch can bring tables of that revision up to its own."""
    return any(step.revision == revision for step in ScriptDirectory(FOLDER).walk_revisions())
