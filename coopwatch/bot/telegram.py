"""The Telegram bot: messages in, photos with captions out to chats; commands of people in, replies out."""

import asyncio
import logging
import os
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import Self

from telegram import Bot, Update
from telegram.error import TelegramError

from coopwatch.bot.api import BotApiRequest
from coopwatch.bot.asking import Desk
from coopwatch.bot.conversation import Conversation
from coopwatch.bot.door import Door
from coopwatch.bot.identity import bot_name
from coopwatch.bot.meaning import meant
from coopwatch.bot.menu import offer_menus
from coopwatch.bot.numbers import KEPT, Numbers
from coopwatch.bot.pace import MINUTE, Limits, Pace
from coopwatch.bot.pairing import how_to_pair, make_invitation
from coopwatch.bot.post import Look, Post
from coopwatch.bot.redaction import token_kept_out_of_logs
from coopwatch.bot.telling import look_of, visit_after_egg, visit_look
from coopwatch.bot.the_day import told_in_short
from coopwatch.bot.updates import AT_ONCE, Listener
from coopwatch.bot.uploads import Uploads
from coopwatch.clock import Clock
from coopwatch.config.secrets import is_token
from coopwatch.core.voice import Names
from coopwatch.delivery import Delivery
from coopwatch.errors import (
    BrokenOffError,
    RefusedError,
    StoreError,
    TryLaterError,
    UnknownOutcomeError,
    UserMustActError,
)
from coopwatch.locale.catalogue import load_languages
from coopwatch.ports import Coop, Store
from coopwatch.subscriber import SubscriberRole
from coopwatch.values import Event, EventKind, Told

log = logging.getLogger(__name__)

SPARE = 3  # numbers that people's own messages may have taken

_CHAT = re.compile(r"telegram:(-?\d+)")


@dataclass(slots=True, kw_only=True)
class Doubt:
    """A message to a chat that may have arrived."""

    until: int  # the highest number that it can have
    ruled_out: set[int] = field(default_factory=set)  # numbers of messages that are surely not it


