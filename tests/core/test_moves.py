"""What follows what in a nest, over any span of time."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.core.moves import FOLLOWS, Moves, settled
from coopwatch.values import Role

DWELL = timedelta(minutes=10)
ROLES = (Role.HEN, Role.HEN, Role.HEN, Role.EGG, Role.EMPTY, Role.OTHER)
spans = st.floats(0, 10_000).map(lambda seconds: timedelta(seconds=seconds))
role_lists = st.lists(st.sampled_from(Role), min_size=2, max_size=12).map(tuple)


def shares(count: int) -> st.SearchStrategy[list[float]]:
    return st.lists(st.floats(0.01, 1), min_size=count, max_size=count).map(
        lambda values: [value / sum(values) for value in values]
    )


@pytest.mark.parametrize("role", Role)
def test_what_follows_a_role_sums_to_one(role: Role) -> None:
    assert math.fsum(FOLLOWS[role].values()) == pytest.approx(1)


@given(role_lists, spans, st.data())
def test_shares_stay_shares(roles: tuple[Role, ...], span: timedelta, data: st.DataObject) -> None:
    after = Moves.within(span, DWELL, roles).apply(data.draw(shares(len(roles))))
    assert math.fsum(after) == pytest.approx(1)
    assert min(after) >= -1e-12


@given(spans, spans, shares(len(ROLES)))
def test_two_waits_are_one_wait(first: timedelta, second: timedelta, column: list[float]) -> None:
    twice = Moves.within(second, DWELL, ROLES).apply(Moves.within(first, DWELL, ROLES).apply(column))
    assert twice == pytest.approx(Moves.within(first + second, DWELL, ROLES).apply(column), abs=1e-6)


@given(shares(len(ROLES)))
def test_after_a_long_wait_nothing_is_known(column: list[float]) -> None:
    assert Moves.within(timedelta(days=30), DWELL, ROLES).apply(column) == pytest.approx(settled(ROLES))


def test_who_leaves_a_nest_leaves_an_egg_or_an_empty_one() -> None:
    after = Moves.within(timedelta(seconds=5), DWELL, ROLES).apply([1, 0, 0, 0, 0, 0])
    stayed, second, third, egg, empty, other = after
    assert stayed > 0.99
    assert egg == pytest.approx(empty, rel=0.01)
    assert egg > 7 * second > 0
    assert second == pytest.approx(third)
    assert other < egg
