"""Rules of what the daemon tells of itself."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from fakes.store import FakeStore
from fakes.waiting import until

from coopwatch.clock import ManualClock
from coopwatch.core.status import ServiceStatus
from coopwatch.core.wording import RESTARTED_OFTEN
from coopwatch.values import EventKind
from coopwatch.vigil import FILE, OFTEN, Vigil

START = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
WELL = ServiceStatus(version="1", model="demo 1", worker_answers=True, worker_restarts=0, free_bytes=None)


class Run:
    """One run of the daemon, as far as it watches itself."""

    def __init__(self, folder: Path, clock: ManualClock, *, url: str = "") -> None:
        self.store = FakeStore()
        self.service = WELL
        self.clock = clock
        self.wakes = 0  # of the outbox
        self.vigil = Vigil(
            store=self.store,
            service=lambda: self.service,
            clock=clock,
            data_dir=folder,
            heartbeat_url=url,
            told=self._wake,
        )

    def _wake(self) -> None:
        self.wakes += 1

    async def minutes(self, count: int) -> None:
        for _ in range(count):
            await self.vigil.look()
            self.clock.move(timedelta(minutes=1))

    @property
    def told(self) -> list[EventKind]:
        return [event.kind for event in self.store.events]


@pytest.mark.parametrize(("away", "told"), [(1, []), (7, [EventKind.SERVICE_STARTED])])
async def test_an_absence_is_told_from_when_to_when_unless_it_was_short(
    tmp_path: Path, away: int, told: list[EventKind]
) -> None:
    clock = ManualClock(START)
    first = Run(tmp_path, clock)
    await first.vigil.begin()
    await first.minutes(3)
    last = clock.now() - timedelta(minutes=1)
    clock.move(timedelta(minutes=away - 1))
    second = Run(tmp_path, clock)
    await second.vigil.begin()
    assert first.told == []
    assert second.told == told
    assert [event.began for event in second.store.events] == [last] * len(told)


async def test_another_model_is_told_once(tmp_path: Path) -> None:
    run = Run(tmp_path, ManualClock(START))
    await run.minutes(2)
    run.service = replace(WELL, model="demo 2")
    await run.minutes(3)
    assert run.told == [EventKind.MODEL_CHANGED]
    assert run.wakes == 1
    assert run.store.events[0].reason == "demo 2, in the place of demo 1"


async def test_a_model_that_learnt_is_told_by_what_it_learnt_and_at_once(tmp_path: Path) -> None:
    run = Run(tmp_path, ManualClock(START))
    running = asyncio.create_task(run.vigil.run())
    await until((tmp_path / FILE).exists)
    run.service = replace(WELL, model="demo 2", lesson="learnt from 2 photos that people named")
    run.vigil.wake()
    await until(lambda: run.told)
    running.cancel()
    assert [event.reason for event in run.store.events] == ["learnt from 2 photos that people named"]


async def test_a_worker_that_dies_often_is_told_and_one_that_dies_now_and_then_is_not(tmp_path: Path) -> None:
    run = Run(tmp_path, ManualClock(START))
    for restarts in range(1, 6):
        run.service = replace(WELL, worker_restarts=restarts)
        await run.minutes(31)
    assert run.told == []
    run.service = replace(WELL, worker_restarts=5 + OFTEN)
    await run.minutes(10)
    assert run.told == [EventKind.SERVICE_TROUBLE]
    assert run.store.events[0].reason == RESTARTED_OFTEN


async def test_restarts_are_counted_from_the_start_and_anew_for_another_models_worker(tmp_path: Path) -> None:
    run = Run(tmp_path, ManualClock(START))
    run.service = replace(WELL, worker_restarts=OFTEN - 1)  # before the first look
    await run.vigil.begin()
    await run.minutes(1)
    run.service = replace(WELL, worker_restarts=0)
    await run.minutes(1)
    assert run.told == []
    run.service = replace(WELL, worker_restarts=1)
    await run.minutes(1)
    assert run.told == [EventKind.SERVICE_TROUBLE]


async def test_a_worker_that_dies_every_quarter_of_a_minute_is_told_once_an_hour(tmp_path: Path) -> None:
    run = Run(tmp_path, ManualClock(START))
    for minute in range(150):
        run.service = replace(WELL, worker_restarts=4 * minute)
        await run.minutes(1)
    assert run.told == [EventKind.SERVICE_TROUBLE] * 3


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"alive_at": "soon", "model": 1}'])
async def test_a_damaged_diary_begins_anew(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    run = Run(tmp_path, ManualClock(START))
    await run.vigil.begin()
    await run.minutes(1)
    assert run.told == []
    assert '"demo 1"' in (tmp_path / FILE).read_text()


async def test_a_broken_store_stops_nothing(tmp_path: Path) -> None:
    run = Run(tmp_path, ManualClock(START))
    await run.minutes(1)
    run.store.broken = "the disk is full"
    run.service = replace(WELL, model="demo 2")
    await run.minutes(1)


@asynccontextmanager
async def listener(*statuses: int) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that notes who asks, and answers so, one after the other; at last that all is well."""
    ahead = iter(statuses)
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=next(ahead, 200))

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/beat", asked
    finally:
        await runner.cleanup()


async def test_the_heart_beats_while_the_worker_answers(tmp_path: Path) -> None:
    async with listener() as (url, asked):
        run = Run(tmp_path, ManualClock(START), url=url)
        await run.minutes(2)
        run.service = replace(WELL, worker_answers=False)
        await run.minutes(2)
    assert asked == ["/beat"] * 2


async def test_a_heartbeat_address_that_fails_is_logged_once_each_time_without_the_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with listener(500, 500, 200, 500) as (url, _):
        run = Run(tmp_path, ManualClock(START), url=url)
        await run.minutes(5)
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert warnings == ["The heartbeat address is not reached: HTTPStatusError"] * 2
