"""Decides who is let in, and as what: pictures of someone's home are not for strangers.

A chat comes in by a code (see `pairing`). A keeper may bring the bot into a group or a channel, which then may look.
In a group, a person may do what the group may, or what they may in their own chat, whichever is more.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, auto

from coopwatch.bot.pairing import hash_code
from coopwatch.errors import StoreError
from coopwatch.ports import Store
from coopwatch.subscriber import Subscriber, SubscriberRole

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.3  # for the store; then what is remembered answers, since a chat expects an answer within a second
TRIES = 5  # wrong codes that one person may send within TURN
ALL_TRIES = 100  # wrong codes within TURN of all people together
TURN = timedelta(hours=1)
SENTENCES = 20  # that strangers get within a minute, all of them together


class Standing(IntEnum):
    """How a visitor stands to this coop; who may more is greater."""

    STRANGER = auto()
    VIEWER = auto()
    KEEPER = auto()


_STANDINGS = {SubscriberRole.VIEWER: Standing.VIEWER, SubscriberRole.KEEPER: Standing.KEEPER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who speaks, and where."""

    chat: str  # "telegram:<chat id>"
    name: str  # of the chat
    person: str  # "telegram:<user id>": the private chat with whoever speaks; in a channel, the channel
    thread: int | None = None  # the topic of a group


class Door:
    """Knows everyone who was let in; remembers it for when the store does not answer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Mapping[str, Subscriber] = {}
        self._sentences = Allowance(each=1, together=SENTENCES, each_within=TURN, together_within=timedelta(minutes=1))
        self._tries = Allowance(each=TRIES, together=ALL_TRIES, each_within=TURN, together_within=TURN)

    async def standing(self, visitor: Visitor) -> Standing:
        """How the visitor stands; when the store does not answer, as far as is remembered.

        Raises:
            StoreError: the store does not answer and nothing is remembered yet.
        """
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return _standing(visitor, await self._look())
        except (StoreError, TimeoutError) as error:
            reason = str(error) or "no answer in time"
            if not self._known:
                raise StoreError(reason) from error
            log.warning("The subscribers cannot be read; those remembered count: %s", reason)
            return _standing(visitor, self._known)

    async def enter(self, visitor: Visitor, code: str, *, at: datetime) -> Subscriber | None:
        """Subscribe the visitor's chat: by a code, or because it or a keeper who speaks in it is known.

        Raises:
            StoreError: the subscription cannot be written.
        """
        known = await self._look()
        subscriber = Subscriber(chat=visitor.chat, name=visitor.name, since=at, thread=visitor.thread)
        if code and self._tries.is_left(visitor.person, at):
            let_in = await self._store.redeem(hash_code(code), subscriber)
            if let_in:
                log.info("%s (%s) was let in as %s", visitor.chat, visitor.name, let_in.role)
                return let_in
            self._tries.use(visitor.person, at)
        if visitor.chat not in known and _of(visitor.person, known) is not Standing.KEEPER:
            return None
        await self._store.subscribe(subscriber)
        log.info("%s (%s) gets messages now", visitor.chat, visitor.name)
        return (await self._look())[visitor.chat]

    def remembered(self, chat: str) -> Subscriber | None:
        """A chat that was let in, as it was when somebody last came to the door."""
        return self._known.get(chat)

    def may_answer(self, visitor: Visitor, *, at: datetime) -> bool:
        """Whether a stranger gets the polite sentence: once an hour, and few strangers in a minute."""
        if not self._sentences.is_left(visitor.chat, at):
            return False
        self._sentences.use(visitor.chat, at)
        return True

    async def _look(self) -> Mapping[str, Subscriber]:
        everyone = await self._store.subscribers(suspended=True)
        self._known = {one.chat: one for one in everyone if one.chat.startswith("telegram:")}
        return self._known


class Allowance:
    """How often something may happen: so often for each one, so often for all together."""

    def __init__(self, *, each: int, together: int, each_within: timedelta, together_within: timedelta) -> None:
        self._each = each
        self._together = together
        self._each_within = each_within
        self._together_within = together_within
        self._used: list[tuple[datetime, str]] = []

    def is_left(self, who: str, at: datetime) -> bool:
        """Whether it may happen once more now."""
        longest = max(self._each_within, self._together_within)
        self._used = [(when, one) for when, one in self._used if at - when < longest]
        each = sum(one == who and at - when < self._each_within for when, one in self._used)
        together = sum(at - when < self._together_within for when, _ in self._used)
        return each < self._each and together < self._together

    def use(self, who: str, at: datetime) -> None:
        """It happens."""
        self._used.append((at, who))


def _standing(visitor: Visitor, known: Mapping[str, Subscriber]) -> Standing:
    return max(_of(visitor.chat, known), _of(visitor.person, known))


def _of(chat: str, known: Mapping[str, Subscriber]) -> Standing:
    return _STANDINGS[known[chat].role] if chat in known else Standing.STRANGER
