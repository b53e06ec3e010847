"""The clock that the rounds go by is set on and back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

import coopwatch.rounds
from coopwatch.clock import SystemClock
from coopwatch.pulse import Pulse
from coopwatch.rounds import Every, Rounds

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
