"""What every store promises; the same cases run on the fake, on SQLite and on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from fakes.store import FakeStore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peers.postgres import postgres_server
from sqlalchemy import create_engine, text
from store.samples import START, camera_memories, events, keeper, memories, memory, moments, names, nesting

from coopwatch.core.camera import CameraMemory
from coopwatch.ports import Store
from coopwatch.store.database import Database
from coopwatch.values import Event, EventKind

on_one_store = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
"""A property whose examples may all go into the same store."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def closed(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "fake":
        return FakeStore()
    if request.param == "sqlite":
        return Database(tmp_path)
    url: str = request.getfixturevalue("postgres")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    engine.dispose()
    return Database(tmp_path, url=url)


@pytest_asyncio.fixture
async def store(closed: Store) -> AsyncIterator[Store]:
    async with closed:
        yield closed


def identity(event: Event) -> tuple[object, ...]:
    """Two events with the same are one."""
    return event.kind, event.camera, event.nest, event.at


async def waiting(store: Store, *, minutes: float = 0) -> list[tuple[int, str, int]]:
    """Minute of the event, chat and attempts of each message due so many minutes after the start."""
    due = await store.unsent(START + timedelta(minutes=minutes), 100)
    return [(int((m.event.at - START).total_seconds() / 60), m.chat, m.attempts) for m in due]


async def test_what_was_never_saved_is_none(store: Store) -> None:
    assert await store.load_memory("left") is None
    assert await store.load_camera_memory("nestcam") is None
    assert await store.newest_events(5) == []
    assert await store.subscribers() == []
    assert await store.unsent(START, 5) == []


@on_one_store
@given(remembered=memories)
async def test_a_nests_memory_comes_back_as_it_was_saved(store: Store, remembered: object) -> None:
    await store.save(remembered, [])
    assert await store.load_memory(remembered.nest) == remembered


@on_one_store
@given(remembered=camera_memories)
async def test_a_cameras_memory_comes_back_as_it_was_saved(store: Store, remembered: CameraMemory) -> None:
    await store.save(remembered, [])
    assert await store.load_camera_memory(remembered.camera) == remembered


async def test_nests_do_not_share_memory(store: Store) -> None:
    for nest in ("left", "right"):
        await store.save(memory(nest, state=f"hen of {nest}"), [])
    assert (await store.load_memory("left")).state == "hen of left"
    assert (await store.load_memory("right")).state == "hen of right"


@on_one_store
@given(told=st.lists(events, unique_by=identity))
async def test_events_come_back_as_they_were_saved(store: Store, told: list[Event]) -> None:
    stored = {identity(event): event for event in await store.newest_events(10_000)}
    await store.save(memory(), told)
    expected = {identity(event): event for event in told} | stored  # whoever came first stays
    assert {identity(event): event for event in await store.newest_events(10_000)} == expected


async def test_events_come_newest_first(store: Store) -> None:
    await store.save(memory(), [nesting(1), nesting(3), nesting(2)])
    assert list(await store.newest_events(2)) == [nesting(3), nesting(2)]


@pytest.mark.parametrize(
    ("camera", "nest"), [("nestcam", "left"), ("nestcam", None), (None, None)], ids=["nest", "camera", "service"]
)
async def test_an_event_is_stored_and_sent_once(store: Store, camera: str | None, nest: str | None) -> None:
    await store.subscribe(keeper())
    for _ in range(2):  # a restart may tell the same event again
        await store.save(memory(), [nesting(camera=camera, nest=nest)])
    assert len(await store.newest_events(10)) == 1
    assert len(await waiting(store)) == 1


async def test_events_that_differ_in_one_of_kind_camera_nest_and_time_are_all_stored(store: Store) -> None:
    different = [nesting(), nesting(1), nesting(nest="right"), nesting(nest=None), nesting(camera=None)]
    await store.save(memory(), different)
    assert len(await store.newest_events(10)) == len(different)


async def test_each_active_subscriber_gets_each_event(store: Store) -> None:
    await store.subscribe(keeper("terminal"))
    await store.subscribe(keeper("telegram:2", minutes=1))
    await store.subscribe(keeper("telegram:3", minutes=2))
    await store.unsubscribe("telegram:3")
    await store.save(memory(), [nesting(0), nesting(1)])
    expected = [(minute, chat, 0) for minute in (0, 1) for chat in ("terminal", "telegram:2")]
    assert await waiting(store) == expected


async def test_a_subscriber_gets_nothing_of_before(store: Store) -> None:
    await store.save(memory(), [nesting()])
    await store.subscribe(keeper())
    assert await waiting(store) == []


async def test_subscribing_twice_keeps_one_subscriber_and_the_first_time(store: Store) -> None:
    await store.subscribe(keeper(minutes=0, name="Ann"))
    await store.subscribe(keeper(minutes=5, name="Anna"))
    assert list(await store.subscribers()) == [keeper(minutes=0, name="Anna")]


async def test_who_leaves_gets_nothing_more_and_may_come_back(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting(0)])
    await store.unsubscribe(keeper().chat)
    assert await waiting(store) == []
    assert list(await store.subscribers()) == []
    assert list(await store.subscribers(suspended=True)) == [keeper()]
    await store.subscribe(keeper(minutes=9))
    await store.save(memory(), [nesting(1)])
    assert await waiting(store) == [(1, keeper().chat, 0)]


