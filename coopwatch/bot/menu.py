"""The menu beside the text field: languages and keepers in, what each may send shown in the reader's words.

Everybody sees the commands of viewers, in the language of their app; the chat of a keeper has a menu of its own, in the
language that it chose. The bot works without menus, so that a failure is logged and forgotten.
"""

import logging
from collections.abc import Iterable, Mapping
from gettext import NullTranslations

from telegram import Bot, BotCommandScopeChat
from telegram.error import TelegramError

from coopwatch.bot.commands import allowed
from coopwatch.core.voice import ENGLISH
from coopwatch.subscriber import Subscriber, SubscriberRole

log = logging.getLogger(__name__)

Languages = Mapping[str, NullTranslations]


async def offer_menus(bot: Bot, languages: Languages, subscribers: Iterable[Subscriber]) -> None:
    """The menu of everybody, and those of the keepers among the subscribers."""
    try:
        for code, words in languages.items():
            menu = _menu(SubscriberRole.VIEWER, words)
            await bot.set_my_commands(menu, language_code=None if code == "en" else code)
    except TelegramError as error:
        log.info("The menu of commands could not be set: %s", error)
        return
    for subscriber in subscribers:
        await offer_menu(bot, languages, subscriber)


async def offer_menu(bot: Bot, languages: Languages, subscriber: Subscriber) -> None:
    """The menu of a keeper's chat; any other chat has the one of everybody."""
    if subscriber.role is not SubscriberRole.KEEPER:
        return
    menu = _menu(subscriber.role, languages.get(subscriber.language, ENGLISH))
    chat = BotCommandScopeChat(int(subscriber.chat.removeprefix("telegram:")))
    try:
        await bot.set_my_commands(menu, scope=chat)
    except TelegramError as error:
        log.info("The menu of %s could not be set: %s", subscriber.chat, error)


def _menu(role: SubscriberRole, words: NullTranslations) -> list[tuple[str, str]]:
    return [(command.name, words.gettext(command.does)) for command in allowed(role)]
