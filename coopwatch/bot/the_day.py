"""The day in short, from what is stored: a moment and a voice in, a few lines out."""

from datetime import datetime, timedelta

from coopwatch.core.day import day_in_short
from coopwatch.core.statistics import day_bounds, hens_of
from coopwatch.core.voice import Voice
from coopwatch.ports import Coop, Store

_LOOKED_BACK = timedelta(days=29)  # before the day: who stopped laying is told beside it


async def told_in_short(store: Store, coop: Coop, at: datetime, voice: Voice) -> str:
    """The day of this moment in short.

    Raises:
        StoreError: the events cannot be read.
    """
    day = at.astimezone(voice.zone).date()
    first, _ = day_bounds(day - _LOOKED_BACK, voice.zone)
    _, end = day_bounds(day, voice.zone)
    events = [stored.event for stored in await store.events_between(first, end) if stored.happened]
    return day_in_short(events, day, sorted({*coop.hens(), *hens_of(events)}), voice, now=at)
