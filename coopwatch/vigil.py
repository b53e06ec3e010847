"""What the daemon tells of itself: that it was away, that its worker dies often, that another model is in use.

An optional address is asked every minute while all is well; whoever waits at it notices when it is not: a dead daemon
tells nothing.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from coopwatch.clock import Clock
from coopwatch.core.event_json import time_to_json
from coopwatch.core.status import ServiceStatus
from coopwatch.core.wording import RESTARTED_OFTEN
from coopwatch.errors import StoreError
from coopwatch.ports import Store
from coopwatch.values import Event, EventKind

log = logging.getLogger(__name__)

FILE = "diary.json"
EVERY = timedelta(minutes=1)
AWAY = timedelta(minutes=2)  # a shorter absence is a restart that nobody needs to hear of
OFTEN = 3  # restarts of the worker within LATELY
LATELY = timedelta(hours=1)
ANSWER_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the next run needs to know of this one."""

    alive_at: datetime
    model: str


class Vigil:
    """Looks at the daemon every minute.

    Args:
        store: where to tell.
        service: how the daemon does now.
        clock: real time.
        data_dir: holds the diary.
        heartbeat_url: asked while all is well; "" for none.
        told: called after something was told.
    """

    def __init__(
        self,
        *,
        store: Store,
        service: Callable[[], ServiceStatus],
        clock: Clock,
        data_dir: Path,
        heartbeat_url: str,
        told: Callable[[], None],
    ) -> None:
        self._store = store
        self._service = service
        self._clock = clock
        self._file = data_dir / FILE
        self._url = heartbeat_url
        self._told = told
        self._restarts: list[datetime] = []
        self._told_at: datetime | None = None  # that it dies often
        self._counted = 0
        self._is_reached = True
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Tell what changed since the last run, then look every minute for ever."""
        await self.begin()
        while True:
            await self.look()
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY.total_seconds()):
                    await self._news.wait()
            self._news.clear()

    def wake(self) -> None:
        """Look at once: the model is another."""
        self._news.set()

    async def begin(self) -> None:
        """Tell from when to when the daemon was away, if that was long."""
        last, now = await asyncio.to_thread(self._read), self._clock.now()
        if last is not None and now - last.alive_at >= AWAY:
            await self._tell(EventKind.SERVICE_STARTED, began=last.alive_at)

    async def look(self) -> None:
        """Tell of another model and of a worker that dies often; then write the diary, and let the heart beat."""
        last, service, now = await asyncio.to_thread(self._read), self._service(), self._clock.now()
        if last is not None and last.model != service.model:
            lesson = service.lesson or f"{service.model}, in the place of {last.model}"
            await self._tell(EventKind.MODEL_CHANGED, reason=lesson)
        await self._count_restarts(service.worker_restarts, now)
        await asyncio.to_thread(self._write, Entry(alive_at=now, model=service.model))
        if self._url and service.worker_answers:
            await self._beat()

    async def _count_restarts(self, counted: int, now: datetime) -> None:
        self._restarts = [at for at in self._restarts if abs(now - at) < LATELY]
        self._restarts += [now] * (counted - self._counted)  # none where a new model's worker begins at 0 again
        self._counted = counted
        is_told = self._told_at is not None and abs(now - self._told_at) < LATELY
        if len(self._restarts) >= OFTEN and not is_told:
            self._told_at = now
            await self.tell_trouble(RESTARTED_OFTEN)

    async def tell_trouble(self, reason: str) -> None:
        """Tell what somebody should look at; if that cannot be saved, the log has it."""
        await self._tell(EventKind.SERVICE_TROUBLE, reason=reason)

    async def _tell(self, kind: EventKind, *, began: datetime | None = None, reason: str = "") -> None:
        now = self._clock.now()
        event = Event(kind=kind, camera=None, nest=None, at=now, told_at=now, began=began, reason=reason)
        try:
            await self._store.tell([event])
        except StoreError as error:
            log.error("The chat cannot be told of it: %s", error)
        self._told()

    async def _beat(self) -> None:
        import httpx  # noqa: PLC0415 (a daemon without a heartbeat address is spared its memory)

        try:
            async with httpx.AsyncClient(timeout=ANSWER_SECONDS, follow_redirects=True) as client:
                (await client.get(self._url)).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if self._is_reached:
                log.warning("The heartbeat address is not reached: %s", type(error).__name__)  # it may be a secret
            self._is_reached = False
        else:
            self._is_reached = True

    def _read(self) -> Entry | None:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return Entry(alive_at=datetime.fromisoformat(found["alive_at"]), model=str(found["model"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("The diary cannot be read and begins anew: %s", error)
            return None

    def _write(self, entry: Entry) -> None:
        part = self._file.with_suffix(".part")
        try:
            part.write_text(json.dumps({"alive_at": time_to_json(entry.alive_at), "model": entry.model}) + "\n")
            part.replace(self._file)
        except OSError as error:
            log.warning("The diary cannot be written: %s", error)  # the disk's trouble is told elsewhere
