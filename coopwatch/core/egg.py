"""Eggs, all of them one label: two clear views into the nest and who sat between them decide what happened."""

import math
from dataclasses import replace
from datetime import datetime, timedelta

from coopwatch.core.memory import Memory, Stay
from coopwatch.core.rules import Rules
from coopwatch.values import Event, EventKind, Role

SOMEBODY = "?"
"""Stands in `Memory.sat` for a hand, a rat or an unknown bird: whoever is no hen of the model."""

Sat = tuple[Stay, ...]


def view(memory: Memory, role: Role, at: datetime, certainty: float, rules: Rules) -> tuple[Memory, tuple[Event, ...]]:
    """Compare a clear view of the nest (role egg or empty) with the last one.

    | before | now | between | told |
    |---|---|---|---|
    | empty | egg | hens | egg laid, by whom |
    | empty | egg | nobody seen | egg laid, hen unknown |
    | egg, unknown | egg | hens | perhaps another egg: certainty from how long they sat |
    | egg | empty | a hand, or nobody | eggs collected |
    | egg | empty | hens alone | egg lost |
    """
    before, sat = memory.contents, memory.sat
    memory = replace(memory, contents=role.value, sat=())
    if role is Role.EGG:
        return memory, _laid(memory, before, sat, at, certainty, rules)
    if before != Role.EGG:
        return memory, ()
    hens = tuple(stay.who for stay in sat if stay.who != SOMEBODY)
    lost = hens and len(hens) == len(sat)
    kind = EventKind.EGG_LOST if lost else EventKind.EGGS_COLLECTED
    return memory, (memory.tell(kind, at, hens=hens if lost else (), certainty=certainty),)


def attribute(sat: Sat, rules: Rules) -> tuple[tuple[str, ...], float]:
    """Who laid the egg: the hens in question, most likely first, and how surely it was one of them.

    There is one egg, as far as anybody can see: so each hen's claim is the chance that she laid and no other did, which
    is in proportion to the odds of an egg in the time she sat. A hen whose claim is four fifths of all is named alone;
    otherwise the fewest that hold as much together are named.
    """
    claims = {stay.who: _odds(_chance_of_egg(stay.lasted, rules)) for stay in sat}
    total = math.fsum(claims.values())
    named: list[str] = []
    held = 0.0
    for who in sorted((who for who in claims if who != SOMEBODY), key=claims.__getitem__, reverse=True):
        if held >= _ENOUGH * total:
            break
        named.append(who)
        held += claims[who]
    return tuple(named), held / total if total else 0.0


_ENOUGH = 0.8
_SPREAD = 0.15  # of `rules.laying`: how sharply a sitting without an egg differs from one with
_STRANGE = 0.02  # share of sittings that go against all that their length says: an egg at once, none after hours


def _chance_of_egg(stayed: timedelta, rules: Rules) -> float:
    """How likely a sitting of this length ends with an egg: logistic, one half at `rules.laying`, never sure."""
    steep = 1 / (1 + math.exp((rules.laying - stayed) / (_SPREAD * rules.laying)))
    return _STRANGE + (1 - 2 * _STRANGE) * steep


def _odds(chance: float) -> float:
    return chance / (1 - chance)


def _laid(
    memory: Memory, before: str | None, sat: Sat, at: datetime, certainty: float, rules: Rules
) -> tuple[Event, ...]:
    hens, share = attribute(sat, rules)
    # It was there when she left, though others may have sat on it before anybody could see it.
    at = max((stay.ended for stay in sat if stay.who in hens), default=at)
    if before == Role.EMPTY:
        return (memory.tell(EventKind.EGG_LAID, at, hens=hens, certainty=certainty * (share if hens else 1.0)),)
    chances = (_chance_of_egg(stay.lasted, rules) for stay in sat if stay.who != SOMEBODY)
    another = certainty * share * (1 - math.prod(1 - chance for chance in chances))
    if not hens or another < rules.tell_egg:
        return ()
    return (memory.tell(EventKind.EGG_LAID, at, hens=hens, certainty=another),)
