"""One worker process as its parent sees it: started, asked one thing at a time, killed.

A fresh interpreter of one small module, and not multiprocessing's `spawn`, which would import the daemon's own main
module into the worker: 0.1 s and 34 MB instead of the daemon's size. The pipes are the event loop's own, so that
waiting for an answer blocks nothing and needs no thread.
"""

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from datetime import timedelta
from typing import Self

from coopwatch.errors import InferenceError, ModelError
from coopwatch.inference.messages import Message, Ready, Unusable, packed, receive
from coopwatch.inference.plan import Plan

logger = logging.getLogger(__name__)


class WorkerLostError(InferenceError):
    """The worker died or hangs; it must be replaced."""


class WorkerProcess:
    """A living worker whose graph is built; made by `start`, ended by `end`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.ended = asyncio.create_task(process.wait(), name="inference-worker-end")
        self._murmur = asyncio.create_task(self._log_murmur(), name="inference-worker-stderr")

    @classmethod
    async def start(cls, plan: Plan, *, within: timedelta) -> Self:
        """Start a worker and wait until its graph is built.

        Raises:
            ModelError: the worker cannot use the model.
            WorkerLostError: it died, or was not ready in time.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "coopwatch.inference.worker"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=child_environment(),
        )
        worker = cls(process)
        try:
            reply = await worker.ask(plan, within=within)
        except BaseException:  # also when cancelled: a half-started worker must not stay behind
            await worker.end()
            raise
        if isinstance(reply, Ready):
            return worker
        await worker.end()
        raise ModelError(reply.reason if isinstance(reply, Unusable) else f"received {reply}, expected a ready worker")

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs; a hung one does."""
        return self._process.returncode is None

    async def ask(self, message: Message, *, within: timedelta) -> Message:
        """Send one message and wait for its answer; one caller at a time.

        Raises:
            WorkerLostError: no answer; the worker must be ended.
        """
        try:
            async with asyncio.timeout(within.total_seconds()):
                return await self._exchange(message)
        except TimeoutError as error:
            raise WorkerLostError(f"it gave no answer within {within.total_seconds():g} s") from error

    async def _exchange(self, message: Message) -> Message:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(packed(message))
            await self._process.stdin.drain()
            return await receive(self._process.stdout)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise WorkerLostError(_how_it_ended(await self._process.wait())) from error

    async def end(self) -> None:
        """Kill the worker: it holds nothing that must be saved, and only a killed process surely ends."""
        if self.is_alive:
            self._process.kill()
        await asyncio.wait([self.ended])  # and not the task itself: who gives up here must not end it
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._murmur

    async def _log_murmur(self) -> None:
        """Log what native libraries and tracebacks write to stderr."""
        assert self._process.stderr is not None
        while text := await self._process.stderr.read(4096):
            logger.debug("The inference worker says: %s", text.decode(errors="replace").rstrip())


def child_environment() -> dict[str, str]:
    """The parent's environment and import path; one thread for the array libraries."""
    own = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return os.environ | own


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"it ended with exit code {code}"
    reason = signal.strsignal(-code) or "unknown signal"
    hint = "; this processor lacks instructions that the library needs" if -code == signal.SIGILL else ""
    return f"it was ended by signal {-code} ({reason.lower()}){hint}"
