"""What someone asks and what goes back, as values that the answers share."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from gettext import NullTranslations
from pathlib import Path

from coopwatch.bot.door import Visitor
from coopwatch.clock import Clock
from coopwatch.core.statistics import day_bounds
from coopwatch.core.voice import ENGLISH, FOR_LOGS, Names, Voice, marked
from coopwatch.errors import StoreError
from coopwatch.ports import Coop, Store
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import Event

KEEPERS_ONLY = marked("Only keepers may do this.")
PATIENCE_SECONDS = 0.3  # for what is told beside the main thing: an answer comes within a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command as someone sent it."""

    visitor: Visitor
    name: str  # lower case, without the slash; "" for a text that is no command
    argument: str = ""
    bot_name: str = ""
    voice: Voice = FOR_LOGS  # how the chat is spoken to
    role: SubscriberRole = SubscriberRole.VIEWER
    subscriber: Subscriber | None = None  # the chat's, if it gets messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message; `data` comes back when it is pressed."""

    text: str
    data: str  # at most 64 bytes, which the Bot API allows


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back: a text, or a picture or film with the text below it."""

    text: str
    photo: bytes | None = None  # JPEG or PNG
    film: bytes | None = None  # MP4
    buttons: Keyboard = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What answers are made from."""

    coop: Coop
    store: Store
    clock: Clock
    data_dir: Path
    names: Names
    zone: tzinfo
    languages: Mapping[str, NullTranslations]
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)  # held while preferences are read and written

    def voice(self, language: str) -> Voice:
        """How a reader of this language is spoken to."""
        return Voice(names=self.names, zone=self.zone, words=self.languages.get(language, ENGLISH))

    async def events(self, begin: datetime, end: datetime) -> Sequence[Event]:
        """What happened then, oldest first, as people corrected it."""
        return [stored.event for stored in await self.store.events_between(begin, end) if stored.happened]

    async def last_days(self, days: int, voice: Voice) -> Sequence[Event]:
        """What happened today and on the days before, `days` in all."""
        today = self.today(voice)
        first, _ = day_bounds(today - timedelta(days=days - 1), voice.zone)
        _, end = day_bounds(today, voice.zone)
        return await self.events(first, end)

    def today(self, voice: Voice) -> date:
        """The coop's day."""
        return self.now().astimezone(voice.zone).date()

    def now(self) -> datetime:
        """The coop's present moment, which events and pictures are told by; mutes and codes follow `clock`."""
        return self.coop.now() or self.clock.now()

    async def prefer(self, subscriber: Subscriber, change: Callable[[Subscriber], Subscriber]) -> Subscriber:
        """Change how a chat wants its messages, from what is stored; two changes at once are made in turn."""
        async with self.changing:
            wanted = change(await self.store.find_subscriber(subscriber.chat) or subscriber)
            await self.store.set_preferences(wanted)
        return wanted

    async def waiting(self) -> int | None:
        """How many messages wait to be sent, counted up to 100; None if the store does not answer soon."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return len(await self.store.unsent(self.clock.now(), 100))
        except (StoreError, TimeoutError):
            return None
