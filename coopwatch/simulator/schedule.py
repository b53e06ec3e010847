"""What truly happens in the nests on one day: (seed, day) in; visits, eggs and collections out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from coopwatch.simulator.chance import Purpose, chance
from coopwatch.simulator.hens import HENS
from coopwatch.simulator.nest_box import NESTS
from coopwatch.simulator.sun import Sun, sun_of

_LAYS = 0.8  # share of days on which a hen lays
_JOINED = 0.12  # share of long stays during which another hen squeezes in
_SLEEPS = 0.25  # share of nights in which a hen sleeps in a nest
_LOOKS_IN = 0.05  # share of stays that last less than a minute
_HEN_RESTS = timedelta(minutes=8)  # between two stays of one hen


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A hen is in a nest."""

    nest: str
    hen: str
    began: datetime
    ended: datetime
    lays: bool = False  # her egg can be seen from `ended` on
    joins: bool = False  # she squeezes in beside another hen, and leaves first

    def covers(self, at: datetime) -> bool:
        """Is she there at that moment?"""
        return self.began <= at < self.ended

    def overlaps(self, began: datetime, ended: datetime) -> bool:
        """Is she there at any moment between?"""
        return self.began < ended and began < self.ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """The keeper's hand is in a nest and takes all eggs, the last one at `ended`."""

    nest: str
    began: datetime
    ended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """One day's truth. Every egg is collected before the day ends."""

    day: date
    stays: tuple[Stay, ...]  # the last one may end on the next morning
    collections: tuple[Collection, ...]

    def layers(self, nest: str, at: datetime) -> tuple[str, ...]:
        """The hens whose eggs lie in the nest, by the time of laying."""
        cleared = max((c.ended for c in self.collections if c.nest == nest and c.ended <= at), default=None)
        return tuple(
            stay.hen
            for stay in sorted(self.stays, key=lambda stay: stay.ended)
            if stay.nest == nest and stay.lays and stay.ended <= at and (cleared is None or stay.ended > cleared)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    hen: str
    at: datetime
    lasting: timedelta
    lays: bool


def plan_day(seed: int, day: date) -> DayPlan:
    """The truth of one day (in UTC); the same for the same seed and day."""
    rng = chance(seed, Purpose.SCHEDULE, day.toordinal())
    sun = sun_of(day)
    begin, end = sun.rise - timedelta(minutes=20), min(sun.rise + timedelta(hours=10), sun.set - timedelta(hours=2))
    stays = _settle(_wishes(rng, begin, end), rng, latest=end)
    stays += _joining(stays, rng)
    collections = _collections(stays, sun, rng)
    stays += _sleeping(day, sun, rng)
    return DayPlan(day=day, stays=tuple(sorted(stays, key=lambda stay: stay.began)), collections=tuple(collections))


def _wishes(rng: np.random.Generator, begin: datetime, end: datetime) -> list[_Wish]:
    """Who would like to sit when, earliest first; laying mostly in the morning."""
    wishes = []
    for hen in HENS:
        if rng.random() < _LAYS:
            at = begin + (end - begin) * rng.beta(1.5, 2.2)
            wishes.append(_Wish(hen=hen, at=_whole(at), lasting=_minutes(rng, 21, 55), lays=True))
        for _ in range(rng.choice((1, 2, 3), p=(0.25, 0.50, 0.25))):
            lasting = _minutes(rng, 0.4, 0.9) if rng.random() < _LOOKS_IN else _minutes(rng, 3, 17)
            wishes.append(_Wish(hen=hen, at=_whole(begin + (end - begin) * rng.random()), lasting=lasting, lays=False))
    return sorted(wishes, key=lambda wish: wish.at)


def _settle(wishes: Iterable[_Wish], rng: np.random.Generator, *, latest: datetime) -> list[Stay]:
    """Give each wish the nest that is free first; a hen who would have to begin too late goes elsewhere."""
    nest_free: dict[str, datetime] = {}
    hen_free: dict[str, datetime] = {}
    stays = []
    for wish in wishes:
        favourite = NESTS[rng.integers(len(NESTS))]
        ready = max(wish.at, hen_free.get(wish.hen, wish.at))
        nest = min(NESTS, key=lambda name: (max(ready, nest_free.get(name, ready)), name != favourite))
        began = max(ready, nest_free.get(nest, ready))
        ended = began + wish.lasting
        if ended > latest:
            continue
        stays.append(Stay(nest=nest, hen=wish.hen, began=began, ended=ended, lays=wish.lays))
        nest_free[nest] = ended + _minutes(rng, 1.5, 8)
        hen_free[wish.hen] = ended + _HEN_RESTS
    return stays


def _joining(stays: Sequence[Stay], rng: np.random.Generator) -> list[Stay]:
    """Now and then a second hen squeezes in for a few minutes while the first one sits."""
    joining: list[Stay] = []
    for host in stays:
        if host.ended - host.began < timedelta(minutes=15) or rng.random() >= _JOINED:
            continue
        began = _whole(host.began + (host.ended - host.began) * rng.uniform(0.25, 0.55))
        ended = began + _minutes(rng, 1.5, 5)
        busy = {s.hen for s in (*stays, *joining) if s.overlaps(began - _HEN_RESTS, ended + _HEN_RESTS)}
        idle = [hen for hen in HENS if hen not in busy]
        if idle:
            hen = idle[rng.integers(len(idle))]
            joining.append(Stay(nest=host.nest, hen=hen, began=began, ended=ended, joins=True))
    return joining


def _collections(stays: Sequence[Stay], sun: Sun, rng: np.random.Generator) -> list[Collection]:
    """The keeper comes several times a day and takes the eggs of every nest where no hen sits; in the evening, all."""
    rounds = [sun.rise + timedelta(hours=hours) + _minutes(rng, -15, 15) for hours in (2, 3.5, 5, 6.5, 8)]
    rounds.append(sun.set - timedelta(hours=1) + _minutes(rng, -15, 15))
    collections: list[Collection] = []
    for number, nest in enumerate(NESTS):
        cleared = sun.rise - timedelta(days=1)
        for at in rounds:
            began = at + timedelta(seconds=50 * number)
            ended = began + timedelta(seconds=int(rng.integers(18, 43)))
            mine = [stay for stay in stays if stay.nest == nest]
            disturbs = any(s.overlaps(began - timedelta(minutes=1), ended + timedelta(minutes=1)) for s in mine)
            eggs = any(s.lays and cleared < s.ended < began for s in mine)
            if eggs and not disturbs:
                collections.append(Collection(nest=nest, began=began, ended=ended))
                cleared = ended
    return collections


def _sleeping(day: date, sun: Sun, rng: np.random.Generator) -> list[Stay]:
    """Some nights a hen sleeps in a nest instead of on the perch; infra-red light shows her."""
    hen, nest = list(HENS)[rng.integers(len(HENS))], NESTS[rng.integers(len(NESTS))]
    began = sun.set + _minutes(rng, 2, 20)
    ended = sun_of(day + timedelta(days=1)).rise - _minutes(rng, 32, 50)
    return [Stay(nest=nest, hen=hen, began=began, ended=ended)] if rng.random() < _SLEEPS else []


def _minutes(rng: np.random.Generator, least: float, most: float) -> timedelta:
    return timedelta(seconds=round(rng.uniform(least, most) * 60))


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
