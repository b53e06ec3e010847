"""What only many events tell: told events and the present moment in; broody hens, missing eggs and digests out.

Each of these has a moment of its own, which follows from the events and not from when they are looked through. The
store takes an event of one kind, nest and moment once; so a restart, or looking twice, tells nothing twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from statistics import median

from coopwatch.core.statistics import Habits, habits, hens_of
from coopwatch.values import Event, EventKind

LOOK_BACK = timedelta(days=30)
"""How old the events are that `review` needs."""

_EGGS_OF_A_RHYTHM = 4  # fewer make no rhythm


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """When a hen is told of; None: never."""

    broody_after: timedelta | None = timedelta(hours=6)  # on nests within one day
    missed_pauses: float | None = 2.5  # so many of her usual pauses from egg to egg, and her rhythm is broken


@dataclass(frozen=True, slots=True, kw_only=True)
class WelfareRules:
    """What is told, and when; None: never."""

    zone: tzinfo  # the coop's own
    digest_at: time | None = time(20)
    nobody_by: time | None = time(12)  # told when no hen was on any nest until then
    care: Care = Care()
    hens: Mapping[str, Care] = field(default_factory=dict)  # those with a care of their own


def review(
    events: Sequence[Event], now: datetime, rules: WelfareRules, *, seen: Mapping[str, datetime]
) -> tuple[Event, ...]:
    """All that is due by `now` of the present day, and yesterday's digest if today's is not due yet.

    Args:
        events: those told in the last `LOOK_BACK`.
        now: the present moment, UTC.
        rules: what is told.
        seen: hen -> when she was last seen in a nest, of the hens that nests hold now.
    """
    if not events:
        return ()
    today = now.astimezone(rules.zone).date()
    due = [*_digests(events, today, rules), *_nobody(events, today, rules)]
    for hen in hens_of(events):
        hers = habits(events, hen, rules.zone)
        care = rules.hens.get(hen, rules.care)
        due += [*_broody(hers, today, seen.get(hen), care, rules.zone), *_no_egg(hers, care)]
    return tuple(
        Event(kind=one.kind, camera=None, nest=None, at=one.at, told_at=now, hens=one.hens, began=one.began)
        for one in due
        if one.at <= now
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    kind: EventKind
    at: datetime
    hens: tuple[str, ...] = ()
    began: datetime | None = None


def _digests(events: Iterable[Event], today: date, rules: WelfareRules) -> Iterator[_Due]:
    """Today's and yesterday's, for days that something is known of."""
    if rules.digest_at is None:
        return
    first = min(event.at for event in events)
    for day in (today - timedelta(days=1), today):
        at = _moment(day, rules.digest_at, rules.zone)
        if first <= at:
            yield _Due(kind=EventKind.DAILY_DIGEST, at=at)


def _nobody(events: Iterable[Event], today: date, rules: WelfareRules) -> Iterator[_Due]:
    if rules.nobody_by is None:
        return
    begins, at = _moment(today, time.min, rules.zone), _moment(today, rules.nobody_by, rules.zone)
    came = [event for event in events if event.kind in (EventKind.HEN_NESTING, EventKind.HEN_LEFT)]
    if any(event.at < begins for event in came) and not any(begins <= event.at <= at for event in came):
        yield _Due(kind=EventKind.NO_EGG, at=at)


def _broody(hen: Habits, today: date, seen_at: datetime | None, care: Care, zone: tzinfo) -> Iterator[_Due]:
    """When the hen's hours on nests, since the day began, reached the limit; after an outage she may sit no more."""
    if care.broody_after is None:
        return
    begins = _moment(today, time.min, zone)
    stays = [(visit.began, visit.ended) for visit in hen.visits if visit.ended and visit.ended > begins]
    if hen.sits_since is not None and seen_at is not None:
        stays.append((hen.sits_since, seen_at))
    left = care.broody_after
    for began, ended in stays:
        stayed = ended - max(began, begins)
        if stayed >= left:
            yield _Due(kind=EventKind.BROODY, at=max(began, begins) + left, hens=(hen.hen,), began=began)
            return
        left -= stayed


def _no_egg(hen: Habits, care: Care) -> Iterator[_Due]:
    """When her usual pause from egg to egg has passed so often that her rhythm is broken."""
    if care.missed_pauses is None or len(hen.eggs) < _EGGS_OF_A_RHYTHM:
        return
    pause = median([later - earlier for earlier, later in pairwise(hen.eggs)])  # type: ignore[type-var]  # of durations
    missed = max(pause, timedelta(days=1)) * care.missed_pauses
    yield _Due(kind=EventKind.NO_EGG, at=hen.eggs[-1] + missed, hens=(hen.hen,), began=hen.eggs[-1])


def _moment(day: date, at: time, zone: tzinfo) -> datetime:
    """That time of the coop's day, in UTC; one that a change of the clocks skips comes an hour later."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
