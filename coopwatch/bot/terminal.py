"""The terminal in the place of a chat: an event in, one line out, for people or as JSON for programs."""

import asyncio
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from textwrap import indent

from rich.console import Console
from rich.text import Text

from coopwatch.bot.the_day import told_in_short
from coopwatch.core.event_json import event_to_line
from coopwatch.core.voice import Names, Voice
from coopwatch.core.wording import sentence
from coopwatch.delivery import Delivery
from coopwatch.errors import StoreError, TryLaterError
from coopwatch.ports import Coop, Store
from coopwatch.values import Event, EventKind

_TIME_WIDTH = 21  # characters of a line's time
SENTENCE_WIDTH = 52  # characters; most sentences fit, so that the photos' paths stand in a column

_STYLES = {
    EventKind.EGG_LAID: "bold yellow",
    EventKind.EGGS_COLLECTED: "yellow",
    EventKind.EGG_LOST: "bold red",
    EventKind.CAMERA_LOST: "red",
    EventKind.PICTURE_FROZEN: "red",
    EventKind.PICTURE_DARK: "red",
    EventKind.PICTURE_POOR: "red",
    EventKind.CAMERA_BACK: "green",
}


class TerminalMessenger:
    """Writes each message as a line.

    Args:
        write: takes a line without its end, such as `print`; may block, so it is called in a thread.
        names: how labels are called.
        zone: the coop's own time.
        data_dir: the folder that photos lie below.
        store, coop: what the day in short is told from.
        as_json: one JSON object a line, for programs.
        colour: for a terminal that shows colours.
    """

    is_log = True

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        names: Names,
        zone: tzinfo,
        data_dir: Path,
        store: Store,
        coop: Coop,
        as_json: bool = False,
        colour: bool = False,
    ) -> None:
        self._write = write
        self._voice = Voice(names=names, zone=zone)
        self._data_dir = data_dir
        self._store = store
        self._coop = coop
        self._as_json = as_json
        self._console = Console(force_terminal=True, color_system="standard") if colour else None

    async def turn(self, chat: str) -> None:
        """A terminal takes any number of lines."""

    def newest(self, chat: str) -> None:
        """Lines have no numbers."""

    async def send(self, delivery: Delivery) -> None:
        """Write a line for every event; for people, the day in short takes a few.

        Raises:
            TryLaterError: the terminal or pipe takes nothing, or the day cannot be read.
        """
        for message in delivery.messages:
            lines = await self._lines(message.event)
            try:
                await asyncio.to_thread(self._write, lines)
            except OSError as error:
                raise TryLaterError(f"the terminal takes no text: {error.strerror}") from error

    async def find(self, delivery: Delivery, *, after: int) -> None:
        """What was written cannot be looked up."""

    async def _lines(self, event: Event) -> str:
        if self._as_json:
            return event_to_line(event)
        told = sentence(event, self._voice)
        if event.kind is EventKind.DAILY_DIGEST:
            try:
                day = await told_in_short(self._store, self._coop, event.at, self._voice)
            except StoreError as error:
                raise TryLaterError(f"the day cannot be read: {error}") from error
            told = indent(day, " " * _TIME_WIDTH).lstrip()
        text = Text.assemble(
            (f"{event.at.astimezone(self._voice.zone):%Y-%m-%d %H:%M:%S}  ", "dim"),
            (f"{told:<{SENTENCE_WIDTH}}", _STYLES.get(event.kind, "")),
            (f"  {_nearby(self._data_dir / event.photo)}" if event.photo else "", "dim"),
        )
        text.rstrip()
        return text.plain if self._console is None else self._coloured(text, self._console)

    @staticmethod
    def _coloured(text: Text, console: Console) -> str:
        with console.capture() as written:
            console.print(text, soft_wrap=True, end="")
        return written.get()


def _nearby(path: Path) -> Path:
    """The path as one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
