"""Talks with people: an update of Telegram in; the answer sent, or the message with the pressed button changed."""

import logging
from dataclasses import replace
from datetime import timedelta

from telegram import (
    Bot,
    CallbackQuery,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
    User,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from coopwatch.bot.answers import quiet
from coopwatch.bot.asking import KEEPERS_ONLY, Asked, Desk, Keyboard, Reply
from coopwatch.bot.commands import BY_NAME, Command, allowed, read_command
from coopwatch.bot.door import Allowance, Door, Standing, Visitor
from coopwatch.bot.limits import CAPTION_LIMIT, TEXT_LIMIT, cut
from coopwatch.bot.meaning import is_chat_gone
from coopwatch.bot.menu import offer_menu
from coopwatch.bot.pace import Limits
from coopwatch.bot.presses import Change, carry_out, needed_standing
from coopwatch.core.voice import marked
from coopwatch.errors import StoreError
from coopwatch.locale.catalogue import nearest_language
from coopwatch.subscriber import SubscriberRole

log = logging.getLogger(__name__)

STRANGER = marked("This bot looks after somebody's hens and speaks only with chats that it was introduced to.")
STORE_BROKEN = marked("I cannot read or write my notes just now. Please try again in a minute.")
UNKNOWN = marked("I do not know /{name}.")
MINUTE = timedelta(minutes=1)
ALL_ANSWERS = 600  # a minute, to all groups together
ROLES = {Standing.VIEWER: SubscriberRole.VIEWER, Standing.KEEPER: SubscriberRole.KEEPER}


class Conversation:
    """Lets visitors in as far as they may, and brings what the answers give to their chat."""

    def __init__(self, bot: Bot, desk: Desk, door: Door) -> None:
        self._bot = bot
        self._desk = desk
        self._door = door
        most = Limits().answers_each_minute
        self._answers = Allowance(each=most, together=ALL_ANSWERS, each_within=MINUTE, together_within=MINUTE)

    async def handle(self, update: Update, bot_name: str) -> None:
        """Answer one update; the bot's own name tells which commands are meant for it."""
        if update.callback_query is not None:
            await self._press(update.callback_query)
            return
        said, chat, person = update.effective_message, update.effective_chat, update.effective_user
        if said is None or chat is None or update.edited_message or update.edited_channel_post:
            return
        if said.migrate_to_chat_id is not None:
            await self._desk.store.move_chat(f"telegram:{chat.id}", f"telegram:{said.migrate_to_chat_id}")
            return
        if said.text is None:
            return
        asked = read_command(said.text, visitor=_visitor(chat, person, said), bot_name=bot_name)
        if asked is None:
            return
        reply = await self._answer(asked, language=nearest_language(person.language_code if person else None))
        if reply and self._may_speak(chat.id):
            await self._post(chat.id, reply, asked.visitor.thread)
        if asked.name == "start":
            await self._offer_menu(asked.visitor.chat)

    async def _offer_menu(self, chat: str) -> None:
        subscriber = self._door.remembered(chat)
        if subscriber is not None:
            await offer_menu(self._bot, self._desk.languages, subscriber)

    def _may_speak(self, chat_id: int) -> bool:
        """Whether the limits of groups leave room for an answer; whoever asks more gets silence."""
        if chat_id > 0:
            return True
        now, chat = self._desk.clock.now(), str(chat_id)
        is_left = self._answers.is_left(chat, now)
        if is_left:
            self._answers.use(chat, now)
        else:
            log.info("The group %s asks so much that an answer was left out", chat)
        return is_left

    async def _answer(self, asked: Asked, *, language: str) -> Reply | None:
        """The reply; None where the bot better says nothing: to a talkative stranger, or among others in a group."""
        in_private = not asked.visitor.chat.startswith("telegram:-")  # groups and channels have numbers below 0
        command = BY_NAME.get(asked.name) or (BY_NAME["help"] if in_private else None)
        if command is None:
            return None
        asked = replace(asked, voice=self._desk.voice(language))
        try:
            return await self._let_in(command, asked, language=language)
        except StoreError as error:
            log.error("/%s in %s could not be answered: %s", command.name, asked.visitor.chat, error)
            return Reply(text=asked.voice.say(STORE_BROKEN))

    async def _let_in(self, command: Command, asked: Asked, *, language: str) -> Reply | None:
        visitor, now = asked.visitor, self._desk.clock.now()
        standing = await self._door.standing(visitor)
        if command.name == "start":
            is_new = self._door.remembered(visitor.chat) is None
            entered = await self._door.enter(visitor, asked.argument, at=now)
            if entered and is_new:
                await self._desk.store.set_preferences(replace(entered, language=language))
            standing = await self._door.standing(visitor)
        if standing is Standing.STRANGER:
            return Reply(text=asked.voice.say(STRANGER)) if self._door.may_answer(visitor, at=now) else None
        asked = self._introduced(asked)
        if command not in allowed(ROLES[standing]):
            return Reply(text=asked.voice.say(KEEPERS_ONLY))
        if command.is_slow:
            await self._promise(visitor)
        reply = await command.reply(self._desk, replace(asked, role=ROLES[standing]))
        if asked.name and asked.name != command.name:
            return replace(reply, text=f"{asked.voice.say(UNKNOWN, name=asked.name)}\n\n{reply.text}")
        return reply

    async def _promise(self, visitor: Visitor) -> None:
        """Show that a film is on its way; nothing is lost where that cannot be shown."""
        try:
            await self._bot.send_chat_action(
                int(visitor.chat.removeprefix("telegram:")), ChatAction.UPLOAD_VIDEO, message_thread_id=visitor.thread
            )
        except TelegramError as error:
            log.debug("What is under way could not be shown: %s", error)

    def _introduced(self, asked: Asked) -> Asked:
        """The question with what is known of its chat, in the chat's own language."""
        known = self._door.remembered(asked.visitor.chat)
        if known is None:
            return asked
        return replace(asked, subscriber=known if known.is_active else None, voice=self._desk.voice(known.language))

    async def _press(self, query: CallbackQuery) -> None:
        """Answer a press at once, then do what it says; forged ones of strangers get nothing at all."""
        message, data = query.message, query.data
        needed = needed_standing(data) if data else None
        if message is None or data is None or needed is None:
            return
        visitor = _visitor(message.chat, query.from_user, message if isinstance(message, Message) else None)
        try:
            standing = await self._door.standing(visitor)
        except StoreError as error:
            log.error("A press in %s could not be answered: %s", visitor.chat, error)
            return  # nobody is known, so that it may be a stranger's
        if standing is Standing.STRANGER:
            return
        asked = self._introduced(Asked(visitor=visitor, name="", argument=data, voice=self._desk.voice("en")))
        if standing < needed:
            await _acknowledge(query, asked.voice.say(KEEPERS_ONLY))
            return
        await _acknowledge(query)
        try:
            change = await carry_out(self._desk, asked)
        except StoreError as error:
            log.error("A button in %s could not be answered: %s", visitor.chat, error)
            await self._post(message.chat.id, Reply(text=asked.voice.say(STORE_BROKEN)), visitor.thread)
            return
        if change is not None:
            await self._change(message.chat.id, message.message_id, message, change, asked)
        if data.startswith(f"{quiet.PRESS}:language:"):
            await self._door.standing(visitor)  # it looks at the subscriber anew
            await self._offer_menu(visitor.chat)

    async def _change(self, chat_id: int, message_id: int, message: object, change: Change, asked: Asked) -> None:
        """Show the new text and buttons; a message that shows them already, or that is gone, is left alone."""
        markup = to_markup(change.buttons)
        try:
            if change.text is None or not isinstance(message, Message):  # Telegram tells too little of an old one
                await self._bot.edit_message_reply_markup(chat_id, message_id, reply_markup=markup)
            elif message.caption is not None:
                text = cut(change.text, CAPTION_LIMIT)
                await self._bot.edit_message_caption(chat_id, message_id, caption=text, reply_markup=markup)
            else:
                text = cut(change.text, TEXT_LIMIT)
                await self._bot.edit_message_text(text, chat_id, message_id, reply_markup=markup)
        except BadRequest as error:
            log.debug("A message in %s stays as it is: %s", asked.visitor.chat, error)

    async def _post(self, chat_id: int, reply: Reply, thread: int | None) -> None:
        """The picture or film with its text; the text must go out even when they cannot, whoever is at fault."""
        markup = to_markup(reply.buttons)
        text = cut(reply.text, CAPTION_LIMIT)
        try:
            if reply.film:
                await self._bot.send_video(
                    chat_id, reply.film, caption=text, filename="coop.mp4", supports_streaming=True,
                    message_thread_id=thread, reply_markup=markup,
                )  # fmt: skip
                return
            if reply.photo:
                await self._bot.send_photo(
                    chat_id, reply.photo, caption=text, filename="coop.jpg",
                    message_thread_id=thread, reply_markup=markup,
                )  # fmt: skip
                return
        except NetworkError as error:
            if is_chat_gone(error) or isinstance(error, TimedOut):  # what was not answered in time may have arrived
                raise
            log.warning("A picture was refused and its text sent alone: %s", error)
        await self._bot.send_message(
            chat_id, cut(reply.text, TEXT_LIMIT), message_thread_id=thread, reply_markup=markup
        )


def to_markup(buttons: Keyboard) -> InlineKeyboardMarkup | None:
    """The buttons as the library wants them."""
    rows = [[InlineKeyboardButton(button.text, callback_data=button.data) for button in row] for row in buttons]
    return InlineKeyboardMarkup(rows) if rows else None


async def _acknowledge(query: CallbackQuery, text: str | None = None) -> None:
    """End the waiting sign on the button; what the press says counts also where it is too old, or the line broke."""
    try:
        await query.answer(text)
    except TelegramError as error:
        log.debug("A press could not be acknowledged: %s", error)


def _visitor(chat: Chat, person: User | None, said: Message | None) -> Visitor:
    return Visitor(
        chat=f"telegram:{chat.id}",
        name=chat.effective_name or str(chat.id),
        person=f"telegram:{chat.id if person is None else person.id}",  # nobody signs what a channel says
        thread=said.message_thread_id if said is not None and said.is_topic_message else None,
    )
