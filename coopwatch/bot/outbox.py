"""Brings unsent messages to their chats: rows of the outbox in, a lane for every chat that has some out."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo

from coopwatch.bot.lane import Lane, Ledger
from coopwatch.clock import Clock
from coopwatch.core.time_order import is_set_back
from coopwatch.delivery import Delivery
from coopwatch.errors import RefusedError, StoreError
from coopwatch.ports import Messenger, Store

log = logging.getLogger(__name__)

LANES = 32  # chats served at the same time
POLL = timedelta(seconds=30)  # looks at the store at least so often: another process may have added messages
STORE_PAUSE = timedelta(seconds=10)  # after the store could not be used
GRACE = timedelta(seconds=2)  # for messages on their way when the daemon stops


class Outbox:
    """Sends each message at least once, in order within a chat; a slow chat does not hold up the others.

    Args:
        store: where the messages wait.
        messengers: by the part of a chat's name before the colon, such as "terminal" and "telegram".
        clock: real time, since the services that say "try again in 5 s" live in it.
        zone: gives the zone of the coop, which quiet hours follow.
    """

    def __init__(
        self, store: Store, messengers: Mapping[str, Messenger], clock: Clock, *, zone: Callable[[], tzinfo]
    ) -> None:
        self._store = store
        self._messengers = messengers
        self._clock = clock
        self._zone = zone
        self._news = asyncio.Event()
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._paused: dict[str, datetime] = {}  # chat -> until when
        self._looked_at: datetime | None = None
        self._ledger = Ledger()

    def wake(self) -> None:
        """Look at the store again: messages were saved, or time was moved."""
        self._news.set()

    async def run(self) -> None:
        """Send for ever. When cancelled, messages on their way get two seconds to arrive.

        Raises:
            UserMustActError: a messenger cannot work as it is set up, such as with a refused token.
        """
        try:
            async with asyncio.TaskGroup() as owner:
                await self._work(owner)
        except ExceptionGroup as group:
            first = group.exceptions[0]  # one lane's failure ends all
            raise first from first.__cause__

    async def _work(self, owner: asyncio.TaskGroup) -> None:
        try:
            while True:
                self._news.clear()
                await self._open_lanes(owner)
                await self._rest()
        except asyncio.CancelledError:
            for lane in self._lanes.values():
                lane.stop()
            if self._tasks:
                await asyncio.wait(self._tasks.values(), timeout=GRACE.total_seconds())
            raise

    async def _open_lanes(self, owner: asyncio.TaskGroup) -> None:
        """Start a lane for every chat with due messages that has none and is not paused."""
        now = self._clock.now()
        try:
            await self._forget_times(now)
            self._paused = {chat: until for chat, until in self._paused.items() if until > now}
            chats = await self._store.due_chats(now, without={*self._lanes, *self._paused})
        except StoreError as error:
            log.error("The outbox cannot be read; trying again soon: %s", error)
            return
        for chat in chats[: LANES - len(self._lanes)]:
            self._open_lane(owner, chat)

    async def _forget_times(self, now: datetime) -> None:
        """At the start, and when the clock was set back: what waits for a time would perhaps wait for years."""
        if self._looked_at is None or is_set_back(self._looked_at, now):
            await self._store.release()
            self._paused.clear()
        self._looked_at = now

    def _open_lane(self, owner: asyncio.TaskGroup, chat: str) -> None:
        service = chat.partition(":")[0]
        lane = Lane(
            chat,
            messenger=self._messengers.get(service) or NoMessenger(service),
            store=self._store,
            clock=self._clock,
            zone=self._zone(),
            ledger=self._ledger,
        )
        self._lanes[chat] = lane
        self._tasks[chat] = owner.create_task(self._serve(chat, lane), name=f"messages to {chat}")
        self._tasks[chat].add_done_callback(lambda _: self._close_lane(chat))

    def _close_lane(self, chat: str) -> None:
        del self._lanes[chat], self._tasks[chat]
        self.wake()

    async def _serve(self, chat: str, lane: Lane) -> None:
        """Let the lane send, until its chat must wait."""
        try:
            until = await lane.run()
        except StoreError as error:
            log.error("The outbox cannot be used; trying again soon: %s", error)
            until = self._clock.now() + STORE_PAUSE
        if until is not None:
            self._paused[chat] = until

    async def _rest(self) -> None:
        """Sleep until there is news, a pause ends, or the poll is due."""
        longest = min([POLL, *(until - self._clock.now() for until in self._paused.values())])
        try:
            async with asyncio.timeout(max(0.0, longest.total_seconds())):
                await self._news.wait()
        except TimeoutError:
            return


class NoMessenger:
    """Stands where the config has no messenger any more, and refuses what still waits for it."""

    is_log = True

    def __init__(self, service: str) -> None:
        self._service = service

    async def turn(self, chat: str) -> None:
        """There is nothing to wait for."""

    def newest(self, chat: str) -> None:
        """There are no messages."""

    async def send(self, delivery: Delivery) -> None:  # noqa: ARG002 (the port's signature)
        """Refuse."""
        raise RefusedError(f"received a message for {self._service}, which the config no longer has")

    async def find(self, delivery: Delivery, *, after: int) -> None:
        """There are no messages."""
