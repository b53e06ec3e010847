"""Looks through what was told in the last weeks, now and then: events in the store in, what only many tell saved."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from coopwatch.core.welfare import LOOK_BACK, WelfareRules, review
from coopwatch.errors import StoreError
from coopwatch.ports import Store

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=10)  # of the coop's own time


class Caretaker:
    """Tells broody hens, missing eggs, empty mornings and the day in short.

    Args:
        store: what was told, and where to tell.
        now: the coop's own present moment; None while nothing is watched.
        seen: hen -> when she was last seen in a nest, of the hens that nests hold now.
        rules: those in force now.
        told: called after events were saved.
    """

    def __init__(
        self,
        store: Store,
        *,
        now: Callable[[], datetime | None],
        seen: Callable[[], Mapping[str, datetime]],
        rules: Callable[[], WelfareRules],
        told: Callable[[], None],
    ) -> None:
        self._store = store
        self._now = now
        self._seen = seen
        self._rules = rules
        self._told = told
        self._looked_at: datetime | None = None

    async def run(self) -> None:
        """Look through for ever; a simulated coop lives fast, so its time is asked every second."""
        while True:
            now = self._now()
            if now is not None and is_due(self._looked_at, now):
                self._looked_at = now
                await self.look(now)
            await asyncio.sleep(1)

    async def look(self, now: datetime) -> None:
        """Tell all that is due; the store takes nothing twice."""
        try:
            known = await self._store.events_between(now - LOOK_BACK, now + timedelta(microseconds=1))
            happened = [one.event for one in known if one.happened]
            due = review(happened, now, self._rules(), seen=self._seen())
            if due:
                await self._store.tell(due)
                self._told()
        except StoreError as error:
            log.error("What was told cannot be looked through; trying again soon: %s", error)


def is_due(looked_at: datetime | None, now: datetime) -> bool:
    """Whether it is time for a look; also where the clock was set back behind the last one."""
    return looked_at is None or abs(now - looked_at) >= EVERY
