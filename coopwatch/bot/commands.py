"""The table of commands: what someone writes in, what the bot replies out; it feeds /help and Telegram's menu too."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from coopwatch.bot.door import Door, Standing, Visitor
from coopwatch.clock import Clock
from coopwatch.core.phrases import moment, nest_title
from coopwatch.core.voice import Names, Voice
from coopwatch.core.wording import status_text
from coopwatch.errors import StoreError
from coopwatch.ports import Coop, Store

log = logging.getLogger(__name__)

STRANGER = "This bot looks after somebody's hens and speaks only with chats that it was introduced to."
STORE_BROKEN = "I cannot read or write my notes just now. Please try again in a minute."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command as someone sent it."""

    visitor: Visitor
    name: str  # lower case, without the slash; "" for a text that is no command
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back: a text, or a photo with the text below it."""

    text: str
    photo: bytes | None = None  # JPEG


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A row of the table."""

    name: str
    argument: str  # as /help shows it
    does: str
    reply: Callable[["Desk", Asked], Awaitable[Reply]]


class Desk:
    """Answers commands from the coop's memory."""

    def __init__(self, *, coop: Coop, store: Store, names: Names, zone: tzinfo, clock: Clock) -> None:
        self._coop = coop
        self._store = store
        self._door = Door(store)
        self._voice = Voice(names=names, zone=zone)
        self._clock = clock

    async def answer(self, asked: Asked) -> Reply | None:
        """The reply; None where the bot better says nothing (in a group, a command for some other bot)."""
        in_private = asked.visitor.chat == asked.visitor.person
        command = _BY_NAME.get(asked.name) or (_BY_NAME["help"] if in_private else None)
        if command is None:
            return None
        try:
            return await self._let_in(command, asked)
        except StoreError as error:
            log.error("/%s in %s could not be answered: %s", command.name, asked.visitor.chat, error)
            return Reply(text=STORE_BROKEN)

    async def _let_in(self, command: Command, asked: Asked) -> Reply | None:
        standing = await self._door.standing(asked.visitor)
        if command.name == "start" and await self._door.enter(asked.visitor, asked.argument, at=self._clock.now()):
            return await command.reply(self, asked)
        if standing is not Standing.STRANGER:
            return await command.reply(self, asked)
        return Reply(text=STRANGER) if self._door.may_answer(asked.visitor, at=self._clock.now()) else None

    async def start(self, _: Asked) -> Reply:
        """Welcome the chat; the door has let it in."""
        return Reply(text=f"This chat gets a message whenever something happens in the nests.\n\n{help_text()}")

    async def stop(self, asked: Asked) -> Reply:
        """Suspend the chat's subscription."""
        await self._store.unsubscribe(asked.visitor.chat)
        log.info("%s (%s) gets no more messages", asked.visitor.chat, asked.visitor.name)
        return Reply(text="This chat gets no more messages. /start brings them back.")

    async def status(self, _: Asked) -> Reply:
        """Tell the state of every nest and of cameras with trouble."""
        return Reply(text=status_text(self._coop.status(), self._voice, now=self._clock.now()))

    async def photo(self, asked: Asked) -> Reply:
        """Show the newest picture of a nest, or of the first camera."""
        seen = {nest.nest: camera.last_frame_at for camera in self._coop.status() for nest in camera.nests}
        nest = _nest_meant(asked.argument, seen)
        if asked.argument and nest is None:
            return Reply(text=f"I know no nest {asked.argument[:40]!r}. The nests are: {', '.join(seen) or 'none'}.")
        jpeg = self._coop.newest_photo(nest)
        if jpeg is None:
            return Reply(text=f"There is no picture yet.\n\n{(await self.status(asked)).text}")
        what = nest_title(nest, self._voice) if nest else "The coop"
        taken_at = seen.get(nest) if nest else next(iter(seen.values()), None)
        when = f", {moment(taken_at, self._voice, seen_from=self._clock.now())}" if taken_at else ""
        return Reply(text=f"{what}{when}", photo=jpeg)

    async def help(self, asked: Asked) -> Reply:
        """List the commands."""
        unknown = f"I do not know /{asked.name}.\n\n" if asked.name and asked.name not in _BY_NAME else ""
        return Reply(text=f"{unknown}{help_text()}")


COMMANDS = (
    Command(name="status", argument="", does="what every nest shows now", reply=Desk.status),
    Command(name="photo", argument="[nest]", does="the newest picture", reply=Desk.photo),
    Command(name="start", argument="", does="send messages to this chat", reply=Desk.start),
    Command(name="stop", argument="", does="send no more messages to this chat", reply=Desk.stop),
    Command(name="help", argument="", does="this list", reply=Desk.help),
)
_BY_NAME = {command.name: command for command in COMMANDS}

_COMMAND = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<argument>.*))?", re.DOTALL)


def help_text() -> str:
    """The table for people."""
    rows = ((f"/{command.name} {command.argument}".strip(), command.does) for command in COMMANDS)
    return "\n".join(f"{usage}: {does}" for usage, does in rows)


def read_command(text: str, *, visitor: Visitor, bot_name: str) -> Asked | None:
    """What was asked, in upper or lower case, with or without "@bot"; None if it is for another bot.

    A text that is no command is read as one without a name.
    """
    found = _COMMAND.fullmatch(text.strip())
    if found is None:
        return Asked(visitor=visitor, name="")
    if found["bot"] and found["bot"].lower() != bot_name.lower():
        return None
    return Asked(visitor=visitor, name=found["name"].lower(), argument=(found["argument"] or "").strip())


def _nest_meant(argument: str, nests: Mapping[str, object]) -> str | None:
    """The nest of this name; case and the word "nest" do not matter."""
    wanted = argument.lower().removesuffix(" nest").replace(" ", "_")
    return next((nest for nest in nests if nest.lower() in (wanted, argument.lower())), None)
