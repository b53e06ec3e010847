"""Rules of what goes to a chat next: one visit one message, many events a digest, nothing in quiet hours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.plan import FEW, LINES, LOUD, Hold, Refuse, Step, next_step, quiet_until
from coopwatch.delivery import Delivery, Story
from coopwatch.subscriber import Subscriber
from coopwatch.values import Event, EventKind, Message, StoredEvent, Told

NOW = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ANN = Subscriber(chat="telegram:1", name="Ann", since=NOW)
NESTING, LEFT, EGG = EventKind.HEN_NESTING, EventKind.HEN_LEFT, EventKind.EGG_LAID


def message(number: int, kind: EventKind = NESTING, *, visit: int | None = None, **more: object) -> Message:
    event = Event(kind=kind, camera="nestcam", nest="left", at=NOW, told_at=NOW, hens=("red_twin",))
    return Message(number=number, chat=ANN.chat, event=event, event_number=number, visit=visit, **more)


def story(*messages: Message, told: Told | None = None) -> Mapping[int, Story]:
    """The visit that these messages tell, and where it was told."""
    stored = [StoredEvent(number=one.event_number, event=one.event, visit=one.visit) for one in messages]
    return {messages[0].visit or 0: Story(events=tuple(stored), told=told)}


def step(due: Sequence[Message], stories: Mapping[int, Story] | None = None, *, subscriber: Subscriber = ANN) -> Step:
    return next_step(due, stories or {}, subscriber, now=NOW, zone=BERLIN)


def numbers(due: Sequence[Message], stories: Mapping[int, Story] | None = None) -> tuple[int, ...]:
    """What goes out first."""
    taken = step(due, stories)
    assert isinstance(taken, Delivery)
    return taken.numbers


def test_a_few_go_out_one_by_one_in_order() -> None:
    assert numbers([message(number) for number in range(1, FEW + 1)]) == (1,)


def test_more_become_a_digest_no_longer_than_a_message_may_be() -> None:
    assert numbers([message(number) for number in range(1, FEW + 2)]) == tuple(range(1, FEW + 2))
    assert len(numbers([message(number) for number in range(1, 100)])) == LINES


def test_among_many_the_loud_ones_go_first_and_alone_while_they_are_few() -> None:
    many = [message(number) for number in range(1, 9)]
    assert numbers([*many, message(9, EGG)]) == (9,)
    loud = [message(number, EGG) for number in range(9, 10 + FEW)]
    assert numbers([*many, *loud]) == tuple(range(1, 10 + FEW))


def test_what_a_person_corrected_changes_at_once_where_it_stands_whatever_the_chat_mutes() -> None:
    told = Told(message_id=7, has_photo=True)
    due = [message(1), message(2, EGG, told=told), message(3, EGG, told=replace(told, message_id=8))]
    mute = replace(ANN, muted_kinds=(EGG,), muted_until=NOW + timedelta(hours=1))
    taken = step(due, subscriber=mute)
    assert isinstance(taken, Delivery)
    assert (taken.numbers, taken.told, taken.is_retold) == ((2,), told, True)


@pytest.mark.parametrize("kind", EventKind)
def test_loud_kinds_make_a_sound_and_the_rest_none(kind: EventKind) -> None:
    taken = step([message(1, kind)])
    assert isinstance(taken, Delivery)
    assert taken.is_silent == (kind not in LOUD)


def test_a_digest_makes_a_sound_if_anything_in_it_does() -> None:
    taken = step([message(number, EGG if number == 2 else NESTING, is_held=True) for number in (1, 2, 3)])
    assert isinstance(taken, Delivery)
    assert (taken.is_digest, taken.is_silent) == (True, False)


def test_a_visit_that_ended_before_it_was_told_is_one_message() -> None:
    visit = [message(1, visit=7), message(2, LEFT, visit=7)]
    taken = step(visit, story(*visit))
    assert isinstance(taken, Delivery)
    assert (taken.numbers, taken.is_digest, taken.is_silent) == ((1, 2), False, True)


def test_an_egg_has_a_message_of_its_own_beside_its_visit() -> None:
    visit = [message(1, visit=7), message(2, LEFT, visit=7), message(3, EGG, visit=7)]
    assert numbers(visit, story(*visit)) == (1, 2)
    assert numbers(visit[2:], story(*visit)) == (3,)


def test_the_end_of_a_visit_changes_its_message_also_in_quiet_hours_and_before_all_else() -> None:
    left = message(9, LEFT, visit=7)
    due = [*[message(number) for number in range(1, 9)], left]
    muted = replace(ANN, muted_until=NOW + timedelta(hours=1))
    told = story(left, told=Told(message_id=5, has_photo=True))
    taken = step(due, told, subscriber=muted)
    assert isinstance(taken, Delivery)
    assert taken.numbers == (9,)
    assert taken.story is not None
    assert taken.story.told == Told(message_id=5, has_photo=True)
    assert isinstance(step(due[:-1], told, subscriber=muted), Hold)


def test_a_muted_kind_is_refused_and_the_rest_goes_on() -> None:
    picky = replace(ANN, muted_kinds=(EventKind.BROODY,))
    assert step([message(1, EventKind.BROODY), message(2)], subscriber=picky) == Refuse(numbers=(1,))


def test_through_a_mute_everything_waits_and_then_comes_as_a_digest() -> None:
    until = NOW + timedelta(hours=2)
    waiting = [message(1), message(2, EGG)]
    assert step(waiting, subscriber=replace(ANN, muted_until=until)) == Hold(numbers=(1, 2), until=until)
    held = [replace(one, is_held=True) for one in waiting]
    assert numbers(held) == (1, 2)
    assert numbers(held[:1]) == (1,)


def test_what_may_have_arrived_is_looked_for_as_it_was_sent_before_anything_else() -> None:
    quiet = replace(ANN, muted_until=NOW + timedelta(hours=1))
    due = [message(1), message(2, sent_after=70), message(3, sent_after=70), message(4, sent_after=99)]
    taken = step(due, subscriber=quiet)
    assert isinstance(taken, Delivery)
    assert (taken.numbers, taken.is_digest) == ((2, 3), True)


@pytest.mark.parametrize(
    ("begin", "end", "now", "expected"),
    [
        (None, None, "12:00", None),
        (time(22), None, "12:00", None),
        (time(22), time(22), "22:00", None),
        (time(22), time(6), "21:59", None),
        (time(22), time(6), "22:00", "2026-06-22 06:00"),
        (time(22), time(6), "02:00", "2026-06-21 06:00"),
        (time(22), time(6), "06:00", None),
        (time(12), time(13, 30), "12:45", "2026-06-21 13:30"),
        (time(12), time(13, 30), "13:30", None),
    ],
)
def test_quiet_hours_follow_the_clock_of_the_coop(
    begin: time | None, end: time | None, now: str, expected: str | None
) -> None:
    at = datetime.fromisoformat(f"2026-06-21 {now}").replace(tzinfo=BERLIN).astimezone(UTC)
    ends = None if expected is None else datetime.fromisoformat(expected).replace(tzinfo=BERLIN).astimezone(UTC)
    assert quiet_until(replace(ANN, quiet_from=begin, quiet_to=end), at, BERLIN) == ends


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24"])
def test_quiet_hours_end_at_the_same_time_of_day_when_the_clocks_change(night: str) -> None:
    at = datetime.fromisoformat(f"{night} 23:00").replace(tzinfo=BERLIN).astimezone(UTC)
    until = quiet_until(replace(ANN, quiet_from=time(22), quiet_to=time(6)), at, BERLIN)
    assert until is not None
    assert f"{until.astimezone(BERLIN):%H:%M}" == "06:00"


messages = st.lists(
    st.tuples(
        st.sampled_from(EventKind),
        st.none() | st.integers(1, 4),
        st.booleans(),
        st.none() | st.integers(0, 1),
        st.none() | st.builds(Told, message_id=st.integers(1, 9), has_photo=st.booleans()),
    ),
    max_size=80,
).map(
    lambda rows: [
        message(number, kind, visit=visit, is_held=held, sent_after=after, told=where)
        for number, (kind, visit, held, after, where) in enumerate(rows, 1)
    ]
)


@given(due=messages, muted=st.frozensets(st.sampled_from(EventKind), max_size=3), told=st.sets(st.integers(1, 4)))
def test_whatever_waits_goes_out_once_or_is_refused_and_nothing_is_left(
    due: list[Message], muted: frozenset[EventKind], told: set[int]
) -> None:
    subscriber = replace(ANN, muted_kinds=tuple(muted))
    stories: dict[int, Story] = {}
    for visit in {one.visit for one in due} - {None}:
        where = Told(message_id=9, has_photo=False) if visit in told else None
        stories |= story(*[one for one in due if one.visit == visit], told=where)
    left, done = list(due), []
    while left:
        taken = step(left, stories, subscriber=subscriber)
        assert isinstance(taken, Refuse | Delivery)
        assert taken.numbers, "a step does something"
        done += taken.numbers
        left = [one for one in left if one.number not in taken.numbers]
    assert sorted(done) == [one.number for one in due]
