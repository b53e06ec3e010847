"""The Telegram bot: messages in, photos with captions out to chats; commands of people in, replies out."""

import asyncio
import logging
import os
import re
from contextlib import AsyncExitStack
from datetime import tzinfo
from pathlib import Path
from typing import Self

from telegram import Bot
from telegram.error import BadRequest, ChatMigrated

from coopwatch.bot.api import BotApiRequest
from coopwatch.bot.asking import Desk
from coopwatch.bot.conversation import Conversation
from coopwatch.bot.door import Door
from coopwatch.bot.limits import CAPTION_LIMIT, TEXT_LIMIT, cut
from coopwatch.bot.meaning import is_chat_gone, meant
from coopwatch.bot.redaction import token_kept_out_of_logs
from coopwatch.bot.updates import Listener
from coopwatch.clock import Clock
from coopwatch.core.voice import Names, Voice
from coopwatch.core.wording import caption
from coopwatch.errors import RefusedError, UserMustActError
from coopwatch.locale.catalogue import load_languages
from coopwatch.ports import Coop, Store, Subscriber
from coopwatch.values import Event, Message

log = logging.getLogger(__name__)

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
_CHAT = re.compile(r"telegram:(-?\d+)")


class TelegramBot:
    """A Messenger, and the one who answers commands.

    `async with` opens the line; `run()` listens and belongs into a task of the daemon. Sending works without it.

    Raises:
        UserMustActError: the token does not look like one.
    """

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
        if not _TOKEN.fullmatch(token):
            raise UserMustActError(
                "received a bot token of another form, expected digits, a colon, letters and digits; "
                "copy it from @BotFather into the file or variable that chat.telegram names (token_file or token_env)"
            )
        self._token = token
        self._api_url = api_url.rstrip("/")
        self._store = store
        self._voice = Voice(names=names, zone=zone)
        self._data_dir = data_dir
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
        self._line = AsyncExitStack()
        self._bot: Bot

    async def __aenter__(self) -> Self:
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns of its own future with every 429
        async with AsyncExitStack() as stack:
            stack.enter_context(token_kept_out_of_logs(self._token))  # first: the library logs it when it is made
            updates = await stack.enter_async_context(BotApiRequest(connections=1))
            messages = await stack.enter_async_context(BotApiRequest(connections=32))
            self._bot = Bot(self._token, f"{self._api_url}/bot", request=messages, get_updates_request=updates)
            self._line = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._line.aclose()

    async def run(self) -> None:
        """Answer commands for ever; waits in the background while there is no network.

        Raises:
            UserMustActError: the token is refused.
        """
        conversation = Conversation(self._bot, self._desk, Door(self._store))
        await Listener(self._bot, conversation.handle, self._clock).run()

    async def send(self, message: Message) -> None:
        """Send an event's photo with its caption; the text alone where there is no photo or it is refused.

        Raises:
            MessengerError: see coopwatch.errors.
            UserMustActError: the token is refused.
        """
        found = _CHAT.fullmatch(message.chat)
        if found is None:
            raise RefusedError(f"received the chat {message.chat!r}, expected telegram:<chat id>")
        text = caption(message.event, self._voice, now=self._clock.now())
        jpeg = await asyncio.to_thread(self._read_photo, message.event)
        with meant():
            try:
                await self._post(int(found[1]), text, jpeg)
            except ChatMigrated as moved:
                await self._post(moved.new_chat_id, text, jpeg)
                await self._follow(message.chat, moved.new_chat_id)

    async def _post(self, chat_id: int, text: str, jpeg: bytes | None, thread: int | None = None) -> None:
        """One photo with its text; the text must go out even when the photo cannot."""
        if jpeg:
            try:
                await self._bot.send_photo(
                    chat_id, jpeg, caption=cut(text, CAPTION_LIMIT), filename="coop.jpg", message_thread_id=thread
                )
                return
            except BadRequest as error:
                if is_chat_gone(error):
                    raise
                log.warning("A photo was refused and its text sent alone: %s", error)
        await self._bot.send_message(chat_id, cut(text, TEXT_LIMIT), message_thread_id=thread)

    async def _follow(self, old: str, new_id: int) -> None:
        """A group became a supergroup and has another number now; what else waits for the old one is dropped."""
        name = next((one.name for one in await self._store.subscribers() if one.chat == old), str(new_id))
        await self._store.subscribe(Subscriber(chat=f"telegram:{new_id}", name=name, since=self._clock.now()))
        await self._store.unsubscribe(old)
        log.info("%s is telegram:%s now", old, new_id)

    def _read_photo(self, event: Event) -> bytes | None:
        if event.photo is None:
            return None
        try:
            return (self._data_dir / event.photo).read_bytes()
        except OSError as error:
            log.warning("The photo %s cannot be read and its text is sent alone: %s", event.photo, error.strerror)
            return None
