"""What nobody should have to do by hand: old pictures deleted every hour, the database checked, its file watched."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from coopwatch.clock import Clock
from coopwatch.config.settings import Settings
from coopwatch.errors import StoreError, UnusableStoreError
from coopwatch.ports import Store
from coopwatch.store.database import FILE
from coopwatch.store.retention import MOST_NAMED, Keep, is_short, sweep

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
CHECK_AT = time(3, 30)  # on the coop's clock, when no hen is awake
PLACE_EVERY = timedelta(seconds=20)
GIGABYTE = 1_000_000_000

_GONE = (
    "it is no longer in its place, moved or deleted while it was open; "
    "put its folder back, or set `data_dir` to where it is now, then start coopwatch again"
)


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

    async def watch_place(self) -> None:
        """Look for ever whether the open database still lies in its place; where it does not, tell it, then end all.

        Else the open file would be written on, and lost; and systemd's watchdog, for want of a heartbeat file, would
        start anew with an empty database that knows no chat.

        Raises:
            UnusableStoreError: it lies there no more.
        """
        file = self.data_dir / FILE
        opened, told = file.stat() if file.exists() else None, False
        while opened is not None:  # else it lies on a server
            await asyncio.sleep(PLACE_EVERY.total_seconds())
            is_gone = await asyncio.to_thread(_is_gone, file, opened)
            if is_gone and told:  # the chats have had the time to read it
                raise UnusableStoreError(f"database {file}: {_GONE}")
            if is_gone:
                await self.tell(f"coopwatch ends now. Database {file}: {_GONE}")
            told = is_gone

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


def _is_gone(file: Path, opened: os.stat_result) -> bool:
    try:
        return not os.path.samestat(file.stat(), opened)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False  # a folder that may not be read, or an ill disk, is told by whoever needs it


def is_due(checked: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a night's hour of checking lies between two moments."""
    return _nights(now, zone) > _nights(checked, zone)


def _nights(at: datetime, zone: ZoneInfo) -> int:
    local = at.astimezone(zone)
    return local.date().toordinal() - (local.time() < CHECK_AT)
