"""What only many events tell, looked through now and then as the daemon does, over days and changes of the clock."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from coopwatch.core.statistics import hens_of
from coopwatch.core.welfare import LOOK_BACK, Care, WelfareRules, review
from coopwatch.values import Event, EventKind

BERLIN = ZoneInfo("Europe/Berlin")
RULES = WelfareRules(zone=BERLIN)
NONE = Care(broody_after=None, missed_pauses=None)
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def happened(kind: EventKind, at: datetime, hen: str = "psycho", began: datetime | None = None) -> Event:
    return Event(kind=kind, camera="cam", nest="left", at=at, told_at=at, hens=(hen,), began=began)


def visit(hen: str, began: datetime, lasting: timedelta, *, egg: bool = False) -> list[Event]:
    ended = began + lasting
    events = [
        happened(EventKind.HEN_NESTING, began, hen),
        happened(EventKind.HEN_LEFT, ended, hen, began),
    ]
    return [*events, happened(EventKind.EGG_LAID, ended, hen)] if egg else events


def watched(
    events: list[Event],
    begin: datetime,
    end: datetime,
    rules: WelfareRules = RULES,
    every: timedelta = timedelta(minutes=10),
) -> list[Event]:
    """What a store would hold that is looked through now and then: an event of one kind and moment is taken once."""
    told: dict[tuple[EventKind, datetime], Event] = {}
    now = begin
    while now < end:
        known = [event for event in events if now - LOOK_BACK <= event.at <= now]
        for event in review(known, now, rules, seen=dict.fromkeys(hens_of(known), now)):
            told.setdefault((event.kind, event.at), event)
        now += every
    return list(told.values())


def daily_eggs(hen: str, days: int, hour: float = 9) -> list[Event]:
    return [
        event
        for day in range(days)
        for event in visit(hen, DAY + timedelta(days=day, hours=hour), timedelta(minutes=30), egg=True)
    ]


def of_kind(kind: EventKind, told: Iterable[Event]) -> list[Event]:
    return [event for event in told if event.kind is kind]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
@pytest.mark.parametrize("at", [time(20), time(2, 30), time(0, 5)])
def test_a_year_has_a_digest_a_day(zone: str, at: time) -> None:
    rules = WelfareRules(zone=ZoneInfo(zone), digest_at=at, nobody_by=None)
    begin = datetime(2026, 1, 1, 12, tzinfo=UTC)
    seen = [happened(EventKind.HEN_NESTING, begin)]
    told: set[datetime] = set()
    for step in range(365 * 24 * 2):
        now = begin + timedelta(minutes=30 * step)
        told |= {event.at for event in of_kind(EventKind.DAILY_DIGEST, review(seen, now, rules, seen={}))}
    days = [moment.astimezone(rules.zone).date() for moment in told]
    assert len(told) == len(set(days)) == 365


def test_a_digest_missed_while_the_daemon_was_off_comes_late_and_once() -> None:
    events = daily_eggs("psycho", 3)
    told = watched(events, DAY + timedelta(days=2, hours=5), DAY + timedelta(days=2, hours=12))
    assert [event.at for event in of_kind(EventKind.DAILY_DIGEST, told)] == [DAY + timedelta(days=1, hours=18)]


def test_a_coop_that_nothing_is_known_of_has_no_digest() -> None:
    assert review([], DAY, RULES, seen={}) == ()


def test_a_hen_that_sits_all_day_is_broody_once_a_day_from_the_moment_she_was() -> None:
    events = visit("psycho", DAY - timedelta(hours=9), timedelta(hours=5))  # on the day before
    events += visit("psycho", DAY + timedelta(hours=4), timedelta(hours=3))
    events += visit("psycho", DAY + timedelta(hours=8), timedelta(hours=9))
    told = of_kind(EventKind.BROODY, watched(events, DAY, DAY + timedelta(hours=22)))
    assert [(event.hens, event.at) for event in told] == [(("psycho",), DAY + timedelta(hours=11))]


@pytest.mark.parametrize(("seen_after", "broody"), [(None, False), (2, False), (5.9, False), (6, True), (9, True)])
def test_a_hen_who_sits_is_broody_by_the_hours_until_she_was_seen_last(seen_after: float | None, broody: bool) -> None:
    """After an outage she was called broody before anybody had looked whether she still sat."""
    came = DAY + timedelta(hours=5)
    seen = {} if seen_after is None else {"psycho": came + timedelta(hours=seen_after)}
    due = review([happened(EventKind.HEN_NESTING, came)], came + timedelta(hours=9), RULES, seen=seen)
    told = of_kind(EventKind.BROODY, due)
    assert [event.at for event in told] == [came + timedelta(hours=6)] * broody


def test_a_hen_that_lays_is_not_broody() -> None:
    assert not of_kind(EventKind.BROODY, watched(daily_eggs("psycho", 5), DAY, DAY + timedelta(days=5)))


def test_a_broken_rhythm_is_told_once_and_a_kept_one_never() -> None:
    events = daily_eggs("psycho", 6) + daily_eggs("beauty", 12, hour=8)
    told = of_kind(EventKind.NO_EGG, watched(events, DAY, DAY + timedelta(days=12), every=timedelta(hours=1)))
    last_egg = DAY + timedelta(days=5, hours=9.5)
    assert [(event.hens, event.at, event.began) for event in told] == [
        (("psycho",), last_egg + timedelta(days=2.5), last_egg)
    ]


def test_no_hen_is_missed_as_if_she_laid_twice_a_day() -> None:
    events = daily_eggs("psycho", 6, hour=6) + daily_eggs("psycho", 6, hour=15) + daily_eggs("beauty", 12, hour=8)
    events.sort(key=lambda event: event.at)
    (told,) = of_kind(EventKind.NO_EGG, watched(events, DAY, DAY + timedelta(days=12), every=timedelta(hours=1)))
    assert told.began is not None
    assert told.at - told.began == timedelta(days=2.5)


def test_too_few_eggs_make_no_rhythm() -> None:
    events = daily_eggs("psycho", 3) + daily_eggs("beauty", 12, hour=8)
    told = watched(events, DAY, DAY + timedelta(days=12), every=timedelta(hours=1))
    assert not of_kind(EventKind.NO_EGG, told)


def test_a_morning_without_a_hen_on_any_nest_is_told_at_noon() -> None:
    events = daily_eggs("psycho", 2)
    told = of_kind(EventKind.NO_EGG, watched(events, DAY, DAY + timedelta(days=2, hours=23)))
    noon = datetime(2026, 5, 3, 12, tzinfo=BERLIN).astimezone(UTC)
    assert [(event.hens, event.at) for event in told] == [((), noon)]


@pytest.mark.parametrize(
    "rules",
    [
        WelfareRules(zone=BERLIN, digest_at=None, nobody_by=None, care=NONE),
        WelfareRules(zone=BERLIN, digest_at=None, nobody_by=None, hens={"psycho": NONE}),
    ],
    ids=["all", "of one hen"],
)
def test_what_is_switched_off_is_not_told(rules: WelfareRules) -> None:
    events = daily_eggs("psycho", 6) + visit("psycho", DAY + timedelta(days=6, hours=4), timedelta(hours=12))
    assert watched(events, DAY, DAY + timedelta(days=12), rules, timedelta(hours=1)) == []


def test_a_hen_known_to_sit_long_has_a_limit_of_her_own() -> None:
    rules = WelfareRules(zone=BERLIN, digest_at=None, hens={"psycho": Care(broody_after=timedelta(hours=9))})
    for hen, hours in (("psycho", 9), ("beauty", 6)):
        events = visit(hen, DAY + timedelta(hours=4), timedelta(hours=12))
        (broody,) = of_kind(EventKind.BROODY, watched(events, DAY, DAY + timedelta(hours=20), rules))
        assert broody.at == DAY + timedelta(hours=4 + hours)


def test_the_day_of_the_coop_counts_not_that_of_utc() -> None:
    rules = WelfareRules(zone=ZoneInfo("Pacific/Auckland"), digest_at=time(20), nobody_by=None)
    seen = [happened(EventKind.HEN_NESTING, DAY)]
    told = of_kind(EventKind.DAILY_DIGEST, watched(seen, DAY, DAY + timedelta(days=1), rules))
    assert [event.at.astimezone(rules.zone).date() for event in told] == [date(2026, 5, 1)]
