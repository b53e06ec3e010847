"""The daemon's rounds: every camera looked through at its own pace, and a heartbeat while all looks end in time."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from coopwatch.clock import Clock, SystemClock
from coopwatch.pulse import Pulse
from coopwatch.watch import Watch

LOOK_DEADLINE = timedelta(seconds=60)  # for grabbing, classifying and saving one frame; each part has a shorter one
BEAT_EVERY = timedelta(seconds=5)


@dataclass(slots=True, kw_only=True)
class Round:
    """A camera and how often it is looked through, in real time."""

    watch: Watch
    every: timedelta
    looked: float | None = None  # the event loop's time at the end of the last look; None: no look has ended

    async def look(self) -> None:
        """One look, within its deadline."""
        try:
            async with asyncio.timeout(LOOK_DEADLINE.total_seconds()):
                await self.watch.look()
        except TimeoutError:
            await self.watch.miss(f"no answer within {LOOK_DEADLINE.total_seconds():g} s")
        except asyncio.CancelledError:
            return  # the daemon stops; the scheduler would call it an error
        self.looked = asyncio.get_running_loop().time()

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
    rounds: list[Round] = field(default_factory=list)
    clock: Clock = field(default_factory=SystemClock)

    @property
    def watches(self) -> Sequence[Watch]:
        """The cameras' watches, in the order of the config."""
        return [one.watch for one in self.rounds]

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
        for one in self.rounds:
            self._schedule(scheduler, one.look, one.every, name=one.watch.name)
        self._schedule(scheduler, self._beat, BEAT_EVERY, name="heartbeat of the daemon")
        scheduler.start()
        try:
            await died
        finally:
            scheduler.shutdown(wait=False)

    def _schedule(self, scheduler: AsyncIOScheduler, job: Callable[[], object], every: timedelta, *, name: str) -> None:
        now = self.clock.now()
        trigger = IntervalTrigger(seconds=every.total_seconds(), start_date=now, timezone=UTC)
        scheduler.add_job(job, trigger, id=name, next_run_time=now)

    async def _beat(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.is_answering() and not any(one.is_late(now) for one in self.rounds):
            troubles = [trouble for watch in self.watches if (trouble := watch.status().trouble)]
            self.pulse.beat("; ".join(troubles) or f"all is well, cameras: {', '.join(w.name for w in self.watches)}")
