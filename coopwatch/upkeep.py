"""What nobody should have to do by hand: old pictures deleted every hour, the database checked every night."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from coopwatch.clock import Clock
from coopwatch.config.settings import Settings
from coopwatch.errors import StoreError
from coopwatch.ports import Store
from coopwatch.store.retention import MOST_NAMED, Keep, is_short, sweep

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
CHECK_AT = time(3, 30)  # on the coop's clock, when no hen is awake
GIGABYTE = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Upkeep:
    """One of the daemon's lives; what goes wrong is told, and tried again the next time."""

    store: Store
    data_dir: Path
    settings: Callable[[], Settings]  # those in force
    clock: Clock
    tell: Callable[[str], Awaitable[None]]  # what the keepers should look at

    async def run(self) -> None:
        """Look after the disk for ever."""
        checked = self.clock.now()
        told = ""
        while True:
            trouble = await self._sweep()
            now = self.clock.now()
            checked = min(checked, now)  # the clock may be set back
            if is_due(checked, now, self.settings().timezone):
                checked = now
                trouble = await self._check() or trouble
            if trouble and trouble != told:
                await self.tell(trouble)
            told = trouble
            await asyncio.sleep(EVERY.total_seconds())

    async def _sweep(self) -> str:
        settings = self.settings().keep
        keep = Keep(
            photo_age=timedelta(days=settings.photo_days),
            photo_bytes=int(settings.photos_gb * GIGABYTE),
            reserve_bytes=int(settings.reserve_gb * GIGABYTE),
        )
        try:
            named = [one.photo for one in await self.store.named_photos(MOST_NAMED)]
            await asyncio.to_thread(sweep, self.data_dir, keep, now=self.clock.now(), named=named)
        except StoreError as error:
            log.warning("Old pictures cannot be deleted: %s", error)
            return str(error)
        if await asyncio.to_thread(is_short, self.data_dir, keep):
            trouble = f"Less than {settings.reserve_gb:g} GB are free, and no old picture is left to delete. Make room."
            log.warning("The disk of %s runs full. %s", self.data_dir, trouble)
            return f"The disk runs full. {trouble}"
        return ""

    async def _check(self) -> str:
        try:
            damage = await self.store.find_damage()
        except StoreError as error:
            damage = str(error)
        if damage is None:
            log.info("The database was checked, it is sound.")
            return ""
        log.error("The database is damaged: %s", damage)
        return f"The database is damaged: {damage}. Restore a backup, or move its files away to begin anew."


def is_due(checked: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a night's hour of checking lies between two moments."""
    return _nights(now, zone) > _nights(checked, zone)


def _nights(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return local.date().toordinal() - (local.time() < CHECK_AT)