async def test_a_stranger_may_leave(store: Store) -> None:
    await store.unsubscribe("telegram:404")
    assert list(await store.subscribers(suspended=True)) == []


async def test_subscribers_come_oldest_first(store: Store) -> None:
    for minutes, chat in ((2, "telegram:1"), (1, "telegram:2"), (3, "telegram:3")):
        await store.subscribe(keeper(chat, minutes=minutes))
    assert [one.chat for one in await store.subscribers()] == ["telegram:2", "telegram:1", "telegram:3"]


async def test_a_message_waits_until_it_is_sent(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    (message,) = await store.unsent(START, 10)
    assert await store.unsent(START, 10) == [message]  # reading changes nothing: delivery is at least once
    await store.mark_sent(message.number, at=START)
    assert await waiting(store, minutes=999) == []


async def test_a_failed_message_is_due_again_in_time_with_its_attempts_counted(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting(), nesting(1)])
    message = (await store.unsent(START, 1))[0]
    await store.mark_failed(message.number, retry_at=START + timedelta(minutes=5), reason="no network")
    assert await waiting(store, minutes=4.9) == [(1, keeper().chat, 0)]
    assert await waiting(store, minutes=5) == [(0, keeper().chat, 1), (1, keeper().chat, 0)]


async def test_a_message_that_failed_for_good_never_comes_again(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    (message,) = await store.unsent(START, 1)
    await store.mark_failed(message.number, retry_at=None, reason="refused")
    assert await waiting(store, minutes=999) == []


async def test_a_late_failure_does_not_wake_a_message_that_was_sent_or_dropped(store: Store) -> None:
    for chat in ("telegram:1", "telegram:2"):
        await store.subscribe(keeper(chat))
    await store.save(memory(), [nesting()])
    first, second = await store.unsent(START, 10)
    await store.mark_sent(first.number, at=START)
    await store.unsubscribe(second.chat)
    for message in (first, second):
        await store.mark_failed(message.number, retry_at=START, reason="late")
    assert await waiting(store, minutes=999) == []


async def test_unsent_leaves_out_chats_before_it_counts(store: Store) -> None:
    for minutes, chat in enumerate(("telegram:1", "telegram:2")):
        await store.subscribe(keeper(chat, minutes=minutes))
    await store.save(memory(), [nesting(minute) for minute in range(3)])
    due = await store.unsent(START, 2, without={"telegram:1"})
    assert [(message.chat, message.event) for message in due] == [
        ("telegram:2", nesting(0)),
        ("telegram:2", nesting(1)),
    ]


async def test_the_same_photo_has_one_path_and_another_photo_another(store: Store) -> None:
    assert await store.save_photo(b"one") == await store.save_photo(b"one")
    assert await store.save_photo(b"one") != await store.save_photo(b"two")


# The database does what the fake does, whatever happens in whatever order.

chats = st.sampled_from(["terminal", "telegram:1", "telegram:2"])
few_moments = st.integers(0, 3).map(lambda minutes: START + timedelta(minutes=minutes))
few_events = st.builds(nesting, st.integers(0, 3), nest=st.none() | names, camera=st.none() | st.just("nestcam"))
steps = st.one_of(
    st.tuples(st.just("save"), st.lists(few_events, max_size=3)),
    st.tuples(st.just("subscribe"), chats, st.integers(0, 3)),
    st.tuples(st.just("unsubscribe"), chats),
    st.tuples(st.just("sent"), st.integers(0, 5)),
    st.tuples(st.just("failed"), st.integers(0, 5), st.none() | few_moments),
)


async def take(store: Store, step: tuple[object, ...]) -> None:
    match step:
        case ("save", told):
            await store.save(memory(), told)
        case ("subscribe", chat, minutes):
            await store.subscribe(keeper(chat, minutes=minutes))
        case ("unsubscribe", chat):
            await store.unsubscribe(chat)
        case ("sent", index):
            for message in (await store.unsent(START, 10))[index : index + 1]:
                await store.mark_sent(message.number, at=START)
        case ("failed", index, retry_at):
            for message in (await store.unsent(START, 10))[index : index + 1]:
                await store.mark_failed(message.number, retry_at=retry_at, reason="no network")


async def looks(store: Store) -> list[object]:
    due = await store.unsent(START + timedelta(minutes=2), 100)
    return [
        list(await store.newest_events(100)),
        [(message.chat, message.event, message.attempts) for message in due],
        list(await store.subscribers()),
        list(await store.subscribers(suspended=True)),
    ]


@settings(max_examples=40)
@given(journey=st.lists(steps, max_size=15))
def test_fake_and_database_tell_the_same_story(
    journey: list[tuple[object, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    async def travel() -> None:
        fake = FakeStore()
        async with Database(tmp_path_factory.mktemp("data")) as database:
            for step in journey:
                await take(fake, step)
                await take(database, step)
            assert await looks(database) == await looks(fake)

    asyncio.run(travel())


def test_every_kind_of_event_fits_its_column() -> None:
    assert max(len(kind) for kind in EventKind) <= 32


@on_one_store
@given(at=moments)
async def test_times_come_back_aware_and_in_utc(store: Store, at: object) -> None:
    await store.save(CameraMemory(camera="nestcam", seen_at=at), [])
    loaded = await store.load_camera_memory("nestcam")
    assert loaded.seen_at.utcoffset() == timedelta(0)
