"""The Store port on a database and a folder: values in, rows and photos on disk, values out."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import URL, Connection

from coopwatch.core.camera import CameraMemory
from coopwatch.core.memory import Memory
from coopwatch.errors import StoreError
from coopwatch.ports import Subscriber
from coopwatch.store import queries, remembered
from coopwatch.store.engine import Care, find_damage, open_engine
from coopwatch.store.faults import DAMAGED, store_faults
from coopwatch.store.migrate import migrate
from coopwatch.store.photos import write_photo
from coopwatch.values import Event, Message

FILE = "coopwatch.db"

T = TypeVar("T")


class Database:
    """Everything is done on one thread of its own, so that nothing blocks the loop and no two writers meet.

    Args:
        data_dir: where the photos are, and the database unless `url` names another.
        url: as SQLAlchemy writes it, such as `postgresql+psycopg://coop@localhost/coop`.
    """

    def __init__(self, data_dir: Path, *, url: str | None = None) -> None:
        self._data_dir = data_dir
        self._url = url or URL.create("sqlite", database=str(data_dir / FILE)).render_as_string()
        self._name = "the database" if url else f"database {data_dir / FILE}"  # a URL may hold a password

    async def __aenter__(self) -> Self:
        """Make the folder, open the database, bring its tables up to date.

        Raises:
            StoreError: disk full, not writable, damaged, or written by a newer version.
        """
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._engine = open_engine(self._url)
        try:
            await self._call(self._prepare)
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Finish what was begun, then close."""
        await self._call(self._engine.dispose)
        self._thread.shutdown()

    async def load_memory(self, nest: str) -> Memory | None:
        """What the nest's last transition left, or None."""
        return await self._transact(Care.READ, lambda connection: remembered.recall_nest(connection, nest))

    async def load_camera_memory(self, camera: str) -> CameraMemory | None:
        """What the camera's last transition left, or None."""
        return await self._transact(Care.READ, lambda connection: remembered.recall_camera(connection, camera))

    async def save(self, memory: Memory | CameraMemory, events: Sequence[Event]) -> None:
        """Save a transition: the memory, its events, an outbox row for each event and active subscriber."""

        def work(connection: Connection) -> None:
            remembered.keep(connection, memory)
            for event in events:
                if (event_id := queries.add_event(connection, event)) is not None:
                    queries.add_messages(connection, event_id)

        await self._transact(Care.DURABLE if events else Care.LIGHT, work)

    async def save_photo(self, jpeg: bytes) -> str:
        """Write a photo under the hash of its bytes; returns its path below the data folder."""

        def work() -> str:
            with store_faults(f"photos in {self._data_dir}"):
                return write_photo(self._data_dir, jpeg)

        return await self._call(work)

    async def newest_events(self, count: int) -> Sequence[Event]:
        """The newest events, newest first."""
        return await self._transact(Care.READ, lambda connection: queries.newest_events(connection, count))

    async def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber, or wake a suspended one."""
        await self._transact(Care.DURABLE, lambda connection: queries.subscribe(connection, subscriber))

    async def unsubscribe(self, chat: str) -> None:
        """Suspend a subscriber; its unsent messages are dropped."""
        await self._transact(Care.DURABLE, lambda connection: queries.unsubscribe(connection, chat))

    async def subscribers(self, *, suspended: bool = False) -> Sequence[Subscriber]:
        """The active subscribers, oldest first; with `suspended`, everyone who ever subscribed."""
        return await self._transact(
            Care.READ, lambda connection: queries.list_subscribers(connection, suspended=suspended)
        )

    async def unsent(self, now: datetime, limit: int, *, without: Collection[str] = ()) -> Sequence[Message]:
        """Messages due now, oldest first, at most `limit`; none of the chats `without`."""
        return await self._transact(
            Care.READ, lambda connection: queries.unsent_messages(connection, now, limit, without)
        )

    async def mark_sent(self, number: int, *, at: datetime) -> None:
        """The message arrived."""
        await self._transact(Care.DURABLE, lambda connection: queries.mark_sent(connection, number, at))

    async def mark_failed(self, number: int, *, retry_at: datetime | None, reason: str) -> None:
        """The message did not arrive; None means never try again."""
        await self._transact(Care.DURABLE, lambda connection: queries.mark_failed(connection, number, retry_at, reason))

    def _prepare(self) -> None:
        with store_faults(f"data folder {self._data_dir}"):
            self._data_dir.mkdir(parents=True, exist_ok=True)
        if damage := self._in_transaction(Care.READ, find_damage):
            raise StoreError(f"{self._name}: {DAMAGED} ({damage})")
        self._in_transaction(Care.DURABLE, migrate)

    async def _transact(self, care: Care, work: Callable[[Connection], T]) -> T:
        return await self._call(lambda: self._in_transaction(care, work))

    def _in_transaction(self, care: Care, work: Callable[[Connection], T]) -> T:
        with store_faults(self._name), self._engine.connect() as connection:
            connection.execution_options(care=care)
            with connection.begin():
                return work(connection)

    async def _call(self, work: Callable[[], T]) -> T:
        # Shielded: what was handed over is done, also when the daemon stops in that moment; closing waits for it.
        return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))
