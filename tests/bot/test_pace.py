"""Rules of the pace: however calls come and however long they take, the Bot API's limits are kept."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.pace import Limits, Pace

GROUP, PERSON = -7, 7
LIMITS = Limits()


class Hand:
    """A time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def call(pace: Pace, hand: Hand, chat_id: int, *, takes: float = 0.0) -> None:
    async with pace.call(chat_id):
        hand.now += takes


def at_work(hand: Hand, limits: Limits = LIMITS) -> Pace:
    """A pace that began long ago."""
    pace = Pace(limits, time=hand)
    pace.wait(GROUP, spare=False)
    hand.now += 60
    return pace


async def test_events_leave_room_for_answers_in_a_group() -> None:
    hand = Hand()
    pace = at_work(hand)
    for _ in range(LIMITS.group_each_minute - LIMITS.spared_each_minute):
        assert pace.wait(GROUP, spare=True) == 0
        await call(pace, hand, GROUP)
        hand.now += 1
    assert pace.wait(GROUP, spare=True) > 0
    assert pace.wait(GROUP, spare=False) == 0
    assert pace.wait(GROUP - 1, spare=True) == 0, "another group has its own minute"


async def test_a_person_gets_one_event_a_second_and_an_answer_at_once() -> None:
    hand = Hand()
    pace = Pace(time=hand)
    await call(pace, hand, PERSON)
    assert pace.wait(PERSON, spare=True) == pytest.approx(1)
    assert pace.wait(PERSON, spare=False) == 0
    hand.now += 1
    assert pace.wait(PERSON, spare=True) == 0


async def test_edits_that_can_wait_take_turns_and_leave_messages_alone() -> None:
    hand = Hand()
    pace = Pace(time=hand)
    for _ in range(LIMITS.edits_each_second):
        await pace.edit()
    assert pace.wait(PERSON, spare=True) == 0
    late = asyncio.ensure_future(pace.edit())
    await asyncio.sleep(0)
    assert not late.done()
    late.cancel()
    hand.now += 1
    await pace.edit()


async def test_all_chats_together_keep_to_so_many_a_second() -> None:
    hand = Hand()
    pace = Pace(time=hand)
    for person in range(LIMITS.all_each_second):
        await call(pace, hand, 100 + person)
    assert pace.wait(PERSON, spare=False) == pytest.approx(1)


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 30)), min_size=60, max_size=120))
def test_no_minute_of_a_group_has_more_than_it_may(calls: list[tuple[float, float]]) -> None:
    hand = Hand()
    pace = Pace(time=hand)
    arrived: list[float] = []

    async def all_of_them() -> None:
        for pause, takes in calls:
            hand.now += pause
            hand.now += pace.wait(GROUP, spare=False)
            async with pace.call(GROUP):
                arrived.append(hand.now + takes / 2)
                hand.now += takes

    asyncio.run(all_of_them())
    for number, at in enumerate(arrived[LIMITS.group_each_minute :]):
        assert at - arrived[number] >= 60 - 1e-6


async def test_what_is_on_its_way_counts() -> None:
    hand = Hand()
    pace = at_work(hand, Limits(group_each_minute=1))
    async with pace.call(GROUP):
        hand.now += 100
        assert pace.wait(GROUP, spare=False) > 0
    assert pace.wait(GROUP, spare=False) == pytest.approx(60)
    hand.now += 60
    assert pace.wait(GROUP, spare=False) == 0


async def test_chats_that_fell_silent_are_forgotten() -> None:
    hand = Hand()
    pace = Pace(time=hand)
    for person in range(50):
        await call(pace, hand, 100 + person)
        hand.now += 2
    assert len(pace._chats) <= 2


@given(
    st.lists(st.floats(0, 59), max_size=LIMITS.group_each_minute - LIMITS.answers_each_minute),
    st.lists(st.floats(0, 30), min_size=30, max_size=60),
)
def test_a_kill_gives_a_group_no_fresh_minute(before: list[float], pauses: list[float]) -> None:
    """A storm with kills put 21 messages into one minute of a group: the minute before the kill was forgotten."""
    hand = Hand()
    arrived = sorted(hand.now - ago for ago in [*before, *[0.0] * LIMITS.answers_each_minute])
    pace = Pace(time=hand)
    for ago in before:
        pace.remember(GROUP, ago)
    for pause in pauses:
        hand.now += pause
        hand.now += pace.wait(GROUP, spare=False)
        asyncio.run(call(pace, hand, GROUP))
        arrived.append(hand.now)
    for number, at in enumerate(arrived[LIMITS.group_each_minute :]):
        assert at - arrived[number] >= 60 - 1e-6
