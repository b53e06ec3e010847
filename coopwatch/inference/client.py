"""The classifier port: crops of any size in, calibrated probabilities out, from a worker process that may die."""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import numpy as np

from coopwatch.errors import InferenceError
from coopwatch.inference.messages import Classified, Classify, Message, Ping, Refused
from coopwatch.inference.plan import EngineName, Plan
from coopwatch.inference.supervisor import Limits, Supervisor
from coopwatch.values import Pixels, Probabilities
from coopwatch.vision.card import ModelCard, ModelFolder
from coopwatch.vision.preprocess import to_input

_CLOSED = "the classifier is closed; use it inside `async with`"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    crop: Pixels  # of the network's input size
    answer: asyncio.Future[Message]

    def fail(self, reason: str) -> None:
        if not self.answer.done():
            self.answer.set_exception(InferenceError(reason))

    def succeed(self, answer: Message) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)


class InferenceClient:
    """Names what a crop shows, by the model of a checked folder."""

    def __init__(self, folder: ModelFolder, *, engine: EngineName = "litert", limits: Limits | None = None) -> None:
        self._card = folder.card
        self._limits = limits or Limits()
        self._news = asyncio.Event()  # a request came, or the worker ended
        self._supervisor = Supervisor(Plan.of(folder, engine), self._limits, ended=self._news.set)
        self._queue: deque[_Request] = deque()
        self._task: asyncio.Task[None] | None = None
        self.classifications = 0
        self.seconds = 0.0  # that callers waited for them, all together

    async def __aenter__(self) -> Self:
        """Start the worker and wait until it is ready.

        Raises:
            ModelError: the worker cannot use the model.
            InferenceError: the worker died, or was not ready in time.
        """
        await self._supervisor.__aenter__()
        self._task = asyncio.create_task(self._serve(), name="inference")
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            if self._task is not None:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task
        finally:
            await self._supervisor.__aexit__()

    @property
    def card(self) -> ModelCard:
        """The card of the model in use."""
        return self._card

    @property
    def is_answering(self) -> bool:
        """Whether the worker lives and answered the last crop or ping."""
        return self._is_open and self._supervisor.is_answering

    @property
    def restarts(self) -> int:
        """How many times a worker had to be replaced."""
        return self._supervisor.restarts

    @property
    def waiting(self) -> int:
        """How many crops wait for the worker."""
        return len(self._queue)

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker, None while there is none."""
        return self._supervisor.worker_pid

    async def classify(self, crop: Pixels) -> Probabilities:
        """Label -> calibrated probability of one crop, uint8 (height, width, 3) RGB of any size.

        Raises:
            InferenceError: refused, no answer in time, dropped for a newer crop, or the worker died.
        """
        _check(crop)
        size = self._card.input
        if crop.shape[:2] != (size.height, size.width):
            crop = await asyncio.to_thread(to_input, crop, size)  # a large picture takes milliseconds
        request = _Request(crop=crop, answer=asyncio.get_running_loop().create_future())
        self._put(request)
        deadline = self._limits.deadline.total_seconds()
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(deadline):
                answer = await request.answer
        except TimeoutError as error:
            raise InferenceError(f"the inference worker gave no answer within {deadline:g} s") from error
        self.classifications += 1
        self.seconds += asyncio.get_running_loop().time() - began
        return self._probabilities(answer)

    @property
    def _is_open(self) -> bool:
        return self._task is not None and not self._task.done()

    def _put(self, request: _Request) -> None:
        """Let the request wait; when too many wait, the oldest is dropped: the newest picture tells most."""
        if not self._is_open:
            raise InferenceError(_CLOSED)
        if len(self._queue) >= self._limits.waiting:
            self._queue.popleft().fail(
                f"dropped for a newer picture: {self._limits.waiting} pictures wait already; "
                "grab less often (every_seconds), or use a smaller network"
            )
        self._queue.append(request)
        self._news.set()

    async def _serve(self) -> None:
        """Ask the worker for one waiting request after the other; ping it while none waits."""
        request: _Request | None = None
        try:
            while True:
                request = await self._next()
                await self._ask(request)
        finally:
            if request is not None:
                request.fail(_CLOSED)
            while self._queue:
                self._queue.popleft().fail(_CLOSED)

    async def _next(self) -> _Request | None:
        """The oldest waiting request; None if there is none for a while, or the worker ended meanwhile."""
        if not self._queue:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._limits.ping.total_seconds()):
                    await self._news.wait()
        self._news.clear()
        return self._queue.popleft() if self._queue else None

    async def _ask(self, request: _Request | None) -> None:
        if request is not None and request.answer.done():
            return  # its caller gave up
        try:
            answer = await self._supervisor.ask(Ping() if request is None else Classify(crop=request.crop))
        except InferenceError as error:
            # The supervisor has logged it; who waits for the request hears of it.
            if request is not None:
                request.fail(str(error))
        else:
            if request is not None:
                request.succeed(answer)

    def _probabilities(self, answer: Message) -> Probabilities:
        if isinstance(answer, Classified):
            names = (label.name for label in self._card.labels)
            return dict(zip(names, answer.probabilities.tolist(), strict=True))
        raise InferenceError(answer.reason if isinstance(answer, Refused) else f"received {answer}, expected an answer")


def _check(crop: Pixels) -> None:
    """Refuse what cannot be resized to a crop; the worker checks again, before its graph."""
    if (
        not isinstance(crop, np.ndarray)
        or crop.dtype != np.uint8
        or crop.ndim != 3
        or crop.shape[2] != 3
        or not crop.size
    ):
        received = f"{crop.dtype} {crop.shape}" if isinstance(crop, np.ndarray) else type(crop).__name__
        raise InferenceError(f"received a crop of {received}, expected uint8 (height, width, 3)")
