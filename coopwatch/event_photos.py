"""The photos of one camera's events: frames and what was seen in them in, events that name their saved photo out."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from coopwatch.ports import Store
from coopwatch.values import Classification, Event, EventKind, Frame, Region, Visit
from coopwatch.vision.photo import encode_photo


@dataclass(frozen=True, slots=True, kw_only=True)
class BestSight:
    """The surest sight so far of a visit that lasts."""

    began: datetime  # of the visit
    certainty: float
    jpeg: bytes  # of many cameras, pixels would fill the memory


class EventPhotos:
    """Keeps the best sight of each visit that lasts, for the moment when it has ended and nobody can be seen any more.

    Args:
        store: open while this is used; takes the photos.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._best: dict[str, BestSight] = {}  # nest -> of its newest visit; after a restart, from then on

    async def note(self, frame: Frame, region: Region, seen: Classification, visit: Visit | None) -> None:
        """Keep the frame if it shows the hen that visits more surely than any before; a new model may not know her."""
        if visit is None or visit.hen is None:
            return
        certainty, best = seen.probabilities.get(visit.hen, 0.0), self._best_of(visit.nest, visit.began)
        if certainty < max(seen.probabilities.values()) or (best is not None and certainty <= best.certainty):
            return
        jpeg = await asyncio.to_thread(encode_photo, frame.pixels, region)
        self._best[visit.nest] = BestSight(began=visit.began, certainty=certainty, jpeg=jpeg)

    async def give(self, events: Sequence[Event], frame: Frame | None, region: Region | None) -> tuple[Event, ...]:
        """Give the events that have none a photo, with a frame around `region`: the newest frame, of a visit the best.

        A visit whose best was lost by a restart ends without one: the newest frame shows the nest that she left.

        Raises:
            StoreError: a photo cannot be saved.
        """
        if frame is None:
            return tuple(events)
        return tuple([event if event.photo else await self._photographed(event, frame, region) for event in events])

    async def _photographed(self, event: Event, frame: Frame, region: Region | None) -> Event:
        if event.kind is EventKind.HEN_LEFT:
            best = self._best_of(event.nest, event.began)
            if best is None:
                return event
            jpeg = best.jpeg
        else:
            jpeg = await asyncio.to_thread(encode_photo, frame.pixels, region)
        return replace(event, photo=await self._store.save_photo(jpeg))

    def _best_of(self, nest: str | None, began: datetime | None) -> BestSight | None:
        best = self._best.get(nest or "")
        return best if best is not None and best.began == began else None
