"""Brings unsent messages to their chats: rows of the outbox in, sent messages and marked rows out."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from coopwatch.bot.retry import RetryDecision, decide
from coopwatch.clock import Clock
from coopwatch.errors import (
    MessengerError,
    RefusedError,
    StoreError,
    TryLaterError,
    UnknownOutcomeError,
    UserMustActError,
)
from coopwatch.ports import Messenger, Store
from coopwatch.values import Message

log = logging.getLogger(__name__)

WINDOW = 50  # messages read at a time
LANES = 16  # chats served at the same time
PATIENCE = 5  # attempts after which a message no longer holds up those behind it
POLL = timedelta(seconds=30)  # looks at the store at least so often: another process may have added messages
STORE_PAUSE = timedelta(seconds=10)  # after the store could not be used
GRACE = timedelta(seconds=2)  # for messages on their way when the daemon stops


class Outbox:
    """Sends each message at least once, in order within a chat; a slow chat does not hold up the others.

    Args:
        store: where the messages wait.
        messengers: by the part of a chat's name before the colon, such as "terminal" and "telegram".
        clock: real time, since the services that say "try again in 5 s" live in it.
    """

    def __init__(self, store: Store, messengers: Mapping[str, Messenger], clock: Clock) -> None:
        self._store = store
        self._messengers = messengers
        self._clock = clock
        self._news = asyncio.Event()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._paused: dict[str, datetime] = {}  # chat -> until when
        self._arrived: set[int] = set()  # sent, but the store could not be told so yet
        self._doubted: set[int] = set()  # had an unknown outcome once; after a restart one more doubt is allowed
        self._stopping = False

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
            self._stopping = True
            if self._lanes:
                await asyncio.wait(self._lanes.values(), timeout=GRACE.total_seconds())
            raise

    async def _open_lanes(self, owner: asyncio.TaskGroup) -> None:
        """Start a lane for every chat with due messages that has none and is not paused."""
        now = self._clock.now()
        self._paused = {chat: until for chat, until in self._paused.items() if until > now}
        while len(self._lanes) < LANES:
            try:
                due = await self._store.unsent(now, WINDOW, without={*self._lanes, *self._paused})
            except StoreError as error:
                log.error("The outbox cannot be read; trying again soon: %s", error)
                return
            if not due:
                return
            for chat, messages in _by_chat(due).items():
                if len(self._lanes) < LANES:
                    self._open_lane(owner, chat, messages)

    def _open_lane(self, owner: asyncio.TaskGroup, chat: str, messages: Sequence[Message]) -> None:
        lane = owner.create_task(self._serve(chat, messages), name=f"messages to {chat}")
        self._lanes[chat] = lane
        lane.add_done_callback(lambda _: self._close_lane(chat))

    def _close_lane(self, chat: str) -> None:
        del self._lanes[chat]
        self.wake()

    async def _rest(self) -> None:
        """Sleep until there is news, a pause ends, or the poll is due."""
        longest = min([POLL, *(until - self._clock.now() for until in self._paused.values())])
        try:
            async with asyncio.timeout(max(0.0, longest.total_seconds())):
                await self._news.wait()
        except TimeoutError:
            return

    async def _serve(self, chat: str, messages: Sequence[Message]) -> None:
        """Send the messages of one chat in order, until one of them must wait."""
        try:
            for message in messages:
                if self._stopping or not await self._deliver(message):
                    return
        except StoreError as error:
            log.error("The outbox cannot be written; trying again soon: %s", error)
            self._paused[chat] = self._clock.now() + STORE_PAUSE

    async def _deliver(self, message: Message) -> bool:
        """Send one message and mark its row; whether the chat's next one may go out now.

        What arrived before the store failed is not sent again.
        """
        try:
            if message.number not in self._arrived:
                await self._send(message)
                self._arrived.add(message.number)
        except MessengerError as error:
            return await self._carry_out(self._decide(error, message), message, reason=str(error))
        await self._store.mark_sent(message.number, at=self._clock.now())
        self._arrived.discard(message.number)
        self._doubted.discard(message.number)
        return True

    async def _send(self, message: Message) -> None:
        service = message.chat.partition(":")[0]
        messenger = self._messengers.get(service)
        if messenger is None:
            raise RefusedError(f"received a message for {service}, which the config no longer has")
        try:
            await messenger.send(message)
        except (MessengerError, UserMustActError):
            raise
        except Exception as error:
            # The border to every messenger: a mistake in one must neither stop the daemon nor lose the message.
            log.exception("A message to %s failed in a way that nobody foresaw", message.chat)
            raise TryLaterError(f"unforeseen: {type(error).__name__}") from error

    def _decide(self, error: MessengerError, message: Message) -> RetryDecision:
        decision = decide(error, message.attempts, self._clock.now(), doubted=message.number in self._doubted)
        if isinstance(error, UnknownOutcomeError):
            self._doubted.add(message.number)
        return decision

    async def _carry_out(self, decision: RetryDecision, message: Message, *, reason: str) -> bool:
        """Do what was decided; whether the chat's next message may go out now."""
        chat, kind = message.chat, message.event.kind
        if decision.unsubscribe:
            log.warning("%s is gone and gets no more messages: %s", chat, reason)
            await self._store.unsubscribe(chat)
            return False
        await self._store.mark_failed(message.number, retry_at=decision.retry_at, reason=reason)
        if decision.retry_at is None:
            log.warning("The message %s to %s was given up: %s", kind, chat, reason)
            self._doubted.discard(message.number)
            return True
        level = logging.DEBUG if message.attempts else logging.INFO  # an outage is told once a message
        log.log(level, "The message %s to %s is tried again at %s: %s", kind, chat, decision.retry_at, reason)
        if message.attempts >= PATIENCE:
            return True
        self._paused[chat] = decision.retry_at
        return False


def _by_chat(messages: Sequence[Message]) -> dict[str, list[Message]]:
    chats: dict[str, list[Message]] = {}
    for message in messages:
        chats.setdefault(message.chat, []).append(message)
    return chats
