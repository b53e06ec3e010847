"""The ways to talk, built from settings and replaced when those change: the terminal and the bot."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr

from coopwatch.bot.terminal import TerminalMessenger
from coopwatch.clock import SystemClock
from coopwatch.config.secrets import telegram_token
from coopwatch.config.settings import Settings
from coopwatch.errors import ConfigError
from coopwatch.ports import Coop, Messenger, Store
from coopwatch.subscriber import Subscriber

if TYPE_CHECKING:
    from coopwatch.bot.telegram import TelegramBot

TERMINAL = "terminal"
TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """How the terminal is written to where it stands in the place of a chat."""

    write: Callable[[str], object]
    as_json: bool = False
    colour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """The ways to talk that some settings ask for; the bot is not yet open."""

    origin: object  # what the bot is made from: while it stays equal, so does the bot
    terminal: TerminalMessenger | None
    bot: "TelegramBot | None"


class Chats:
    """Holds what is open of the voices in use; `messengers` is theirs at any time."""

    def __init__(self, *, store: Store, coop: Coop, terminal: Terminal) -> None:
        self.messengers: dict[str, Messenger] = {}
        self._store = store
        self._coop = coop
        self._terminal = terminal
        self._origin: object = None
        self._bot: TelegramBot | None = None
        self._open = AsyncExitStack()
        self._group: asyncio.TaskGroup | None = None
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def make(self, settings: Settings) -> Voices:
        """The voices of these settings.

        Raises:
            UserMustActError: the bot's token is missing or does not look like one.
        """
        names = names_of(settings)
        telegram = settings.chat.telegram
        token = None if telegram is None else telegram_token(telegram)
        terminal = TerminalMessenger(
            self._terminal.write,
            names=names,
            zone=settings.timezone,
            data_dir=settings.data_dir,
            store=self._store,
            coop=self._coop,
            as_json=self._terminal.as_json,
            colour=self._terminal.colour,
        )
        return Voices(
            origin=(telegram, token, names, settings.timezone),
            terminal=terminal if settings.chat.terminal else None,
            bot=None if telegram is None else self._make_bot(settings, telegram.api_url, token),
        )

    async def check(self, voices: Voices) -> None:
        """Ask the Bot API about a bot that comes while the daemon runs: a wrong token would end all that watches.

        Where it gives no answer, the bot will wait for one.

        Raises:
            UserMustActError: the token is refused.
        """
        if voices.bot is not None and self._origin not in (None, voices.origin):
            await voices.bot.ask_name()

    async def use(self, voices: Voices) -> None:
        """Talk by these from now on. A bot that is made from the same as before goes on.

        Raises:
            StoreError: the store cannot be written; everything stays as it was, since what can fail is done first.
        """
        is_other = voices.origin != self._origin
        async with AsyncExitStack() as opening:
            if is_other and voices.bot is not None:
                await opening.enter_async_context(voices.bot)
            await self._subscribe(voices.terminal)
            opened = opening.pop_all()
        self._exchange(TERMINAL, voices.terminal)
        if is_other:
            self._origin = voices.origin
            await self._replace_bot(voices.bot, opened)

    async def _subscribe(self, terminal: TerminalMessenger | None) -> None:
        if terminal is None:
            await self._store.unsubscribe(TERMINAL)
        else:
            await self._store.subscribe(Subscriber(chat=TERMINAL, name=TERMINAL, since=SystemClock().now()))

    def _exchange(self, way: str, messenger: Messenger | None) -> None:
        if messenger is None:
            self.messengers.pop(way, None)
        else:
            self.messengers[way] = messenger

    async def run(self) -> None:
        """Let the bot listen, whichever it is, for ever."""
        async with asyncio.TaskGroup() as self._group:
            self._listen()
            await asyncio.Event().wait()

    async def _replace_bot(self, bot: "TelegramBot | None", opened: AsyncExitStack) -> None:
        if self._listening is not None:
            self._listening.cancel()  # two that listen with one token are refused
            await asyncio.wait([self._listening])
        old, self._open = self._open, opened
        self._exchange(TELEGRAM, bot)
        await old.aclose()  # last: meanwhile no message finds no way
        self._bot = bot
        self._listen()

    def _listen(self) -> None:
        self._listening = None
        if self._group is not None and self._bot is not None:
            self._listening = self._group.create_task(self._bot.run(), name="bot")

    def _make_bot(self, settings: Settings, api_url: str, token: SecretStr | None) -> "TelegramBot":
        from coopwatch.bot.telegram import TelegramBot  # noqa: PLC0415 (a daemon without a bot is spared its memory)

        if token is None:
            raise ConfigError(
                "chat.telegram: received no token, expected one; name a file with `token_file`, a variable with "
                "`token_env`, or give systemd the credential `token`"
            )
        return TelegramBot(
            token=token.get_secret_value(),
            api_url=api_url,
            store=self._store,
            coop=self._coop,
            names=names_of(settings),
            zone=settings.timezone,
            data_dir=settings.data_dir,
            clock=SystemClock(),
        )


def names_of(settings: Settings) -> Mapping[str, str]:
    """Label -> what a hen is called."""
    return {label: hen.name for label, hen in settings.hens.items()}
