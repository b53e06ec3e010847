"""Rules of the terminal that stands in the place of a chat."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes.coop import FakeCoop
from fakes.delivery import alone
from fakes.store import FakeStore

from coopwatch.bot.terminal import TerminalMessenger
from coopwatch.errors import TryLaterError
from coopwatch.values import Event, EventKind, Message

AT = datetime(2026, 6, 21, 12, 2, 3, tzinfo=UTC)
LAID = Event(
    kind=EventKind.EGG_LAID,
    camera="nestcam",
    nest="left",
    at=AT,
    told_at=AT,
    hens=("red_twin",),
    certainty=0.94,
    photo="photos/ab/abc.jpg",
)
LOST = Event(kind=EventKind.CAMERA_LOST, camera="nestcam", nest=None, at=AT, told_at=AT, reason="[red]refused[/red]")


async def line(event: Event, *, as_json: bool = False, colour: bool = False, store: FakeStore | None = None) -> str:
    lines: list[str] = []
    terminal = TerminalMessenger(
        lines.append,
        names={"red_twin": "Red Twin"},
        zone=ZoneInfo("Europe/Berlin"),
        data_dir=Path("/var/lib/coopwatch"),
        store=store or FakeStore(),
        coop=FakeCoop(),
        as_json=as_json,
        colour=colour,
    )
    await terminal.send(alone(Message(number=1, chat="terminal", event=event)))
    assert len(lines) == 1
    return lines[0]


async def test_a_line_tells_local_time_sentence_certainty_and_photo() -> None:
    assert (await line(LAID)).split("  ")[:2] == [
        "2026-06-21 14:02:03",
        "Egg laid by Red Twin in the left nest (94 %)",
    ]
    assert (await line(LAID)).endswith("  /var/lib/coopwatch/photos/ab/abc.jpg")


async def test_an_event_without_a_photo_leaves_no_blanks_behind() -> None:
    assert await line(LOST) == "2026-06-21 14:02:03  Camera nestcam is gone: [red]refused[/red]"


async def test_the_day_is_told_in_short_below_its_time() -> None:
    store, later = FakeStore(), AT + timedelta(hours=6)
    await store.tell([LAID])
    digest = Event(kind=EventKind.DAILY_DIGEST, camera=None, nest=None, at=later, told_at=later)
    assert await line(digest, store=store) == "2026-06-21 20:02:03  21 June: 1 egg (Red Twin)"
    yesterday = replace(LAID, at=AT - timedelta(days=1), told_at=AT - timedelta(days=1))
    await store.tell([yesterday])
    assert (await line(digest, store=store)).splitlines()[1] == " " * 21 + "In the week before: 0.1 eggs a day."
    store.broken = "disk full"
    with pytest.raises(TryLaterError, match="the day cannot be read: disk full"):
        await line(digest, store=store)


async def test_colours_change_no_word() -> None:
    coloured = await line(LAID, colour=True)
    assert "\x1b[1;33mEgg laid by Red Twin" in coloured
    assert "\n" not in coloured


async def test_as_json_each_line_is_one_event() -> None:
    told = json.loads(await line(LAID, as_json=True, colour=True))
    assert (told["kind"], told["nest"], told["hens"], told["certainty"]) == ("egg_laid", "left", ["red_twin"], 0.94)
    assert datetime.fromisoformat(told["at"]) == AT


async def test_a_closed_pipe_keeps_the_message_for_later() -> None:
    def closed(_: str) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    terminal = TerminalMessenger(closed, names={}, zone=UTC, data_dir=Path("data"), store=FakeStore(), coop=FakeCoop())
    with pytest.raises(TryLaterError, match="the terminal takes no text: Broken pipe"):
        await terminal.send(alone(Message(number=1, chat="terminal", event=LAID)))
