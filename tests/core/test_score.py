from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.core.score import score
from coopwatch.values import Event, EventKind

START = datetime(2026, 5, 1, tzinfo=UTC)


def event(minute: float, *, kind: str = "hen_nesting", nest: str = "left", hen: str = "a", delay: float = 0) -> Event:
    at = START + timedelta(minutes=minute)
    told_at = at + timedelta(minutes=delay)
    return Event(kind=EventKind(kind), camera="c", nest=nest, at=at, told_at=told_at, hens=(hen,) if hen else ())


EVENTS = st.lists(
    st.builds(
        event,
        st.integers(0, 500),
        kind=st.sampled_from(["hen_nesting", "hen_left", "egg_laid", "eggs_collected", "egg_lost"]),
        nest=st.sampled_from(["left", "right"]),
        hen=st.sampled_from(["a", "b", ""]),
    )
)


@pytest.mark.parametrize(
    ("told", "true", "matched"),
    [
        ([], [], 0),
        ([event(0)], [], 0),
        ([], [event(0)], 0),
        ([event(7)], [event(0)], 1),  # just within
        ([event(0)], [event(7)], 1),  # and before
        ([event(7.1)], [event(0)], 0),  # too late
        ([event(0)], [event(7.1)], 0),  # too early
        ([event(0, hen="b")], [event(0)], 0),  # the wrong hen
        ([event(0, nest="right")], [event(0)], 0),
        ([event(0, kind="hen_left")], [event(0)], 0),
        ([event(0), event(1)], [event(0)], 1),  # told twice, true once
        ([event(0)], [event(0), event(1)], 1),
        ([event(5), event(12)], [event(0), event(6)], 2),  # nearest-first would lose one
        ([event(6), event(-6)], [event(0), event(12)], 2),
    ],
)
def test_an_event_counts_once_for_its_kind_nest_hen_and_time(
    told: list[Event], true: list[Event], matched: int
) -> None:
    overall = score(told, true).overall
    assert (overall.told, overall.true, overall.matched) == (len(told), len(true), matched)
    assert set(score(told, true).kinds) == {one.kind for one in told + true}


def test_figures_are_shares_and_the_delay_is_the_median() -> None:
    told = [event(0, delay=1), event(20, delay=2), event(40, delay=9), event(60)]
    true = [event(0), event(20), event(40), event(100), event(200)]
    overall = score(told, true).overall
    assert (overall.precision, overall.recall) == (0.75, 0.6)
    assert overall.f1 == pytest.approx(2 * 0.75 * 0.6 / 1.35)
    assert overall.median_delay == timedelta(minutes=2)


def test_nothing_told_and_nothing_true_gives_no_figures() -> None:
    result = score([], [])
    assert result.kinds == {}
    assert (result.overall.precision, result.overall.recall, result.overall.f1, result.overall.median_delay) == (
        None,
        None,
        None,
        None,
    )


def test_kinds_whose_truth_nobody_knows_are_passed_over() -> None:
    assert score([event(0, kind="camera_lost"), event(0)], [event(0)]).overall.precision == 1


@given(EVENTS)
def test_the_truth_against_itself_is_without_fault(events: list[Event]) -> None:
    result = score(events, events, timedelta(0))
    assert all((one.precision, one.recall, one.f1) == (1, 1, 1) for one in result.kinds.values())
    assert result.overall.matched == len(events)


@given(EVENTS, EVENTS, st.integers(0, 60))
def test_a_wider_tolerance_never_matches_less_and_never_more_than_there_are(
    told: list[Event], true: list[Event], minutes: int
) -> None:
    narrow, wide = (score(told, true, timedelta(minutes=m)).overall for m in (minutes, minutes + 5))
    assert narrow.matched <= wide.matched <= min(len(told), len(true))
    assert narrow.matched == score(true, told, timedelta(minutes=minutes)).overall.matched
