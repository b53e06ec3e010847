"""Decides which chats are let in: pictures of someone's home are not for strangers.

Until pairing codes exist (they come with `coopwatch subscribers invite`), the first chat that ever sends /start is the
keeper's. Later strangers are refused politely, even when the keeper has sent /stop. A person who is let in may bring
the bot into a group.
"""

import asyncio
import logging
from dataclasses import dataclass
from enum import Enum, auto

from coopwatch.errors import StoreError
from coopwatch.ports import Store, Subscriber

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.5  # for the store; then what is remembered answers, since a chat expects an answer within a second


class Standing(Enum):
    """How a visitor stands to this coop."""

    KNOWN = auto()  # subscribed, now or once
    FIRST = auto()  # nobody has ever subscribed
    STRANGER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who speaks, and where."""

    chat: str  # "telegram:<chat id>"
    name: str  # of the chat
    person: str  # "telegram:<user id>": the private chat with whoever speaks


class Door:
    """Knows who ever subscribed; remembers it for when the store does not answer."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: frozenset[str] = frozenset()
        self._one_at_a_time = asyncio.Lock()  # two first chats at the same moment: one of them is the keeper's

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
            if not self._known:  # nobody becomes the first through a broken store
                raise StoreError(reason) from error
            log.warning("The subscribers cannot be read; those remembered count: %s", reason)
            return _standing(visitor, self._known)

    async def welcome(self, subscriber: Subscriber, visitor: Visitor) -> bool:
        """Subscribe the visitor's chat unless they are a stranger; whether it was done.

        Raises:
            StoreError: the subscription cannot be written.
        """
        async with self._one_at_a_time:
            if _standing(visitor, await self._look()) is Standing.STRANGER:
                return False
            await self._store.subscribe(subscriber)
            await self._look()
            return True

    async def _look(self) -> frozenset[str]:
        everyone = await self._store.subscribers(suspended=True)
        self._known = frozenset(one.chat for one in everyone if one.chat.startswith("telegram:"))
        return self._known


def _standing(visitor: Visitor, known: frozenset[str]) -> Standing:
    if not known:
        return Standing.FIRST
    return Standing.KNOWN if known & {visitor.chat, visitor.person} else Standing.STRANGER
