"""Listens to the Bot API for ever: its updates in, each handed on; a broken line is told once and waited out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from coopwatch.bot.meaning import is_token_refused, meaning_of, token_refused
from coopwatch.core.phrases import span
from coopwatch.core.voice import FOR_LOGS, marked

log = logging.getLogger(__name__)

WANTED = ("message", "channel_post", "callback_query")  # the kinds of update that Telegram shall send
LONG_POLL = timedelta(seconds=30)  # how long Telegram holds an empty answer back
FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=30)
TELL_AFTER = 2  # failures in a row: one alone is nothing, long requests break off now and then
AT_ONCE = 8  # updates handled at the same time
RIVAL = marked("another program uses the same bot token, so that commands may be lost; stop one of the two")

Handle = Callable[[Update, str], Awaitable[None]]
"""Takes an update and the bot's own name."""

Tell = Callable[[str], Awaitable[None]]


class Listener:
    """Introduces itself to the Bot API as soon as there is a network, then takes updates.

    Args:
        bot: on an open line.
        handle: answers an update.
        introduced: takes the bot's own name, once it is known.
        troubled: takes a trouble that a keeper must be told of, in plain words.
    """

    def __init__(self, bot: Bot, handle: Handle, *, introduced: Tell, troubled: Tell) -> None:
        self._bot = bot
        self._handle = handle
        self._introduced = introduced
        self._line = Line(troubled)
        self._free = asyncio.Semaphore(AT_ONCE)
        self._offset = 0

    async def run(self) -> None:
        """Listen for ever.

        Raises:
            UserMustActError: the token is refused.
        """
        try:
            async with asyncio.TaskGroup() as owner:
                while True:
                    name = await self._introduce()
                    await self._listen(owner, name)
        except ExceptionGroup as group:
            raise group.exceptions[0] from None  # only this task can fail: updates are handled behind a guard

    async def _introduce(self) -> str:
        """The bot's own name, as soon as the Bot API tells it."""
        while True:
            try:
                me = await self._bot.get_me()
            except TelegramError as error:
                if is_token_refused(error):
                    raise token_refused() from None  # the library's own error may quote the token
                await self._line.lost(error)
            else:
                self._line.works()
                log.info("The bot %s listens", me.username or me.first_name)
                await self._introduced(me.username or "")
                return me.username or ""

    async def _listen(self, owner: asyncio.TaskGroup, name: str) -> None:
        """Take updates until the token is refused; `_introduce` then finds out whether it really is."""
        while True:
            try:
                updates = await self._bot.get_updates(offset=self._offset, timeout=LONG_POLL, allowed_updates=WANTED)
            except InvalidToken as error:
                await self._line.lost(error)
                return
            except TelegramError as error:
                await self._line.lost(error)
                continue
            self._line.works()
            for update in updates:
                self._offset = update.update_id + 1
                await self._free.acquire()
                owner.create_task(self._guard(update, name), name=f"update {update.update_id}")

    async def _guard(self, update: Update, name: str) -> None:
        try:
            await self._handle(update, name)
        except TelegramError as error:
            log.warning("A reply could not be sent: %s", meaning_of(error))
        except Exception:
            # The border to what people write: one update that we handle wrongly must not end the others.
            log.exception("Update %s could not be handled", update.update_id)
        finally:
            self._free.release()


class Line:
    """Whether the Bot API can be reached; tells a loss and its end once each, and waits longer each time."""

    def __init__(self, troubled: Tell) -> None:
        self._troubled = troubled
        self._failures = 0
        self._since = 0.0  # when it was lost, by the loop's clock

    async def lost(self, error: TelegramError) -> None:
        """Take note of a failure and wait."""
        if not self._failures:
            self._since = asyncio.get_running_loop().time()
        self._failures += 1
        if self._failures == TELL_AFTER:
            await self._tell(error)
        await asyncio.sleep(self._pause(error).total_seconds())

    def works(self) -> None:
        """Take note of an answer."""
        if self._failures >= TELL_AFTER:
            away = timedelta(seconds=asyncio.get_running_loop().time() - self._since)  # also when the clock was set
            log.info("The Bot API is reached again after %s", span(away, FOR_LOGS))
        self._failures = 0

    async def _tell(self, error: TelegramError) -> None:
        if isinstance(error, Conflict):  # messages still go out, and so does this one
            log.warning(RIVAL)
            await self._troubled(RIVAL)
        else:
            log.warning("The Bot API cannot be reached; messages wait until it can: %s", error)

    def _pause(self, error: TelegramError) -> timedelta:
        told = timedelta(0)
        if isinstance(error, RetryAfter):
            told = timedelta(seconds=error.retry_after) if isinstance(error.retry_after, int) else error.retry_after
        doublings = min(self._failures - 1, 10)
        return max(told, min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE))
