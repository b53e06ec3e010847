"""The daemon's rounds: every camera looked through at its own pace, and a heartbeat while all looks end in time."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Self
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from coopwatch.clock import Clock, SystemClock
from coopwatch.pulse import Pulse
from coopwatch.sources import Source
from coopwatch.watch import Watch

LOOK_DEADLINE = timedelta(seconds=60)  # for grabbing, classifying and saving one frame; each part has a shorter one
BEAT_EVERY = timedelta(seconds=5)
SET_BACK = timedelta(seconds=2)  # less is the steady correction of a clock that is synchronised


@dataclass(frozen=True, slots=True, kw_only=True)
class Every(BaseTrigger):  # type: ignore[misc]  # it ships no types
    """Now and then. What was missed is left out: of a clock set on by a year, APScheduler's own would list it all."""

    pause: timedelta

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first time after `now` that lies whole pauses after the previous one."""
        if previous_fire_time is None:
            return now
        return previous_fire_time + self.pause * max(1, (now - previous_fire_time) // self.pause + 1)


@dataclass(slots=True, kw_only=True)
class Round:
    """A camera, and how often it is looked through, in real time."""

    origin: object  # all that it was made from
    source: Source
    watch: Watch
    looks: int = 0
    seconds: float = 0.0  # that all looks took together
    looked: float | None = None  # the event loop's time at the end of the last look; None: no look has ended
    _is_over: bool = False
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def every(self) -> timedelta:
        """Real time from look to look."""
        return self.source.every

    async def look(self) -> None:
        """One look, within its deadline."""
        try:
            async with self._busy:
                if not self._is_over:
                    await self._look()
        except asyncio.CancelledError:
            return  # the daemon stops; the scheduler would call it an error

    async def end(self) -> None:
        """Let a look that has begun come to its end; no other begins, so that what it needs may be replaced."""
        self._is_over = True
        async with self._busy:
            return

    async def _look(self) -> None:
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(LOOK_DEADLINE.total_seconds()):
                await self.watch.look()
        except TimeoutError:
            await self.watch.miss(f"no answer within {LOOK_DEADLINE.total_seconds():g} s")
        self.looked = asyncio.get_running_loop().time()
        self.looks += 1
        self.seconds += self.looked - began

    def is_late(self, now: float) -> bool:
        """Whether no look has ended when one should have."""
        return self.looked is None or now - self.looked > (self.every + LOOK_DEADLINE).total_seconds()


@dataclass(slots=True, kw_only=True)
class Rounds:
    """All cameras' rounds.

    The heart beats while every look ends in time and the worker answers. A camera that gives no picture does not stop
    it: to start the daemon anew would not bring the picture back, and the chat tells of it.
    """

    zone: ZoneInfo
    pulse: Pulse
    is_answering: Callable[[], bool]  # the inference worker
    clock: Clock = field(default_factory=SystemClock)
    _rounds: dict[str, Round] = field(default_factory=dict)
    _scheduler: AsyncIOScheduler | None = None  # while they go

    @property
    def watches(self) -> Sequence[Watch]:
        """The cameras' watches, in the order of the config."""
        return [one.watch for one in self._rounds.values()]

    def __iter__(self) -> Iterator[Round]:
        return iter([*self._rounds.values()])

    def find(self, camera: str) -> Round | None:
        """The round of a camera."""
        return self._rounds.get(camera)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.use(())

    async def use(self, rounds: Sequence[Round]) -> None:
        """Go these rounds from now on. A camera that stays open misses no look; one that is gone is closed."""
        names = [one.watch.name for one in rounds]
        for gone in [one for name, one in self._rounds.items() if name not in names]:
            await self._end(gone)
            del self._rounds[gone.watch.name]
            await gone.source.camera.__aexit__()
        for one in rounds:
            if one is not self.find(one.watch.name):
                await self._begin(one)
        self._rounds = {name: self._rounds[name] for name in names}  # in the order of the config

    async def _begin(self, one: Round) -> None:
        """Go a new round, in the place of the camera's old one if there is one."""
        old = self.find(one.watch.name)
        if old is not None:
            await self._end(old)
            one.watch.take_over(old.watch)
        if old is None or old.source is not one.source:
            if old is not None:
                await old.source.camera.__aexit__()  # first: many a camera serves one at a time
            await one.source.camera.__aenter__()
        self._rounds[one.watch.name] = one
        if self._scheduler is not None:
            self._schedule(self._scheduler, partial(self._look, one), one.every, name=one.watch.name)

    async def _end(self, one: Round) -> None:
        if self._scheduler is not None:
            self._scheduler.remove_job(one.watch.name)
        await one.end()

    async def run(self) -> None:
        """Go round for ever; a look that dies ends it with its error."""
        died: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def end(event: JobExecutionEvent) -> None:
            if not died.done():
                died.set_exception(event.exception)

        scheduler = AsyncIOScheduler(
            timezone=self.zone,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        scheduler.add_listener(end, EVENT_JOB_ERROR)
        for one in self:
            self._schedule(scheduler, partial(self._look, one), one.every, name=one.watch.name)
        self._schedule(scheduler, self._beat, BEAT_EVERY, name="heartbeat of the daemon")
        scheduler.start()
        self._scheduler = scheduler
        try:
            await self._until(died, scheduler)
        finally:
            self._scheduler = None
            scheduler.shutdown(wait=False)

    async def _until(self, died: asyncio.Future[None], scheduler: AsyncIOScheduler) -> None:
        """Wait for a look that dies. If the clock is set back meanwhile, let what waits for a later time go at once."""
        while not died.done():
            before = self._ahead()
            await asyncio.wait([died], timeout=BEAT_EVERY.total_seconds())
            if before - self._ahead() > SET_BACK.total_seconds():
                for job in scheduler.get_jobs():
                    job.modify(next_run_time=self.clock.now())
        died.result()

    def _ahead(self) -> float:
        """How far the clock, which may be set, is ahead of the one that never is."""
        return self.clock.now().timestamp() - asyncio.get_running_loop().time()

    def _schedule(self, scheduler: AsyncIOScheduler, job: Callable[[], object], every: timedelta, *, name: str) -> None:
        scheduler.add_job(job, Every(pause=every), id=name, next_run_time=self.clock.now())

    async def _look(self, one: Round) -> None:
        await one.look()
        if not self.pulse.is_ready:
            await self._beat()  # who starts the daemon waits for this

    def trouble(self) -> str:
        """Why the heart does not beat, in plain words; empty while it does."""
        if not self.is_answering():
            return "the inference worker gives no answer"
        now = asyncio.get_running_loop().time()
        late = [one.watch.name for one in self if one.is_late(now)]
        return f"no look through {', '.join(late)} has ended in time" if late else ""

    async def _beat(self) -> None:
        if trouble := self.trouble():
            self.pulse.miss(trouble)
            return
        troubles = [f"{watch.name}: {trouble}" for watch in self.watches if (trouble := watch.status().trouble)]
        self.pulse.beat("; ".join(troubles) or f"all is well, cameras: {', '.join(w.name for w in self.watches)}")
