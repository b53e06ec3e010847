"""Rules of what events add up to."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.core.statistics import Period, day_bounds, egg_columns, habits, hens_of, sat_last, visits
from coopwatch.values import Event, EventKind

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 6, 21)
NOON = datetime(2026, 6, 21, 10, 0, tzinfo=UTC)  # 12:00 in Berlin
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=600)).map(lambda ago: NOON + timedelta(days=100) - ago)


def event(kind: EventKind, at: datetime = NOON, *hens: str, **more: object) -> Event:
    return Event(kind=kind, camera="cam", nest="left", at=at, told_at=at, hens=hens or ("red_twin",), **more)


def egg(at: datetime, *hens: str) -> Event:
    return event(EventKind.EGG_LAID, at, *hens)


def stay(began: datetime, minutes: float, hen: str = "red_twin") -> tuple[Event, Event]:
    ended = began + timedelta(minutes=minutes)
    return event(EventKind.HEN_NESTING, began, hen), event(EventKind.HEN_LEFT, ended, hen, began=began)


@pytest.mark.parametrize(
    ("period", "columns", "first"),
    [(Period.WEEK, 7, date(2026, 6, 15)), (Period.MONTH, 30, date(2026, 5, 23)), (Period.YEAR, 12, date(2025, 7, 1))],
)
def test_a_period_ends_today(period: Period, columns: int, first: date) -> None:
    begins = period.begins(TODAY)
    assert (len(begins) - 1, begins[0]) == (columns, first)
    assert begins[-2] <= TODAY < begins[-1]


def test_an_egg_belongs_to_the_coops_day() -> None:
    late = datetime(2026, 6, 20, 22, 30, tzinfo=UTC)  # 00:30 on the 21st in Berlin
    columns = egg_columns([egg(late)], Period.WEEK, TODAY, BERLIN)
    assert [column.total for column in columns] == [0, 0, 0, 0, 0, 0, 1]


def test_an_egg_of_one_of_several_hens_is_nobodys() -> None:
    (*_, today) = egg_columns([egg(NOON, "a", "b"), egg(NOON, "a")], Period.WEEK, TODAY, BERLIN)
    assert today.eggs == {None: 1, "a": 1}


@given(st.lists(MOMENTS, max_size=40))
def test_every_egg_of_the_period_is_counted_once(laid: list[datetime]) -> None:
    for period in Period:
        begins = period.begins(TODAY)
        counted = sum(column.total for column in egg_columns(map(egg, laid), period, TODAY, BERLIN))
        assert counted == sum(begins[0] <= at.astimezone(BERLIN).date() < begins[-1] for at in laid)


def test_a_hens_habits_come_from_her_own_events() -> None:
    yesterday = NOON - timedelta(days=1)
    events = [
        *stay(yesterday, 30),
        egg(yesterday),
        *stay(NOON - timedelta(hours=3), 50),
        egg(NOON - timedelta(hours=2)),
        *stay(NOON - timedelta(hours=3), 500, "psycho"),
        event(EventKind.HEN_NESTING, NOON, certainty=0.9, photo="a.jpg"),
    ]
    hers = habits(events, "red_twin", BERLIN)
    assert hers.usual_stay == timedelta(minutes=40)
    assert hers.sits_since == NOON
    assert hers.laid_since(NOON - timedelta(hours=5)) == 1
    assert hers.usual_pause is None  # two eggs tell no rhythm
    assert hers.portrait == "a.jpg"
    assert sum(hers.hours, timedelta(0)) == timedelta(minutes=80)
    assert hens_of(events) == ("psycho", "red_twin")


def test_a_stay_is_spread_over_the_hours_of_the_coops_day() -> None:
    hours = habits(stay(NOON - timedelta(minutes=20), 50), "red_twin", BERLIN).hours
    assert (hours[11], hours[12]) == (timedelta(minutes=20), timedelta(minutes=30))


@given(MOMENTS, st.floats(1, 3000))
def test_no_minute_of_a_stay_is_lost_also_when_clocks_change(began: datetime, minutes: float) -> None:
    (ended,) = visits(stay(began, minutes))
    assert sum(habits(stay(began, minutes), "red_twin", BERLIN).hours, timedelta(0)) == ended.duration


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 6, 21), 24), (date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_may_have_23_or_25_hours(day: date, hours: int) -> None:
    begin, end = day_bounds(day, BERLIN)
    assert end - begin == timedelta(hours=hours)


def test_of_many_hens_those_that_sat_last_are_chosen_and_keep_their_order() -> None:
    sits = event(EventKind.HEN_NESTING, NOON, "psycho")
    told = [*stay(NOON - timedelta(days=2), 30, "beauty"), *stay(NOON - timedelta(days=1), 30, "dirty"), sits]
    hens = [habits(told, hen, BERLIN) for hen in ("never", "psycho", "beauty", "dirty")]
    assert [one.hen for one in sat_last(hens, 2)] == ["psycho", "dirty"]
    assert sat_last(hens, 9) == hens
