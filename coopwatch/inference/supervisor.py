"""Keeps one worker alive: a plan in; answers out, from a worker that is replaced whenever it dies or hangs."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from coopwatch.errors import InferenceError, ModelError
from coopwatch.inference.messages import Classified, Message
from coopwatch.inference.plan import Plan
from coopwatch.inference.process import WorkerLostError, WorkerProcess

logger = logging.getLogger(__name__)

_FIRST_PAUSE = timedelta(milliseconds=100)
_LONGEST_PAUSE = timedelta(seconds=15)  # a start takes a third of a second of one core


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long things may take, and how many crops may wait."""

    start: timedelta = timedelta(minutes=2)  # until the first prediction is made; TensorFlow takes its time
    answer: timedelta = timedelta(seconds=5)  # a worker that is silent for longer hangs
    deadline: timedelta = timedelta(seconds=15)  # of a request, its waiting included
    ping: timedelta = timedelta(seconds=2)  # between pings, while nobody asks
    steady: timedelta = timedelta(seconds=10)  # a worker that lived so long leaves no pause behind
    waiting: int = 16  # crops that may wait; one more drops the oldest


class Supervisor:
    """The owner of the worker.

    Args:
        plan, limits: of the worker.
        ended: called when a worker ended; whoever asks next, if only for a ping, gets another.
        chance: a number of 0..1, so that workers lost together do not start together.
    """

    def __init__(
        self, plan: Plan, limits: Limits, *, ended: Callable[[], None], chance: Callable[[], float] = random.random
    ) -> None:
        self._plan = plan
        self._limits = limits
        self._ended = ended
        self._chance = chance
        self._worker: WorkerProcess | None = None
        self._started = 0.0  # the event loop's time
        self._losses = 0  # since a worker classified, or lived for long
        self.restarts = 0

    async def __aenter__(self) -> Self:
        self._worker = await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._worker is not None:
            await self._worker.end()
            self._worker = None

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker, None while there is none."""
        return None if self._worker is None else self._worker.pid

    @property
    def is_answering(self) -> bool:
        """Whether there is a living worker that answered the last time it was asked."""
        return self._worker is not None and self._worker.is_alive

    async def ask(self, message: Message) -> Message:
        """The worker's answer; if the worker is lost, the answer of the next one: a killed worker costs no frame.

        Raises:
            InferenceError: two workers were lost with this message, or none can be started.
        """
        try:
            return await self._ask_once(message)
        except WorkerLostError:
            pass  # it is logged and gone; the next one gets the message
        try:
            return await self._ask_once(message)
        except WorkerLostError as error:
            raise InferenceError(f"two inference workers were lost with this picture: {error}") from error

    async def _ask_once(self, message: Message) -> Message:
        worker = await self._living_worker()
        try:
            answer = await worker.ask(message, within=self._limits.answer)
        except WorkerLostError as error:
            await self._give_up(worker, error)
            raise
        if isinstance(answer, Classified):
            self._losses = 0
        return answer

    async def _living_worker(self) -> WorkerProcess:
        if self._worker is not None and self._worker.is_alive:
            return self._worker
        if self._worker is not None:
            await self._give_up(self._worker, WorkerLostError("it ended while nobody asked"))
        await asyncio.sleep(pause(self._losses, self._chance()).total_seconds())
        self.restarts += 1
        self._losses += 1
        try:
            self._worker = await self._start()
        except (ModelError, InferenceError) as error:
            logger.error("%s.", error, extra={"restarts": self.restarts})
            raise InferenceError(str(error)) from error
        logger.info("A new inference worker is ready.", extra={"restarts": self.restarts})
        return self._worker

    async def _start(self) -> WorkerProcess:
        try:
            worker = await WorkerProcess.start(self._plan, within=self._limits.start)
        except WorkerLostError as error:
            raise InferenceError(f"the inference worker cannot be started: {error}") from error
        self._started = asyncio.get_running_loop().time()
        worker.ended.add_done_callback(lambda _: self._ended())
        return worker

    async def _give_up(self, worker: WorkerProcess, error: WorkerLostError) -> None:
        self._worker = None
        if asyncio.get_running_loop().time() - self._started >= self._limits.steady.total_seconds():
            self._losses = 0
        logger.warning("The inference worker is replaced: %s.", error, extra={"restarts": self.restarts})
        await worker.end()


def pause(losses: int, chance: float) -> timedelta:
    """How long to wait before the next start: doubled by each loss in a row, and jittered by a chance of 0..1."""
    doubled: timedelta = min(_FIRST_PAUSE * 2 ** min(losses, 16), _LONGEST_PAUSE)
    return doubled * (0.5 + chance / 2)
