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
from coopwatch.core.visit import leave_unseen
from coopwatch.delivery import Story
from coopwatch.errors import UnusableStoreError
from coopwatch.store import history, messages, people, remembered
from coopwatch.store.engine import Care, find_damage, open_engine
from coopwatch.store.faults import DAMAGED, store_faults
from coopwatch.store.migrate import migrate
from coopwatch.store.photos import write_photo
from coopwatch.subscriber import Invitation, Subscriber
from coopwatch.values import Event, Message, NamedPhoto, StoredEvent, Told

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
            UnusableStoreError: not writable, damaged, or written by a newer version.
            StoreError: what may pass: disk full, held by another program, no answer from its server.
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
            _tell(connection, events)

        await self._transact(Care.DURABLE if events else Care.LIGHT, work)

    async def tell(self, events: Sequence[Event]) -> None:
        """Save events that no nest or camera remembers."""
        await self._transact(Care.DURABLE, lambda connection: _tell(connection, events))

    async def forget_nests(self, *, but: Collection[str]) -> None:
        """Forget all nests but these, and save that who sat there has left."""

        def work(connection: Connection) -> None:
            for memory in remembered.forget_nests(connection, but):
                _tell(connection, leave_unseen(memory))

        await self._transact(Care.DURABLE, work)

    async def save_photo(self, jpeg: bytes) -> str:
        """Write a photo under the hash of its bytes; returns its path below the data folder."""

        def work() -> str:
            with store_faults(f"photos in {self._data_dir}"):
                return write_photo(self._data_dir, jpeg)

        return await self._call(work)

    async def find_damage(self) -> str | None:
        """What is wrong with the files of the database; None if nothing is."""
        return await self._transact(Care.READ, find_damage)

    async def newest_events(self, count: int) -> Sequence[Event]:
        """The newest events, newest first."""
        return await self._transact(Care.READ, lambda connection: history.newest_events(connection, count))

    async def events_between(self, begin: datetime, end: datetime) -> Sequence[StoredEvent]:
        """All events with begin <= at < end, oldest first."""
        return await self._transact(Care.READ, lambda connection: history.events_between(connection, begin, end))

    async def find_event(self, number: int) -> StoredEvent | None:
        """One event; None if there is none with this number."""
        return await self._transact(Care.READ, lambda connection: history.find_event(connection, number))

    async def correct(self, number: int, label: str, *, by: str, at: datetime) -> bool:
        """Take a person's word for who an event is about, and tell it anew; whether it changed anything."""

        def work(connection: Connection) -> bool:
            is_news = history.correct(connection, number, label, by, at)
            if is_news:
                messages.retell(connection, number)
            return is_news

        return await self._transact(Care.DURABLE, work)

    async def named_photos(self, limit: int) -> Sequence[NamedPhoto]:
        """The photos of visitors that people named, the newest first, at most `limit`."""
        return await self._transact(Care.READ, lambda connection: history.named_photos(connection, limit))

    async def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber, or wake a suspended one."""
        await self._transact(Care.DURABLE, lambda connection: people.subscribe(connection, subscriber))

    async def unsubscribe(self, chat: str) -> None:
        """Suspend a subscriber; its unsent messages are dropped."""
        await self._transact(Care.DURABLE, lambda connection: people.unsubscribe(connection, chat))

    async def set_preferences(self, subscriber: Subscriber) -> None:
        """Write everything of a subscriber but `since` and `is_active`; what was held back is due again."""
        await self._transact(Care.DURABLE, lambda connection: people.set_preferences(connection, subscriber))

    async def find_subscriber(self, chat: str) -> Subscriber | None:
        """One subscriber, also a suspended one."""
        return await self._transact(Care.READ, lambda connection: people.find_subscriber(connection, chat))

    async def forget(self, chat: str) -> bool:
        """Delete a subscriber with its messages; whether there was one."""
        return await self._transact(Care.DURABLE, lambda connection: people.forget(connection, chat))

    async def move_chat(self, old: str, new: str) -> None:
        """The service numbered a chat anew: its subscriber and messages go along."""
        await self._transact(Care.DURABLE, lambda connection: people.move_chat(connection, old, new))

    async def subscribers(self, *, suspended: bool = False) -> Sequence[Subscriber]:
        """The active subscribers, oldest first; with `suspended`, everyone who ever subscribed."""
        return await self._transact(
            Care.READ, lambda connection: people.list_subscribers(connection, suspended=suspended)
        )

    async def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""
        await self._transact(Care.DURABLE, lambda connection: people.invite(connection, invitation))

    async def redeem(self, code_hash: str, subscriber: Subscriber) -> Subscriber | None:
        """Let a chat in by a code; None if the code is used or over."""
        return await self._transact(Care.DURABLE, lambda connection: people.redeem(connection, code_hash, subscriber))

    async def unsent(self, now: datetime, limit: int, *, without: Collection[str] = ()) -> Sequence[Message]:
        """Messages due now, oldest first, at most `limit`; none of the chats `without`."""
        return await self._transact(
            Care.READ, lambda connection: messages.unsent_messages(connection, now, limit, without)
        )

    async def due_chats(self, now: datetime, *, without: Collection[str] = ()) -> Sequence[str]:
        """The chats with messages due now, the one that waits longest first."""
        return await self._transact(Care.READ, lambda connection: messages.due_chats(connection, now, without))

    async def unsent_of(self, chat: str, now: datetime, limit: int) -> Sequence[Message]:
        """Messages to one chat due now, oldest first, at most `limit`."""
        return await self._transact(Care.READ, lambda connection: messages.unsent_of(connection, chat, now, limit))

    async def story(self, visit: int, chat: str) -> Story:
        """A visit as far as it is stored, and the message by which the chat was told of it."""
        return await self._transact(Care.READ, lambda connection: messages.read_story(connection, visit, chat))

    async def mark_sending(self, *numbers: int, after: int | None) -> None:
        """They go out now; a power cut may undo the note, the end of the program does not."""
        await self._transact(Care.LIGHT, lambda connection: messages.mark_sending(connection, numbers, after))

    async def mark_sent(self, *numbers: int, at: datetime, told: Told | None = None) -> None:
        """They arrived, all in one message."""
        await self._transact(Care.DURABLE, lambda connection: messages.mark_sent(connection, numbers, at, told))

    async def mark_muted(self, *numbers: int) -> None:
        """The chat does not want them; they are never sent."""
        await self._transact(Care.DURABLE, lambda connection: messages.mark_muted(connection, numbers))

    async def hold(self, *numbers: int, until: datetime) -> None:
        """They wait through quiet hours or a mute; no attempt is counted."""
        await self._transact(Care.DURABLE, lambda connection: messages.hold(connection, numbers, until))

    async def release(self) -> None:
        """Nothing waits for its time any longer."""
        await self._transact(Care.DURABLE, messages.release)

    async def mark_failed(
        self, *numbers: int, retry_at: datetime | None, reason: str, may_have_arrived: bool = False
    ) -> None:
        """They were not confirmed; None means never try again."""

        def work(connection: Connection) -> None:
            messages.mark_failed(connection, numbers, retry_at, reason, may_have_arrived=may_have_arrived)

        await self._transact(Care.DURABLE, work)

    async def newest_told(self, limit: int) -> Sequence[tuple[str, int]]:
        """Chat and number of the newest messages that arrived, at most `limit`."""
        return await self._transact(Care.READ, lambda connection: messages.newest_told(connection, limit))

    async def shown_since(self, begin: datetime) -> Sequence[tuple[str, datetime | None]]:
        """Chat and time of each message that arrived since; None: it was on its way, and may have arrived."""
        return await self._transact(Care.READ, lambda connection: messages.shown_since(connection, begin))

    async def file_id(self, photo: str) -> str | None:
        """Under which name the service keeps a photo; None: it never got it."""
        return await self._transact(Care.READ, lambda connection: messages.find_file_id(connection, photo))

    async def keep_file_id(self, photo: str, file_id: str) -> None:
        """The service keeps the photo under this name now."""
        await self._transact(Care.LIGHT, lambda connection: messages.keep_file_id(connection, photo, file_id))

    def _prepare(self) -> None:
        with store_faults(f"data folder {self._data_dir}"):
            self._data_dir.mkdir(parents=True, exist_ok=True)
        if damage := self._in_transaction(Care.READ, find_damage):
            raise UnusableStoreError(f"{self._name}: {DAMAGED} ({damage})")
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


def _tell(connection: Connection, events: Sequence[Event]) -> None:
    for event in events:
        if (event_id := history.add_event(connection, event)) is not None:
            messages.add_messages(connection, event_id, event.kind)
