"""A day in words: its events and a voice in; the day in turn, or in short beside the weeks before, out."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from coopwatch.core.phrases import called, capital, clock_time, day_called, listed, span
from coopwatch.core.statistics import day_bounds, habits, layer, visits
from coopwatch.core.story import visit_sentence
from coopwatch.core.voice import Voice
from coopwatch.values import Event, EventKind, StoredEvent

NO_EGG_AFTER = timedelta(days=3)  # a hen that lays, and has not for so long, is named
_COMPARED = 7  # days before this one


def day_in_turn(events: Iterable[StoredEvent], day: date, voice: Voice) -> str:
    """Every visit and event of the day, a line each, the eggs above them; a visit that ended tells of its egg too."""
    begin, end = day_bounds(day, voice.zone)
    told = [one for one in events if one.happened and begin <= one.event.at < end]
    lines = [f"{clock_time(unit[-1].event.at, voice)}  {visit_sentence(unit, voice)}" for unit in _units(told)]
    head = f"{day_called(day, voice)}: {_eggs([one.event for one in told], voice)}"
    return "\n".join([head, *lines]) if lines else voice.say("{day}: nothing happened yet.", day=day_called(day, voice))


def _units(told: Iterable[StoredEvent]) -> Sequence[Sequence[StoredEvent]]:
    """What a line tells of: a visit that ended, with its egg, or one event; in the order of their ends."""
    by_visit: dict[int | None, list[StoredEvent]] = {}
    for one in told:
        by_visit.setdefault(one.visit, []).append(one)
    units = [[one] for one in by_visit.pop(None, [])]
    for visit in by_visit.values():
        left = next((one for one in visit if one.event.kind is EventKind.HEN_LEFT), None)
        hers = [one for one in visit if left is not None and one.event.hens == left.event.hens]
        units += [hers] if hers else []
        units += [[one] for one in visit if one not in hers]
    return sorted(units, key=lambda unit: unit[-1].event.at)


def day_in_short(events: Sequence[Event], day: date, hens: Iterable[str], voice: Voice, *, now: datetime) -> str:
    """Eggs and visits of the day, beside the week before, and the hens that have not laid for days.

    Args:
        events: of this day and at least the week before.
        day: of the coop.
        hens: all of the coop.
        voice: of the reader.
        now: the present moment.
    """
    told = _of_day(events, day, voice)
    lines = [f"{day_called(day, voice)}: {_eggs(told, voice)}"]
    before = [event for event in events if event.kind is EventKind.EGG_LAID and event not in told]
    first, _ = day_bounds(day - timedelta(days=_COMPARED), voice.zone)
    mean = sum(event.at >= first for event in before) / _COMPARED
    if before:
        lines.append(voice.say("In the week before: {mean} eggs a day.", mean=voice.decimal(mean)))
    if ended := visits(told):
        together = sum((visit.duration or timedelta(0) for visit in ended), timedelta(0))
        visited = voice.count("{number} visit to the nests", "{number} visits to the nests", len(ended))
        lines.append(voice.say("{visits}, {span} together.", visits=capital(visited), span=span(together, voice)))
    idle = [called(hen, voice) for hen in hens if _stopped_laying(events, hen, voice, now)]
    if idle:
        days = voice.count("{number} day", "{number} days", NO_EGG_AFTER.days)
        lines.append(voice.say("No egg for {days} or longer: {hens}.", days=days, hens=listed(idle, voice)))
    return "\n".join(lines)


def _stopped_laying(events: Sequence[Event], hen: str, voice: Voice, now: datetime) -> bool:
    laid = habits(events, hen, voice.zone).eggs
    return bool(laid) and now - laid[-1] >= NO_EGG_AFTER


def _eggs(events: Iterable[Event], voice: Voice) -> str:
    """How many eggs, and whose: "3 eggs (Red Twin 2, Psycho)"."""
    laid = Counter(layer(event) for event in events if event.kind is EventKind.EGG_LAID)
    total = voice.count("{number} egg", "{number} eggs", laid.total())
    if not laid:
        return total
    whose = [(called(hen, voice) if hen else voice.say("unknown hen"), number) for hen, number in laid.most_common()]
    return f"{total} ({listed([name if number == 1 else f'{name} {number}' for name, number in whose], voice)})"


def _of_day(events: Iterable[Event], day: date, voice: Voice) -> list[Event]:
    begin, end = day_bounds(day, voice.zone)
    return [event for event in events if begin <= event.at < end]
