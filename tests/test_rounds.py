"""Looks that hang or are late, cameras that come and go, and the clock that the rounds go by, set on and back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Self
from zoneinfo import ZoneInfo

import pytest
from fakes.camera import FakeCamera

import coopwatch.rounds
from coopwatch.clock import SystemClock
from coopwatch.pulse import Pulse
from coopwatch.rounds import LOOK_DEADLINE, Every, Round, Rounds

START = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("later", "next_at"),
    [
        (timedelta(seconds=0), timedelta(seconds=5)),
        (timedelta(seconds=7), timedelta(seconds=10)),
        (timedelta(seconds=10), timedelta(seconds=15)),
        (timedelta(days=365, seconds=3), timedelta(days=365, seconds=5)),  # the clock was set on
        (timedelta(days=-1), timedelta(seconds=5)),
    ],
)
def test_what_was_missed_is_left_out(later: timedelta, next_at: timedelta) -> None:
    assert Every(pause=timedelta(seconds=5)).get_next_fire_time(START, START + later) == START + next_at


class MovedClock:
    """The real one, set on or back, for us and for APScheduler."""

    def __init__(self) -> None:
        self.by = timedelta(0)

    def now(self, zone: tzinfo = UTC) -> datetime:
        return (SystemClock().now() + self.by).astimezone(zone)


@contextmanager
def going(tmp_path: Path, clock: MovedClock, beats: list[int], monkeypatch: pytest.MonkeyPatch) -> Iterator[Rounds]:
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", SimpleNamespace(now=clock.now))
    monkeypatch.setattr(coopwatch.rounds, "BEAT_EVERY", timedelta(seconds=0.05))
    pulse = Pulse(tmp_path, environment={})
    monkeypatch.setattr(pulse, "beat", lambda _: beats.append(1))
    yield Rounds(zone=ZoneInfo("Europe/Berlin"), pulse=pulse, is_answering=lambda: True, clock=clock)


@pytest.mark.parametrize("by", [timedelta(hours=-1), timedelta(days=-400), timedelta(hours=1), timedelta(days=400)])
async def test_the_heart_goes_on_beating_when_the_clock_is_set(
    tmp_path: Path, by: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    beats: list[int] = []
    clock = MovedClock()
    with going(tmp_path, clock, beats, monkeypatch) as rounds:
        running = asyncio.create_task(rounds.run(), name="rounds")
        async with asyncio.timeout(10):
            for _ in range(2):
                while len(beats) < 3:  # noqa: ASYNC110 (the heart knows nothing of us)
                    await asyncio.sleep(0.01)
                beats.clear()
                clock.by = by
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class FakeWatch:
    """Looks at nothing, for ever if it `hangs`."""

    def __init__(self, name: str = "cam", *, hangs: bool = False) -> None:
        self.name = name
        self.missed: list[str] = []
        self.took_over: list[object] = []
        self.looks = 0
        self._hangs = hangs

    def status(self) -> object:
        return SimpleNamespace(trouble="")

    async def look(self) -> None:
        self.looks += 1
        if self._hangs:
            await asyncio.Event().wait()

    async def miss(self, reason: str) -> None:
        self.missed.append(reason)

    def take_over(self, old: object) -> None:
        self.took_over.append(old)


class NotingCamera(FakeCamera):
    """Notes when it is opened and closed."""

    def __init__(self, name: str, notes: list[str]) -> None:
        super().__init__(name, [])
        self._notes = notes

    async def __aenter__(self) -> Self:
        self._notes.append(f"{self.name} opened")
        return await super().__aenter__()

    async def __aexit__(self, *_: object) -> None:
        self._notes.append(f"{self.name} closed")


def round_of(watch: FakeWatch, camera: FakeCamera | None = None, *, seconds: float = 5) -> Round:
    source = SimpleNamespace(camera=camera or FakeCamera(watch.name, []), every=timedelta(seconds=seconds))
    return Round(origin=None, source=source, watch=watch)  # type: ignore[arg-type]


def rounds_of(tmp_path: Path) -> Rounds:
    return Rounds(zone=ZoneInfo("Europe/Berlin"), pulse=Pulse(tmp_path, environment={}), is_answering=lambda: True)


async def test_a_look_that_hangs_is_called_off_and_counts_as_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coopwatch.rounds, "LOOK_DEADLINE", timedelta(seconds=0.01))
    watch = FakeWatch(hangs=True)
    await round_of(watch).look()
    assert watch.missed == ["no answer within 0.01 s"]


async def test_the_heart_stands_still_until_every_camera_was_looked_through_and_while_a_look_is_late(
    tmp_path: Path,
) -> None:
    first, second = round_of(FakeWatch("first")), round_of(FakeWatch("second"))
    async with rounds_of(tmp_path) as rounds:
        await rounds.use([first, second])
        await first.look()
        assert rounds.trouble() == "no look through second has ended in time"
        await second.look()
        assert rounds.trouble() == ""
        assert first.looked is not None
        first.looked -= (LOOK_DEADLINE + 2 * first.every).total_seconds()
        assert rounds.trouble() == "no look through first has ended in time"


async def test_a_camera_is_closed_before_another_takes_its_place_and_when_it_is_gone(tmp_path: Path) -> None:
    notes: list[str] = []
    old, stays, new = FakeWatch("old"), FakeWatch("stays"), FakeWatch("old")
    kept = round_of(stays, NotingCamera("stays", notes))
    async with rounds_of(tmp_path) as rounds:
        await rounds.use([round_of(old, NotingCamera("old", notes)), kept])
        await rounds.use([round_of(new, NotingCamera("new", notes)), kept])
        assert notes == ["old opened", "stays opened", "old closed", "new opened"]
        assert new.took_over == [old]
        await rounds.use([kept])
        assert notes[4:] == ["new closed"]
    assert notes[5:] == ["stays closed"]


async def test_cameras_are_told_in_the_order_of_the_config_also_when_that_changed(tmp_path: Path) -> None:
    first, second = round_of(FakeWatch("first")), round_of(FakeWatch("second"))
    async with rounds_of(tmp_path) as rounds:
        await rounds.use([first, second])
        await rounds.use([second, first])
        assert [watch.name for watch in rounds.watches] == ["second", "first"]


async def test_no_look_begins_once_a_round_has_ended() -> None:
    watch = FakeWatch()
    one = round_of(watch)
    await one.look()
    await one.end()
    await one.look()
    assert watch.looks == 1


async def test_the_first_heartbeat_comes_with_the_first_look_and_not_when_the_next_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coopwatch.rounds, "BEAT_EVERY", timedelta(hours=1))
    async with rounds_of(tmp_path) as rounds:
        await rounds.use([round_of(FakeWatch())])
        running = asyncio.create_task(rounds.run(), name="rounds")
        async with asyncio.timeout(10):
            while not rounds.pulse.is_ready:  # noqa: ASYNC110 (the heart knows nothing of us)
                await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_camera_that_is_gone_is_not_looked_through_and_may_come_back(tmp_path: Path) -> None:
    stays, goes, back = FakeWatch("stays"), FakeWatch("goes"), FakeWatch("goes")
    kept = round_of(stays, seconds=0.02)
    async with rounds_of(tmp_path) as rounds:
        await rounds.use([kept, round_of(goes, seconds=0.02)])
        running = asyncio.create_task(rounds.run(), name="rounds")
        await looked(goes)
        await rounds.use([kept])
        before = goes.looks
        await looked(stays)
        assert goes.looks == before
        await rounds.use([kept, round_of(back, seconds=0.02)])
        await looked(back)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def looked(watch: FakeWatch) -> None:
    """Wait until it was looked through three times more."""
    until = watch.looks + 3
    async with asyncio.timeout(10):
        while watch.looks < until:  # noqa: ASYNC110 (it knows nothing of us)
            await asyncio.sleep(0.01)
