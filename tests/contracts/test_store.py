"""What every store promises; the same cases run on the fake, on SQLite and on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from fakes.store import FakeStore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peers.postgres import postgres_server
from sqlalchemy import create_engine, text
from store.samples import START, camera_memories, events, keeper, memories, memory, moments, names, nesting, visit

from coopwatch.core.camera import CameraMemory
from coopwatch.ports import Store
from coopwatch.store.database import Database
from coopwatch.subscriber import Invitation, Subscriber, SubscriberRole
from coopwatch.values import NOTHING, Event, EventKind, Told, Visit

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


async def test_nests_that_are_forgotten_leave_the_end_of_their_visits_and_nothing_else(store: Store) -> None:
    came = nesting()
    sitting = Visit(nest="left", hen="red_twin", began=came.at, ended=None, certainty=0.9)
    seen_at = START + timedelta(minutes=20)
    await store.save(replace(memory("left"), visit=sitting, at=seen_at), [came])
    await store.save(memory("right"), [])
    for _ in range(2):
        await store.forget_nests(but={"right"})
    assert await store.load_memory("left") is None
    assert await store.load_memory("right") == memory("right")
    ended = Event(
        kind=EventKind.HEN_LEFT,
        camera="nestcam",
        nest="left",
        at=seen_at,
        told_at=seen_at,
        hens=("red_twin",),
        certainty=0.9,
        began=came.at,
    )
    assert list(await store.newest_events(5)) == [ended, came]


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
    assert list(await store.subscribers(suspended=True)) == [replace(keeper(), is_active=False)]
    assert await store.find_subscriber(keeper().chat) == replace(keeper(), is_active=False)
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


async def test_preferences_come_back_as_they_were_set_and_survive_a_new_start(store: Store) -> None:
    await store.subscribe(keeper())
    wanted = Subscriber(
        chat=keeper().chat,
        name="Ann",
        since=keeper().since,
        role=SubscriberRole.KEEPER,
        thread=12,
        language="de",
        muted_until=START,
        muted_kinds=(EventKind.HEN_LEFT, EventKind.BROODY),
        quiet_from=time(21, 30),
        quiet_to=time(6, 0),
    )
    await store.set_preferences(wanted)
    assert list(await store.subscribers()) == [wanted]
    await store.unsubscribe(wanted.chat)
    await store.subscribe(keeper(minutes=9, name="Anna"))
    assert list(await store.subscribers()) == [replace(wanted, name="Anna", thread=None)]


async def test_preferences_make_no_subscriber(store: Store) -> None:
    await store.set_preferences(keeper())
    assert list(await store.subscribers(suspended=True)) == []


def invitation(role: SubscriberRole = SubscriberRole.VIEWER, *, code: str = "hash", minutes: float = 60) -> Invitation:
    return Invitation(code_hash=code, role=role, made_at=START, expires_at=START + timedelta(minutes=minutes))


async def test_an_invitation_lets_one_chat_in_with_its_role(store: Store) -> None:
    await store.invite(invitation(SubscriberRole.KEEPER))
    expected = replace(keeper("telegram:1"), role=SubscriberRole.KEEPER)
    assert await store.redeem("hash", keeper("telegram:1")) == expected
    assert await store.redeem("hash", keeper("telegram:2")) is None
    assert list(await store.subscribers()) == [expected]


@pytest.mark.parametrize(("code", "minutes"), [("other", 0), ("hash", 60)], ids=["unknown", "too late"])
async def test_a_code_that_is_unknown_or_over_lets_nobody_in(store: Store, code: str, minutes: float) -> None:
    await store.invite(invitation())
    assert await store.redeem(code, keeper(minutes=minutes)) is None
    assert list(await store.subscribers(suspended=True)) == []


async def test_a_keeper_stays_one_with_a_viewers_code_and_a_viewer_rises_with_a_keepers(store: Store) -> None:
    await store.invite(invitation(SubscriberRole.KEEPER, code="first"))
    await store.invite(invitation(SubscriberRole.VIEWER, code="second"))
    await store.redeem("first", keeper())
    assert (await store.redeem("second", keeper())).role is SubscriberRole.KEEPER


async def test_who_is_forgotten_leaves_nothing(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    assert await store.forget(keeper().chat)
    assert not await store.forget(keeper().chat)
    assert await waiting(store) == []
    assert list(await store.subscribers(suspended=True)) == []


async def test_a_chat_that_moves_takes_its_preferences_and_waiting_messages_along(store: Store) -> None:
    await store.subscribe(replace(keeper("telegram:1"), language="de"))
    await store.save(memory(), [nesting()])
    await store.move_chat("telegram:1", "telegram:-1001")
    assert list(await store.subscribers()) == [replace(keeper("telegram:-1001"), language="de")]
    assert await waiting(store) == [(0, "telegram:-1001", 0)]


async def test_a_trouble_of_the_service_is_told_to_keepers_alone(store: Store) -> None:
    await store.subscribe(replace(keeper("telegram:1"), role=SubscriberRole.KEEPER))
    await store.subscribe(keeper("telegram:2"))
    await store.tell([replace(nesting(), kind=EventKind.SERVICE_TROUBLE, nest=None, camera=None)])
    assert [chat for _, chat, _ in await waiting(store)] == ["telegram:1"]


async def test_events_between_two_moments_come_oldest_first_with_the_end_left_out(store: Store) -> None:
    await store.save(memory(), [nesting(minute) for minute in (3, 1, 2, 0)])
    between = await store.events_between(START + timedelta(minutes=1), START + timedelta(minutes=3))
    assert [stored.event for stored in between] == [nesting(1), nesting(2)]
    assert await store.find_event(between[0].number) == between[0]
    assert await store.find_event(999) is None


async def test_what_belongs_to_a_visit_knows_it(store: Store) -> None:
    await store.save(memory(), [*visit(0, 30, laid=True), *visit(40, 50)])
    stored = await store.events_between(START, START + timedelta(days=1))
    first, second = (one.number for one in stored if one.event.kind is EventKind.HEN_NESTING)
    by_time = sorted(stored, key=lambda one: one.number)
    assert [one.visit for one in by_time] == [first, first, first, second, second]
    assert (await store.story(first, "telegram:1")).events == tuple(by_time[:3])


async def test_an_egg_of_another_hen_than_the_last_visitor_belongs_to_no_visit(store: Store) -> None:
    await store.save(memory(), visit(0, 30))
    await store.save(memory(), [visit(0, 31, hen="beauty", laid=True)[-1]])
    assert (await store.find_event(3)).visit is None


async def test_an_egg_of_the_moment_when_the_next_hen_came_belongs_to_the_visit_before(store: Store) -> None:
    came, left, egg = visit(0, 30, laid=True)
    await store.save(memory(), [came, left, replace(nesting(30), hens=("beauty",)), egg])
    assert (await store.find_event(4)).visit == 1


async def test_a_persons_word_counts_for_the_visit_and_for_its_events_to_come(store: Store) -> None:
    came, left, egg = visit(0, 30, laid=True)
    await store.save(memory(), [came])
    assert await store.correct(1, "beauty", by="Ann", at=START)
    assert not await store.correct(1, "beauty", by="Ben", at=START)  # a second tap
    await store.save(memory(), [left, egg])
    stored = await store.events_between(START, START + timedelta(days=1))
    assert [(one.event.hens, one.event.certainty, one.correction) for one in stored] == [
        (("beauty",), 1.0, "beauty")
    ] * 3
    assert await store.correct(3, "red_twin", by="Ann", at=START)  # an egg's own word goes before the visit's
    assert (await store.find_event(3)).event.hens == ("red_twin",)


async def test_the_last_word_counts(store: Store) -> None:
    await store.save(memory(), [nesting()])
    for label in ("beauty", NOTHING, "psycho"):
        assert await store.correct(1, label, by="Ann", at=START)
    assert (await store.find_event(1)).event.hens == ("psycho",)
    assert not await store.correct(99, "beauty", by="Ann", at=START)


async def test_the_photos_of_visitors_that_people_named_are_told_with_their_last_word(store: Store) -> None:
    came, left, egg = visit(0, 30, laid=True)
    other = replace(nesting(60), kind=EventKind.UNKNOWN_VISITOR, hens=(), photo="d.jpg")
    seen = [replace(came, photo="a.jpg"), replace(left, photo="b.jpg"), replace(egg, photo="c.jpg"), other, nesting(90)]
    await store.save(memory(), seen)
    assert list(await store.named_photos(9)) == []
    for number, label in ((1, "beauty"), (5, "beauty"), (4, NOTHING), (3, "psycho"), (1, "psycho")):
        assert await store.correct(number, label, by="Ann", at=START)
    named = await store.named_photos(9)
    assert [(one.photo, one.label, one.visit) for one in named] == [
        ("d.jpg", NOTHING, 4),
        ("b.jpg", "psycho", 1),  # the word for the visit
        ("a.jpg", "psycho", 1),  # the egg's photo shows no hen, the last visit has none
    ]
    assert named[0].word < named[1].word == named[2].word
    assert await store.named_photos(1) == named[:1]


async def test_where_nothing_was_no_event_is_listed_but_it_is_kept(store: Store) -> None:
    await store.save(memory(), visit(0, 30))
    await store.correct(1, NOTHING, by="Ann", at=START)
    assert list(await store.newest_events(5)) == []
    stored = await store.events_between(START, START + timedelta(days=1))
    assert [one.happened for one in stored] == [False, False]
    await store.save(memory(), visit(0, 30))  # told again after a restart
    assert list(await store.newest_events(5)) == []


async def test_a_message_remembers_where_it_arrived_for_the_events_of_the_same_visit(store: Store) -> None:
    await store.subscribe(keeper())
    came, left, egg = visit(0, 30, laid=True)
    await store.save(memory(), [came])
    (message,) = await store.unsent(START, 1)
    assert (await store.story(message.visit, message.chat)).told is None
    told = Told(message_id=77, has_photo=True)
    await store.mark_sent(message.number, at=START, told=told)
    await store.save(memory(), [left, egg])
    assert (await store.story(message.visit, message.chat)).told == told
    assert (await store.story(message.visit, "telegram:9")).told is None


async def test_a_digest_is_no_message_of_a_visit_but_its_number_is_known(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [*visit(0, 30), nesting(40)])
    first, second, third = await store.unsent(START, 3)
    digest = Told(message_id=77, has_photo=False, is_digest=True)
    await store.mark_sent(first.number, second.number, at=START, told=digest)
    await store.mark_sent(third.number, at=START, told=Told(message_id=78, has_photo=True))
    assert (await store.story(first.visit, first.chat)).told is None
    assert list(await store.newest_told(9)) == [(first.chat, 78), (first.chat, 77)]
    assert list(await store.newest_told(1)) == [(first.chat, 78)]


async def test_what_was_shown_lately_is_known_once_a_message_and_what_is_in_doubt_too(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [*visit(0, 30), nesting(40), nesting(60)])
    old, changed, fresh, doubted = await store.unsent(START, 4)
    told = Told(message_id=77, has_photo=True)
    await store.mark_sent(old.number, at=START, told=told)
    await store.mark_sent(changed.number, at=START + timedelta(minutes=2), told=told)
    await store.mark_sent(fresh.number, at=START + timedelta(minutes=2), told=replace(told, message_id=78))
    await store.mark_sending(doubted.number, after=78)
    shown = await store.shown_since(START + timedelta(minutes=1))
    assert list(shown) == [(old.chat, START + timedelta(minutes=2)), (old.chat, None)]


async def test_an_eggs_own_message_is_not_the_visits(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), visit(0, 30, laid=True))
    egg = (await store.unsent(START, 10))[-1]
    await store.mark_sent(egg.number, at=START, told=Told(message_id=77, has_photo=True))
    assert (await store.story(egg.visit, egg.chat)).told is None


async def test_a_message_on_its_way_is_known_until_it_surely_did_not_arrive(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    (message,) = await store.unsent(START, 1)
    await store.mark_sending(message.number, after=76)
    assert [one.sent_after for one in await store.unsent(START, 1)] == [76]
    await store.mark_failed(message.number, retry_at=START, reason="no answer", may_have_arrived=True)
    assert [one.sent_after for one in await store.unsent(START, 1)] == [76]
    await store.mark_failed(message.number, retry_at=START, reason="no network")
    assert [one.sent_after for one in await store.unsent(START, 1)] == [None]


async def test_what_may_have_arrived_comes_first_before_it_is_due(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting(0), nesting(1)])
    first, second = await store.unsent(START, 10)
    await store.mark_sending(second.number, after=76)
    later = START + timedelta(minutes=1)
    await store.mark_failed(second.number, retry_at=later, reason="no answer", may_have_arrived=True)
    assert [one.number for one in await store.unsent_of(keeper().chat, START, 10)] == [second.number, first.number]
    await store.mark_sending(second.number, after=None)
    assert [one.number for one in await store.unsent_of(keeper().chat, START, 10)] == [first.number]


async def test_held_messages_come_when_their_time_is_over_and_say_so(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting(0), nesting(1)])
    first, _ = await store.unsent(START, 10)
    await store.hold(first.number, until=START + timedelta(minutes=5))
    assert await waiting(store) == [(1, keeper().chat, 0)]
    later = await store.unsent_of(keeper().chat, START + timedelta(minutes=5), 10)
    assert [(one.is_held, one.attempts) for one in later] == [(True, 0), (False, 0)]


async def test_what_is_released_waits_for_no_time_and_what_is_over_stays_so(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting(minute) for minute in range(4)])
    held, failed, lost, sent = await store.unsent(START, 10)
    year = START + timedelta(days=365)
    await store.hold(held.number, until=year)
    await store.mark_failed(failed.number, retry_at=year, reason="no network")
    await store.mark_failed(lost.number, retry_at=None, reason="refused")
    await store.mark_sent(sent.number, at=START)
    assert await waiting(store) == []
    await store.release()
    assert [one.number for one in await store.unsent(START, 10)] == [held.number, failed.number]


async def test_what_a_mute_held_back_is_due_when_the_mute_is_taken_back(store: Store) -> None:
    """It waited until the mute would have ended, days after /unmute."""
    await store.subscribe(keeper())
    await store.save(memory(), [nesting(0), nesting(1)])
    held, failed = await store.unsent(START, 10)
    later = START + timedelta(days=5)
    await store.hold(held.number, until=later)
    await store.mark_failed(failed.number, retry_at=later, reason="no network")
    await store.set_preferences(keeper())
    assert await waiting(store) == [(0, keeper().chat, 0)]


async def told(store: Store, *, is_digest: bool = False) -> None:
    """Everything that waits arrives, a message each."""
    for message in await store.unsent(START, 99):
        where = Told(message_id=70 + message.number, has_photo=True, is_digest=is_digest)
        await store.mark_sent(message.number, at=START, told=where)


async def test_what_a_person_corrects_changes_in_every_chat_that_was_told_of_its_visit(store: Store) -> None:
    for chat in ("telegram:1", "telegram:2", "telegram:3"):
        await store.subscribe(keeper(chat))
    await store.save(memory(), [*visit(0, 30, laid=True), nesting(40)])
    await told(store)
    await store.unsubscribe("telegram:3")
    await store.correct(1, "beauty", by="Ann", at=START)
    again = await store.unsent(START, 10)
    assert [(one.event_number, one.chat) for one in again] == [
        (number, chat) for number in (1, 2, 3) for chat in ("telegram:1", "telegram:2")
    ]
    assert {(one.event.hens, one.correction, one.attempts) for one in again} == {(("beauty",), "beauty", 0)}
    assert [one.told for one in again] == [Told(message_id=70 + one.number, has_photo=True) for one in again]
    await told(store)
    await store.correct(3, NOTHING, by="Ann", at=START)  # the egg, which the visit's message tells of too
    assert {one.event_number for one in await store.unsent(START, 10)} == {1, 2, 3}


async def test_what_stands_in_a_chat_is_told_anew_also_where_an_earlier_change_did_not_get_there(store: Store) -> None:
    """It kept the wrong name for ever."""
    for chat in ("telegram:1", "telegram:2"):
        await store.subscribe(keeper(chat))
    await store.save(memory(), [nesting()])
    await told(store)
    await store.correct(1, "beauty", by="Ann", at=START)
    refused, _ = await store.unsent(START, 10)
    await store.mark_failed(refused.number, retry_at=None, reason="refused")
    await store.unsubscribe("telegram:2")
    await store.subscribe(keeper("telegram:2"))
    assert await waiting(store) == []
    await store.correct(1, NOTHING, by="Ann", at=START)
    assert [message.chat for message in await store.unsent(START, 10)] == ["telegram:1", "telegram:2"]


async def test_a_digest_and_what_was_never_sent_are_not_told_anew(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    await told(store, is_digest=True)
    await store.correct(1, "beauty", by="Ann", at=START)
    assert await waiting(store) == []
    await store.save(memory(), [nesting(1)])
    (message,) = await store.unsent(START, 10)
    await store.mark_muted(message.number)
    await store.correct(2, "beauty", by="Ann", at=START)
    assert await waiting(store) == []


async def test_what_is_corrected_while_it_is_on_its_way_is_changed_after_it_arrived(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    (message,) = await store.unsent(START, 10)
    await store.mark_sending(message.number, after=7)
    await store.correct(1, "beauty", by="Ann", at=START)
    await told(store)
    (again,) = await store.unsent(START, 10)
    assert (again.told, again.sent_after) == (Told(message_id=71, has_photo=True), None)
    await told(store)
    assert await waiting(store) == []


async def test_a_digest_that_is_corrected_on_its_way_is_not_sent_twice(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    await store.correct(1, "beauty", by="Ann", at=START)
    await told(store, is_digest=True)
    assert await waiting(store) == []


async def test_a_visit_stands_where_it_was_told_last(store: Store) -> None:
    """Somebody deleted its first message, so that its end was told by a new one."""
    await store.subscribe(keeper())
    await store.save(memory(), visit(0, 30))
    await told(store)
    assert (await store.story(1, keeper().chat)).told == Told(message_id=72, has_photo=True)


async def test_the_change_of_a_message_is_no_message_of_its_minute(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    await told(store)
    await store.correct(1, "beauty", by="Ann", at=START)
    where = Told(message_id=71, has_photo=True)
    await store.mark_sent(1, at=START + timedelta(minutes=9), told=where)
    assert list(await store.shown_since(START + timedelta(minutes=8))) == []


async def test_what_a_chat_does_not_want_never_comes(store: Store) -> None:
    await store.subscribe(keeper())
    await store.save(memory(), [nesting()])
    (message,) = await store.unsent(START, 1)
    await store.mark_muted(message.number)
    assert await waiting(store, minutes=999) == []


async def test_due_chats_come_with_the_longest_waiting_first(store: Store) -> None:
    for minutes, chat in enumerate(("telegram:2", "telegram:1")):
        await store.subscribe(keeper(chat, minutes=minutes))
        await store.save(memory(), [nesting(minutes)])
    assert list(await store.due_chats(START)) == ["telegram:2", "telegram:1"]
    assert list(await store.due_chats(START, without={"telegram:2"})) == ["telegram:1"]
    assert [one.chat for one in await store.unsent_of("telegram:1", START, 9)] == ["telegram:1"]


async def test_a_photo_is_known_under_the_services_newest_name(store: Store) -> None:
    assert await store.file_id("photos/a.jpg") is None
    for name in ("first", "second"):
        await store.keep_file_id("photos/a.jpg", name)
    assert await store.file_id("photos/a.jpg") == "second"


# The database does what the fake does, whatever happens in whatever order.

chats = st.sampled_from(["terminal", "telegram:1", "telegram:2"])
few_moments = st.integers(0, 3).map(lambda minutes: START + timedelta(minutes=minutes))
few_events = st.builds(nesting, st.integers(0, 3), nest=st.none() | names, camera=st.none() | st.just("nestcam"))
few_visits = st.builds(visit, st.integers(0, 3), st.integers(4, 5), laid=st.booleans())
steps = st.one_of(
    st.tuples(st.just("save"), st.lists(few_events, max_size=3)),
    st.tuples(st.just("subscribe"), chats, st.integers(0, 3)),
    st.tuples(st.just("unsubscribe"), chats),
    st.tuples(st.just("sent"), st.integers(0, 5)),
    st.tuples(st.just("failed"), st.integers(0, 5), st.none() | few_moments),
    st.tuples(st.just("hold"), st.integers(0, 5), few_moments),
    st.tuples(st.just("correct"), st.integers(0, 4), st.sampled_from(["beauty", NOTHING])),
    st.tuples(st.just("move"), chats, chats),
    st.tuples(st.just("forget"), chats),
    st.tuples(st.just("tell"), st.lists(few_visits, max_size=1).map(lambda told: [e for one in told for e in one])),
)


async def take(store: Store, step: tuple[object, ...]) -> None:
    match step:
        case ("save", told):
            await store.save(memory(), told)
        case ("tell", told):
            await store.tell(told)
        case ("correct", number, label):
            await store.correct(number, label, by="Ann", at=START)
        case ("sent" | "failed" | "hold", index, *_):
            for message in (await store.unsent(START, 10))[index : index + 1]:
                await mark(store, message.number, step)
        case _:
            await change_people(store, step)


async def mark(store: Store, number: int, step: tuple[object, ...]) -> None:
    match step:
        case ("sent", _):
            await store.mark_sent(number, at=START, told=Told(message_id=7, has_photo=False))
        case ("hold", _, until):
            await store.hold(number, until=until)
        case ("failed", _, retry_at):
            await store.mark_failed(number, retry_at=retry_at, reason="no network")


async def change_people(store: Store, step: tuple[object, ...]) -> None:
    match step:
        case ("subscribe", chat, minutes):
            await store.subscribe(keeper(chat, minutes=minutes))
        case ("unsubscribe", chat):
            await store.unsubscribe(chat)
        case ("move", old, new):
            await store.move_chat(old, new)
        case ("forget", chat):
            await store.forget(chat)


async def looks(store: Store) -> list[object]:
    at = START + timedelta(minutes=2)
    due = await store.unsent(at, 100)
    stored = await store.events_between(START, START + timedelta(days=1))
    told = [await store.story(one.number, chat) for one in stored for chat in ("terminal", "telegram:1")]
    return [
        list(await store.newest_events(100)),
        [(one.event, one.correction, one.visit and (await store.find_event(one.visit)).event) for one in stored],
        [(one.told, [stored.event for stored in one.events]) for one in told],
        [(message.chat, message.event, message.attempts, message.is_held, message.told) for message in due],
        sorted(await store.due_chats(at)),
        [message.event for message in await store.unsent_of("terminal", at, 3)],
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
