"""From belief to state, visit and event: what a nest holds, who came, who left, and when they really did."""

from dataclasses import replace
from datetime import datetime, timedelta

from coopwatch.core import egg
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.values import Event, EventKind, Role, Visit

Step = tuple[Memory, tuple[Event, ...]]


def judge(memory: Memory, rules: Rules) -> Step:
    """Tell what the belief in `memory` now makes certain enough.

    A label believed at least `enter` becomes the state. A state believed gone with at least `leave` ends, whoever
    comes next. Beginnings and ends are dated to when the winning label was first worth a thought.
    """
    assert memory.belief is not None
    probabilities = memory.belief.probabilities
    best = max(probabilities, key=probabilities.__getitem__)
    if best != memory.state and probabilities[best] >= rules.enter:
        began = _risen(memory, best)
        ended, told_end = _end_state(memory, began)
        entered, told_begin = _begin_state(ended, best, began, probabilities[best], rules)
        return entered, told_end + told_begin
    if memory.state is not None and 1 - probabilities.get(memory.state, 0.0) >= rules.leave:
        rivals = (label for label in probabilities if label != memory.state)
        return _end_state(memory, _risen(memory, max(rivals, key=probabilities.__getitem__)))
    return memory, ()


def _risen(memory: Memory, label: str) -> datetime:
    """Since when `label` has been worth a thought."""
    assert memory.at is not None
    since = memory.rising[memory.labels.index(label)] or memory.at
    return max(since, memory.since or since)


def _begin_state(memory: Memory, label: str, began: datetime, certainty: float, rules: Rules) -> Step:
    memory = replace(memory, state=label, since=began)
    role = rules.roles[label]
    if role in (Role.EGG, Role.EMPTY):
        return egg.view(memory, role, began, certainty, rules)
    hen = label if role is Role.HEN else None
    visit = Visit(nest=memory.nest, hen=hen, began=began, ended=None, certainty=certainty)
    kind = EventKind.UNKNOWN_VISITOR if hen is None else EventKind.HEN_NESTING
    return replace(memory, visit=visit), (memory.tell(kind, began, certainty=certainty, hens=_names(visit)),)


def _end_state(memory: Memory, ended: datetime) -> Step:
    visit = memory.visit
    memory = replace(memory, state=None, since=ended, visit=None)
    if visit is None:
        return memory, ()
    stayed = ended - visit.began
    memory = replace(memory, sat=_add_stay(memory.sat, visit.hen or egg.SOMEBODY, stayed))
    if visit.hen is None:
        return memory, ()
    left = memory.tell(EventKind.HEN_LEFT, ended, certainty=visit.certainty, hens=_names(visit), began=visit.began)
    return memory, (left,)


def _add_stay(sat: tuple[tuple[str, timedelta], ...], who: str, stayed: timedelta) -> tuple[tuple[str, timedelta], ...]:
    before = dict(sat)
    return tuple((before | {who: before.get(who, timedelta(0)) + stayed}).items())


def _names(visit: Visit) -> tuple[str, ...]:
    return () if visit.hen is None else (visit.hen,)
