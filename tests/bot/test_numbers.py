"""Rules of the numbers that a message of unknown fate may have."""

from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.numbers import KEPT, Numbers

PERSON, SMALL_GROUP, SUPERGROUP = 7, -77, -1001234567890


def test_people_and_small_groups_are_counted_together_and_a_supergroup_for_itself() -> None:
    numbers = Numbers()
    assert numbers.newest(PERSON) is None
    numbers.note(PERSON, 41)
    numbers.note(SMALL_GROUP, 42)
    numbers.note(SUPERGROUP, 3)
    assert (numbers.newest(PERSON), numbers.newest(SMALL_GROUP), numbers.newest(SUPERGROUP)) == (42, 42, 3)


def test_known_numbers_are_passed_over() -> None:
    numbers = Numbers()
    for number in (11, 13, 14):
        numbers.note(PERSON, number)
    assert numbers.unknown(SMALL_GROUP, after=10, until=16) == [12, 15, 16]
    assert numbers.unknown(SUPERGROUP, after=10, until=12) == [11, 12]


@given(st.sets(st.integers(1, 60)), st.integers(0, 60), st.integers(0, 10))
def test_what_may_be_is_unknown_and_after(known: set[int], after: int, more: int) -> None:
    numbers = Numbers()
    for number in known:
        numbers.note(PERSON, number)
    expected = [number for number in range(after + 1, after + more + 1) if number not in known]
    assert numbers.unknown(PERSON, after=after, until=after + more) == expected


def test_years_of_messages_need_no_more_memory_than_an_hour() -> None:
    numbers = Numbers()
    for number in range(3 * KEPT):
        numbers.note(PERSON, number)
    assert numbers.newest(PERSON) == 3 * KEPT - 1
    assert len(numbers._known[0]) == KEPT
