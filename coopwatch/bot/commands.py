"""The table of commands; it feeds /help, Telegram's menu, the reference in docs/ and the tests."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from coopwatch.bot.answers import days, film, hens, now, people, quiet
from coopwatch.bot.asking import Asked, Desk, Reply
from coopwatch.bot.door import Visitor
from coopwatch.core.voice import Voice, marked
from coopwatch.subscriber import SubscriberRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A row of the table."""

    name: str
    argument: str  # as /help shows it
    does: str
    reply: Callable[[Desk, Asked], Awaitable[Reply]]
    role: SubscriberRole = SubscriberRole.VIEWER  # who may send it; a keeper may send all
    is_slow: bool = False  # seconds pass before the answer


async def _help(_: Desk, asked: Asked) -> Reply:
    return Reply(text=help_text(asked.voice, asked.role))


COMMANDS = (
    Command(
        name="status", argument="", does=marked("what every nest shows now, and whether all is well"), reply=now.status
    ),
    Command(name="photo", argument="[nest]", does=marked("the newest picture"), reply=now.photo),
    Command(name="today", argument="", does=marked("what happened today"), reply=days.today),
    Command(name="digest", argument="", does=marked("the day in short"), reply=days.digest),
    Command(name="eggs", argument="[week|month|year]", does=marked("eggs as a chart"), reply=days.eggs),
    Command(name="hens", argument="", does=marked("all hens in a table"), reply=hens.hens),
    Command(name="hen", argument="NAME", does=marked("all about one hen"), reply=hens.hen),
    Command(name="events", argument="[n]", does=marked("what happened last"), reply=days.events),
    Command(
        name="timelapse",
        argument="[nest] [hours]",
        does=marked("the last hours as a film"),
        reply=film.timelapse,
        is_slow=True,
    ),
    Command(
        name="mute", argument="[2h | until 18:00 | kind]", does=marked("fewer messages, for a while"), reply=quiet.mute
    ),
    Command(name="unmute", argument="", does=marked("all messages again"), reply=quiet.unmute),
    Command(name="settings", argument="", does=marked("which messages, quiet hours, language"), reply=quiet.settings),
    Command(name="model", argument="", does=marked("which model names the hens"), reply=now.model),
    Command(
        name="invite",
        argument="[viewer|keeper]",
        does=marked("let somebody else in"),
        reply=people.invite,
        role=SubscriberRole.KEEPER,
    ),
    Command(
        name="subscribers",
        argument="",
        does=marked("who gets messages"),
        reply=people.subscribers,
        role=SubscriberRole.KEEPER,
    ),
    Command(name="start", argument="[CODE]", does=marked("send messages to this chat"), reply=people.start),
    Command(name="stop", argument="", does=marked("send no more messages to this chat"), reply=people.stop),
    Command(name="help", argument="", does=marked("this list"), reply=_help),
)
BY_NAME = {command.name: command for command in COMMANDS}

_COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<argument>.*))?", re.DOTALL)


def help_text(voice: Voice, role: SubscriberRole) -> str:
    """The table for people, with the rows that this role may use."""
    rows = ((f"/{command.name} {command.argument}".strip(), voice.say(command.does)) for command in allowed(role))
    return "\n".join(f"{usage}: {does}" for usage, does in rows)


def allowed(role: SubscriberRole) -> Sequence[Command]:
    """The commands that a role may send."""
    return [command for command in COMMANDS if role in (command.role, SubscriberRole.KEEPER)]


def read_command(text: str, *, visitor: Visitor, bot_name: str) -> Asked | None:
    """What was asked, in upper or lower case, with or without "@bot"; None if it is for another bot.

    A text that is no command is read as one without a name.
    """
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return Asked(visitor=visitor, name="", bot_name=bot_name)
    if found["bot"] and found["bot"].lower() != bot_name.lower():
        return None
    argument = (found["argument"] or "").strip()
    return Asked(visitor=visitor, name=found["name"].lower(), argument=argument, bot_name=bot_name)
