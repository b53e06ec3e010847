"""What events add up to: events of some weeks in; eggs a day, visits and a hen's habits out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from statistics import median

from coopwatch.values import Event, EventKind, Visit


class Period(StrEnum):
    """How far back a chart of eggs looks."""

    WEEK = "week"  # seven days, one column each
    MONTH = "month"  # thirty days
    YEAR = "year"  # twelve months

    def begins(self, today: date) -> tuple[date, ...]:
        """The first day of each column, oldest first; then the day after the last one."""
        if self is Period.YEAR:
            months = range(today.year * 12 + today.month - 12, today.year * 12 + today.month + 1)
            return tuple(date(month // 12, month % 12 + 1, 1) for month in months)
        days = 7 if self is Period.WEEK else 30
        return tuple(today - timedelta(days=ago) for ago in range(days - 1, -2, -1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The eggs of one day, or of one month."""

    first: date
    eggs: Mapping[str | None, int]  # hen -> how many; None: nobody knows whose

    @property
    def total(self) -> int:
        """All eggs of the column."""
        return sum(self.eggs.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What is known of one hen from the events at hand."""

    hen: str
    visits: tuple[Visit, ...]  # that ended, oldest first
    sits_since: datetime | None  # None: she does not sit now, as far as was told
    eggs: tuple[datetime, ...]  # that are surely hers, oldest first
    hours: tuple[timedelta, ...]  # 24: how long she sat in each hour of the coop's day, all visits together
    portrait: str | None  # the photo of the surest sight of her

    @property
    def usual_stay(self) -> timedelta | None:
        """The median of her visits."""
        stays = [visit.duration for visit in self.visits if visit.duration is not None]
        return median(stays) if stays else None  # type: ignore[type-var]  # of durations too, as the sum of two halves

    @property
    def usual_pause(self) -> timedelta | None:
        """The median time from egg to egg; None before her third egg."""
        pauses = [later - earlier for earlier, later in pairwise(self.eggs)]
        return median(pauses) if len(pauses) > 1 else None  # type: ignore[type-var]  # as above

    def laid_since(self, at: datetime) -> int:
        """How many eggs since then."""
        return sum(egg >= at for egg in self.eggs)


def egg_columns(events: Iterable[Event], period: Period, today: date, zone: tzinfo) -> tuple[Column, ...]:
    """The eggs of each column of the period that ends today, by hen; days are the coop's."""
    begins = period.begins(today)
    eggs: dict[date, Counter[str | None]] = {first: Counter() for first in begins[:-1]}
    for event in events:
        day = event.at.astimezone(zone).date()
        if event.kind is EventKind.EGG_LAID and begins[0] <= day < begins[-1]:
            eggs[max(first for first in eggs if first <= day)][layer(event)] += 1
    return tuple(Column(first=first, eggs=counted) for first, counted in eggs.items())


def layer(event: Event) -> str | None:
    """The hen that an egg is put down to; None where several are in question."""
    return event.hens[0] if len(event.hens) == 1 else None


def visits(events: Iterable[Event]) -> tuple[Visit, ...]:
    """The visits of hens that ended, oldest first."""
    ended = [
        Visit(nest=event.nest, hen=event.hens[0], began=event.began, ended=event.at, certainty=event.certainty)
        for event in events
        if event.kind is EventKind.HEN_LEFT and event.nest and event.hens and event.began
    ]
    return tuple(sorted(ended, key=lambda visit: visit.began))


def habits(events: Sequence[Event], hen: str, zone: tzinfo) -> Habits:
    """What the events tell of one hen."""
    hers = sorted((event for event in events if event.hens == (hen,)), key=lambda event: event.at)
    came = [event for event in hers if event.kind is EventKind.HEN_NESTING]
    ended = visits(hers)
    seen = [event for event in came if event.photo]
    sits = came and not any(visit.began >= came[-1].at for visit in ended)
    return Habits(
        hen=hen,
        visits=ended,
        sits_since=came[-1].at if sits else None,
        eggs=tuple(event.at for event in hers if event.kind is EventKind.EGG_LAID),
        hours=_hours(ended, zone),
        portrait=max(seen, key=lambda event: event.certainty).photo if seen else None,
    )


def sat_last(hens: Sequence[Habits], most: int) -> Sequence[Habits]:
    """So many of the hens, those that sat last, in the order in which they came."""
    latest = sorted(hens, key=_sat_at, reverse=True)[:most]
    return [hen for hen in hens if hen in latest]


def _sat_at(hen: Habits) -> float:
    sat = hen.sits_since or (hen.visits[-1].began if hen.visits else None)
    return sat.timestamp() if sat else 0.0


def hens_of(events: Iterable[Event]) -> tuple[str, ...]:
    """Every hen that the events name, by name."""
    return tuple(sorted({hen for event in events for hen in event.hens}))


def day_bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a day of the coop begins and ends, in UTC; 23 to 25 hours apart."""
    begin, end = (datetime(at.year, at.month, at.day, tzinfo=zone) for at in (day, day + timedelta(days=1)))
    return begin.astimezone(UTC), end.astimezone(UTC)


def _hours(ended: Iterable[Visit], zone: tzinfo) -> tuple[timedelta, ...]:
    hours = [timedelta(0)] * 24
    for visit in ended:
        assert visit.ended is not None
        at = visit.began
        while at < visit.ended:
            local = at.astimezone(zone)
            rest = timedelta(hours=1) - timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            step = min(visit.ended - at, rest)
            hours[local.hour] += step
            at += step
    return tuple(hours)
