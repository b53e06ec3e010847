"""Which photo an event shows."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fakes.store import FakeStore

from coopwatch.event_photos import EventPhotos
from coopwatch.values import Classification, Event, EventKind, Frame, Region, Visit

BEGAN = datetime(2026, 5, 1, 8, tzinfo=UTC)
NEST = Region(left=0, top=0, right=1, bottom=1)


def frame(brightness: int) -> Frame:
    return Frame(camera="cam", taken_at=BEGAN, pixels=np.full((40, 40, 3), brightness, np.uint8))


async def photo_of(sights: list[tuple[int, dict[str, float]]], began: datetime) -> str | None:
    """That of the end of a visit that began then, when these (brightness, probabilities) were seen of one at BEGAN."""
    photos = EventPhotos(FakeStore())
    visit = Visit(nest="left", hen="red_twin", began=BEGAN, ended=None, certainty=1.0)
    for brightness, probabilities in sights:
        seen = Classification(nest="left", taken_at=BEGAN, probabilities=probabilities, model="m")
        await photos.note(frame(brightness), NEST, seen, visit)
    left = Event(kind=EventKind.HEN_LEFT, camera="cam", nest="left", at=BEGAN, told_at=BEGAN, began=began)
    (told,) = await photos.give([left], frame(0), NEST)
    return told.photo


BEST = (90, {"red_twin": 0.9, "empty": 0.1})


@pytest.mark.parametrize(
    "other", [(200, {"red_twin": 0.8, "empty": 0.2}), (200, {"red_twin": 0.49, "beauty": 0.51}), BEST]
)
async def test_a_visit_that_ended_shows_its_surest_sight(other: tuple[int, dict[str, float]]) -> None:
    assert await photo_of([BEST, other], BEGAN) == await photo_of([other, BEST], BEGAN) == await photo_of([BEST], BEGAN)


async def test_a_sight_that_looks_more_like_another_hen_is_none() -> None:
    assert await photo_of([(200, {"red_twin": 0.49, "beauty": 0.51})], BEGAN) is None


async def test_a_visit_does_not_end_with_the_sight_of_another_visit() -> None:
    assert await photo_of([BEST], BEGAN + timedelta(hours=1)) is None
