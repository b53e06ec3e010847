"""Shows things in Telegram's chats: what a message looks like in, the Bot API's calls made, where it stands now out."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from coopwatch.bot.limits import CAPTION_LIMIT, TEXT_LIMIT, cut
from coopwatch.bot.meaning import is_chat_gone
from coopwatch.bot.pace import Pace
from coopwatch.bot.uploads import Photo, Uploads
from coopwatch.values import Told

log = logging.getLogger(__name__)

LONGEST_PAUSE = timedelta(seconds=5)  # that Telegram may ask for between two looks

_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a message looks like."""

    text: str
    photo: Photo | None = None
    buttons: InlineKeyboardMarkup | None = None
    is_silent: bool = True
    thread: int | None = None


class Post:
    """Sends, changes and finds messages. Every method lets the library's errors through, but for those it remedies."""

    def __init__(self, bot: Bot, uploads: Uploads, pace: Pace) -> None:
        self._bot = bot
        self._pace = pace
        self._uploads = uploads

    async def show(self, chat_id: int, look: Look) -> Told:
        """A new message; the text goes out even when the photo cannot, and when its topic is gone."""
        try:
            return await self._show(chat_id, look)
        except BadRequest as error:
            if look.thread is None or "thread not found" not in error.message.lower():
                raise
            log.warning("A topic of %s is gone; messages go to the chat itself", chat_id)
            return await self._show(chat_id, replace(look, thread=None))

    async def change(self, chat_id: int, told: Told, look: Look) -> Told:
        """The message that stands there looks so now; a new one, if it was deleted."""
        try:
            await self._change(chat_id, told, look)
        except BadRequest as error:
            if _says(error, "not modified"):
                return told
            if not _says(error, *_GONE):
                raise
            return await self.show(chat_id, look)
        return told

    async def retell(self, chat_id: int, told: Told, look: Look) -> None:
        """The message that stands there looks so now, or with the photo it has; one that was deleted stays so."""
        try:
            await self._change(chat_id, told, look)
        except BadRequest as error:
            if not _says(error, "not modified", *_GONE):
                raise

    async def find(self, chat_id: int, look: Look, numbers: Iterable[int], ruled_out: set[int]) -> Told | None:
        """The message of ours among these that looks so, or could: to edit it to what it should be shows it.

        One with a text alone may be the one whose photo was refused, or comes later; one with a photo is never one
        without. What is not it goes into `ruled_out`, and is not asked again when the line breaks and this begins anew.
        """
        for number in numbers:
            if number in ruled_out:
                continue
            told = Told(message_id=number, has_photo=look.photo is not None)
            if (found := await self._match(chat_id, told, look)) is not None:
                return found
            ruled_out.add(number)
        return None

    async def _match(self, chat_id: int, told: Told, look: Look) -> Told | None:
        """The message, if it looks so, now at the latest."""
        await self._pace.edit()
        try:
            await _patiently(partial(self._change_text, chat_id, told, look))
        except BadRequest as error:
            if is_chat_gone(error):
                raise
            if _says(error, "there is no caption"):
                return await self._match(chat_id, replace(told, has_photo=False), look)
            return told if _says(error, "not modified") else None
        return told

    async def _show(self, chat_id: int, look: Look) -> Told:
        sent = await self._show_photo(chat_id, look) if look.photo else None
        if sent is not None:
            return Told(message_id=sent.message_id, has_photo=True)
        sent = await self._bot.send_message(
            chat_id,
            cut(look.text, TEXT_LIMIT),
            reply_markup=look.buttons,
            disable_notification=look.is_silent,
            message_thread_id=look.thread,
        )
        return Told(message_id=sent.message_id, has_photo=False)

    async def _show_photo(self, chat_id: int, look: Look) -> Message | None:
        """A new message with its photo; None if the photo is refused or cannot be read."""
        assert look.photo is not None
        source = await self._uploads.find(look.photo)
        try:
            while source is not None:
                sent = await self._try_photo(chat_id, look, source)
                if sent is not None:
                    await self._uploads.keep(look.photo, sent.photo[-1].file_id)
                    return sent
                source = await self._uploads.again(look.photo) if isinstance(source, str) else None
        finally:
            self._uploads.give_up(look.photo)
        return None

    async def _try_photo(self, chat_id: int, look: Look, source: str | bytes) -> Message | None:
        try:
            return await self._bot.send_photo(
                chat_id,
                source,
                caption=cut(look.text, CAPTION_LIMIT),
                filename=None if isinstance(source, str) else "coop.jpg",
                reply_markup=look.buttons,
                disable_notification=look.is_silent,
                message_thread_id=look.thread,
            )
        except BadRequest as error:
            if is_chat_gone(error) or _says(error, "thread not found"):
                raise
            log.warning("A photo was refused: %s", error)
            return None

    async def _change(self, chat_id: int, told: Told, look: Look) -> None:
        if not (told.has_photo and look.photo and await self._change_photo(chat_id, told.message_id, look)):
            await self._change_text(chat_id, told, look)

    async def _change_photo(self, chat_id: int, number: int, look: Look) -> bool:
        """Whether the new photo is shown, or was already."""
        assert look.photo is not None
        source = await self._uploads.find(look.photo)
        try:
            if source is None:
                return False
            media = InputMediaPhoto(source, caption=cut(look.text, CAPTION_LIMIT))
            changed = await self._bot.edit_message_media(media, chat_id, number, reply_markup=look.buttons)
            if isinstance(changed, Message) and changed.photo:
                await self._uploads.keep(look.photo, changed.photo[-1].file_id)
        except BadRequest as error:
            if _says(error, "not modified", *_GONE):
                raise
            log.warning("A new photo was refused, and the one before stays: %s", error)
            return False
        finally:
            self._uploads.give_up(look.photo)
        return True

    async def _change_text(self, chat_id: int, told: Told, look: Look) -> None:
        if told.has_photo:
            text = cut(look.text, CAPTION_LIMIT)
            await self._bot.edit_message_caption(chat_id, told.message_id, caption=text, reply_markup=look.buttons)
        else:
            text = cut(look.text, TEXT_LIMIT)
            await self._bot.edit_message_text(text, chat_id, told.message_id, reply_markup=look.buttons)


async def _patiently(call: Callable[[], Awaitable[None]]) -> None:
    """One of many calls, all of which must succeed: a moment's trouble does not end them."""
    for last in (False, False, True):
        try:
            await call()
        except BadRequest:
            raise
        except RetryAfter as error:
            pause = timedelta(seconds=error.retry_after) if isinstance(error.retry_after, int) else error.retry_after
            if last or pause > LONGEST_PAUSE:
                raise
            await asyncio.sleep(pause.total_seconds())
        except NetworkError:
            if last:
                raise
        else:
            return


def _says(error: TelegramError, *parts: str) -> bool:
    return any(part in error.message.lower() for part in parts)