class TelegramBot:
    """A Messenger, and the one who answers commands.

    `async with` opens the line; `run()` listens and belongs into a task of the daemon. Sending works without it.

    Raises:
        UserMustActError: the token does not look like one.
    """

    is_log = False

    def __init__(
        self,
        *,
        token: str,
        api_url: str,
        store: Store,
        coop: Coop,
        names: Names,
        zone: tzinfo,
        data_dir: Path,
        clock: Clock,
    ) -> None:
        if not is_token(token):
            raise UserMustActError(
                "received a bot token of another form, expected digits, a colon, letters and digits; "
                "copy it from @BotFather into the file or variable that chat.telegram names (token_file or token_env)"
            )
        self._token = token
        self._api_url = api_url.rstrip("/")
        self._store = store
        self._clock = clock
        self._desk = Desk(
            coop=coop,
            store=store,
            clock=clock,
            data_dir=data_dir,
            names=names,
            zone=zone,
            languages=load_languages(),
        )
        self._pace = Pace(Limits())
        self._numbers = Numbers()
        self._in_doubt: dict[int, Doubt] = {}  # by chat, the last message of which may have arrived
        self._has_learnt = False  # what the program before this one left
        self._learning = asyncio.Lock()
        self._uploads = Uploads(store, data_dir)
        self._line = AsyncExitStack()
        self._bot: Bot
        self._post: Post

    async def __aenter__(self) -> Self:
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns of its own future with every 429
        async with AsyncExitStack() as stack:
            stack.enter_context(token_kept_out_of_logs(self._token))  # first: the library logs it when it is made
            updates = await stack.enter_async_context(BotApiRequest(connections=1))
            paced = BotApiRequest(connections=40, pace=self._pace, numbers=self._numbers)
            messages = await stack.enter_async_context(paced)
            self._bot = Bot(self._token, f"{self._api_url}/bot", request=messages, get_updates_request=updates)
            self._post = Post(self._bot, self._uploads, self._pace)
            self._line = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.aclose()

    async def ask_name(self) -> str | None:
        """The bot's name; None where the Bot API gives no answer. The bot need not be open.

        Raises:
            UserMustActError: the token is refused.
        """
        return await bot_name(self._token, self._api_url)

    async def run(self) -> None:
        """Answer commands for ever; waits in the background while there is no network.

        Raises:
            UserMustActError: the token is refused.
        """
        conversation = Conversation(self._bot, self._desk, Door(self._store))

        async def handle(update: Update, bot_name: str) -> None:
            if update.effective_chat and update.effective_message:
                self._numbers.note(update.effective_chat.id, update.effective_message.message_id)
            await conversation.handle(update, bot_name)

        listener = Listener(self._bot, handle, introduced=self._welcome, troubled=self._tell_trouble)
        await listener.run()

    async def turn(self, chat: str) -> None:
        """Wait until the Bot API's limits let one more message into the chat."""
        async with self._learning:
            if not self._has_learnt:
                await self._learn()
                self._has_learnt = True
        if found := _CHAT.fullmatch(chat):
            await self._pace.turn(int(found[1]))

    def newest(self, chat: str) -> int | None:
        """The highest message number known where the chat's messages are counted."""
        found = _CHAT.fullmatch(chat)
        return self._numbers.newest(int(found[1])) if found else None

    async def send(self, delivery: Delivery) -> Told | None:
        """Send a new message, or change the one that tells of the visit already.

        Raises:
            MessengerError: see coopwatch.errors.
            UserMustActError: the token is refused.
        """
        chat_id, look = _chat_id(delivery), await self._look(delivery)
        if delivery.told is not None:
            return await self._change(chat_id, delivery, delivery.told, look)
        try:
            with meant():
                told = replace(await self._post.show(chat_id, look), is_digest=delivery.is_digest)
        except (BrokenOffError, UnknownOutcomeError):
            self._in_doubt[chat_id] = Doubt(until=self._highest(chat_id))
            raise
        await self._tell_visit_of_egg(chat_id, delivery)
        return told

    async def find(self, delivery: Delivery, *, after: int) -> Told | None:
        """Look for a message that may have arrived, under the numbers that it can have.

        Raises:
            MessengerError: see coopwatch.errors.
            UserMustActError: the token is refused.
        """
        chat_id = _chat_id(delivery)
        if not after:
            return None
        doubt = self._in_doubt.setdefault(chat_id, Doubt(until=self._highest(chat_id)))
        numbers = self._numbers.unknown(chat_id, after=after, until=doubt.until)
        with meant():
            told = await self._post.find(chat_id, await self._look(delivery), numbers, doubt.ruled_out)
        del self._in_doubt[chat_id]  # it arrived, or goes out anew
        if told is None:
            return None
        self._numbers.note(chat_id, told.message_id)
        return replace(told, is_digest=delivery.is_digest)

    async def _change(self, chat_id: int, delivery: Delivery, told: Told, look: Look) -> Told:
        if not delivery.is_retold:
            with meant():
                return await self._post.change(chat_id, told, look)
        await self._pace.edit()  # as many as there are chats
        with meant():
            await self._post.retell(chat_id, told, look)
        return told

    async def _welcome(self, bot_name: str) -> None:
        """Set the menus; while nobody is paired, show a keeper's code where the program runs: in the log."""
        try:
            everyone = await self._store.subscribers(suspended=True)
            paired = [one for one in everyone if _CHAT.fullmatch(one.chat)]
            if not paired:
                await self._offer_pairing(bot_name)
        except StoreError as error:
            log.error("The subscribers cannot be read, and no first keeper can be invited: %s", error)
            paired = []
        await offer_menus(self._bot, self._desk.languages, paired)

    async def _offer_pairing(self, bot_name: str) -> None:
        code, invitation = make_invitation(SubscriberRole.KEEPER, self._clock.now())
        await self._store.invite(invitation)
        log.info("Nobody is paired with the bot yet. To become its keeper, %s", how_to_pair(code, bot_name or None))

    async def _tell_trouble(self, reason: str) -> None:
        now = self._clock.now()
        event = Event(kind=EventKind.SERVICE_TROUBLE, camera=None, nest=None, at=now, told_at=now, reason=reason)
        try:
            await self._store.tell([event])
        except StoreError as error:
            log.error("The chat cannot be told of it: %s", error)

    def _highest(self, chat_id: int) -> int:
        """The highest number that a message can have whose call has just ended: others may be known later or never."""
        return (self._numbers.newest(chat_id) or 0) + self._pace.under_way + len(self._in_doubt) + SPARE

    async def _learn(self) -> None:
        """Take up what the program before this one left: numbers, how full each group's minute is, doubts."""
        now, doubted = self._clock.now(), list[int]()
        for chat, number in await self._store.newest_told(KEPT):
            if found := _CHAT.fullmatch(chat):
                self._numbers.note(int(found[1]), number)
        for chat, at in await self._store.shown_since(now - timedelta(seconds=MINUTE)):
            if found := _CHAT.fullmatch(chat):
                self._pace.remember(int(found[1]), (now - at).total_seconds() if at else 0.0)
                doubted += [] if at else [int(found[1])]
        on_their_way = len(doubted) + AT_ONCE  # events' messages are noted in the store, answers to people are not
        self._in_doubt = {chat_id: Doubt(until=self._highest(chat_id) + on_their_way) for chat_id in doubted}

    async def _look(self, delivery: Delivery) -> Look:
        voice, days = self._desk.voice(delivery.subscriber.language), dict[int, str]()
        for message in delivery.messages:
            if message.event.kind is EventKind.DAILY_DIGEST:
                at = message.event.at
                try:
                    days[message.event_number] = await told_in_short(self._store, self._desk.coop, at, voice)
                except StoreError as error:
                    raise TryLaterError(f"the day cannot be read: {error}") from error
        return look_of(delivery, voice, now=self._desk.now(), days=days)

    async def _tell_visit_of_egg(self, chat_id: int, delivery: Delivery) -> None:
        """Add the egg to the message of the visit; it has its own message, so that a failure loses nothing."""
        story = visit_after_egg(delivery)
        if story is None or story.told is None:
            return
        voice = self._desk.voice(delivery.subscriber.language)
        try:
            await self._post.retell(chat_id, story.told, visit_look(story, delivery, voice, now=self._desk.now()))
        except TelegramError as error:
            log.info("The message of a visit in %s does not tell of its egg: %s", delivery.subscriber.chat, error)


def _chat_id(delivery: Delivery) -> int:
    chat = delivery.subscriber.chat
    found = _CHAT.fullmatch(chat)
    if found is None:
        raise RefusedError(f"received the chat {chat!r}, expected telegram:<chat id>")
    return int(found[1])
