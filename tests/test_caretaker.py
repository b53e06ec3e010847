"""What only many events tell reaches the chats once, whenever and however often it is looked for."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes.store import FakeStore

from coopwatch.caretaker import Caretaker, is_due
from coopwatch.core.welfare import WelfareRules
from coopwatch.subscriber import Subscriber
from coopwatch.values import NOTHING, Event, EventKind

MORNING = datetime(2026, 5, 1, 6, tzinfo=UTC)
EVENING = datetime(2026, 5, 1, 19, tzinfo=UTC)


@pytest.mark.parametrize(("minutes", "due"), [(0, False), (9, False), (10, True), (-1, False), (-60 * 24 * 365, True)])
def test_a_look_is_due_every_ten_minutes_also_when_the_clock_was_set_back_by_a_year(minutes: int, due: bool) -> None:
    assert is_due(EVENING, EVENING + timedelta(minutes=minutes)) == due


async def store_of_a_day() -> FakeStore:
    store = FakeStore()
    await store.subscribe(Subscriber(chat="terminal", name="t", since=MORNING))
    await store.tell(
        [Event(kind=EventKind.HEN_NESTING, camera="cam", nest="left", at=MORNING, told_at=MORNING, hens=("psycho",))]
    )
    return store


def caretaker(store: FakeStore, wakes: list[None]) -> Caretaker:
    rules = WelfareRules(zone=ZoneInfo("Europe/Berlin"))
    return Caretaker(
        store,
        now=lambda: EVENING,
        seen=lambda: {"psycho": EVENING},
        rules=lambda: rules,
        told=lambda: wakes.append(None),
    )


def kinds(store: FakeStore) -> list[EventKind]:
    return [event.kind for event in store.events]


async def test_the_digest_and_a_broody_hen_are_told_once_through_restarts() -> None:
    store, wakes = await store_of_a_day(), list[None]()
    for _ in range(3):
        await caretaker(store, wakes).look(EVENING)
    assert kinds(store) == [EventKind.HEN_NESTING, EventKind.DAILY_DIGEST, EventKind.BROODY]
    assert wakes


async def test_what_a_person_called_wrong_makes_no_hen_broody() -> None:
    store, wakes = await store_of_a_day(), list[None]()
    await store.correct(1, NOTHING, by="terminal", at=EVENING)
    await caretaker(store, wakes).look(EVENING)
    assert EventKind.BROODY not in kinds(store)


async def test_a_broken_store_is_tried_again() -> None:
    store, wakes = await store_of_a_day(), list[None]()
    one = caretaker(store, wakes)
    store.broken = "disk full"
    await one.look(EVENING)
    assert not wakes
    store.broken = ""
    await one.look(EVENING + timedelta(minutes=10))
    assert EventKind.DAILY_DIGEST in kinds(store)
