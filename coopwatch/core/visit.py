"""From belief to state, visit and event: what a nest holds, who came, who left, and when they really did."""

from dataclasses import replace
from datetime import datetime, timedelta

from coopwatch.core import egg
from coopwatch.core.memory import Look, Memory, Stay
from coopwatch.core.rules import Rules
from coopwatch.values import Event, EventKind, Role, Visit

Step = tuple[Memory, tuple[Event, ...]]


def judge(memory: Memory, rules: Rules) -> Step:
    """Tell what the belief in `memory` now makes certain enough.

    A label believed at least `enter` becomes the nest's state. A state believed gone with at least `leave` ends, and
    then nothing is sure. Both are dated to when the winning label was first worth a thought. A hen's visit outlasts
    unsure moments, strangers and `rules.hiding` of a nest that looks empty or as before her visit: she may be behind
    its rim. It ends when another state begins, or when she has been away for `rules.away`. She is back once she is
    believed at least `leave`: that she still sits is likelier than that she comes.
    """
    assert memory.belief is not None
    probabilities = memory.belief.probabilities
    best = max(probabilities, key=probabilities.__getitem__)
    bar = rules.leave if _is_visitor(memory, best) else rules.enter
    if best != memory.state and probabilities[best] >= bar:
        return _enter(memory, best, probabilities[best], rules)
    # A model that was changed may not know the state's label.
    if memory.state is not None and 1 - probabilities.get(memory.state, 0.0) >= rules.leave:
        rivals = (label for label in probabilities if label != memory.state)
        memory = _doubt(memory, _risen(memory, max(rivals, key=probabilities.__getitem__)))
    memory, told = _give_up(memory, rules)
    memory, rung = _lose_patience(memory, rules)
    return memory, told + rung


def lose_sight(memory: Memory, since: datetime, *, until: datetime) -> Memory:
    """Nobody looked meanwhile: nothing is sure, and a hen who no longer sits there left when she was last seen.

    What is seen from now on was there from now on, as far as anybody can tell; a hand may have come.
    """
    sat = _add_stay(memory.sat, egg.SOMEBODY, since, since)
    return replace(_doubt(memory, since), since=until, sat=sat, rising=(None,) * len(memory.rising))


def leave_unseen(memory: Memory) -> tuple[Event, ...]:
    """Nobody will look any more: a hen who sits there left when she was last seen."""
    return _leave(replace(memory, away_since=memory.away_since or memory.at))[1]


def _risen(memory: Memory, label: str) -> datetime:
    """Since when `label` has been worth a thought; not before the last state ended."""
    assert memory.at is not None
    since = memory.rising[memory.labels.index(label)] or memory.at
    return max(since, memory.since or since)


def _is_visitor(memory: Memory, label: str) -> bool:
    """Whether it is the hen whose visit lasts."""
    return memory.visit is not None and memory.visit.hen == label


def _enter(memory: Memory, label: str, certainty: float, rules: Rules) -> Step:
    began, role = _risen(memory, label), rules.roles[label]
    memory = replace(_doubt(memory, began), state=label)
    if _is_visitor(memory, label):  # she has been there all the while
        return replace(memory, away_since=None, hidden=None, stranger_since=None), ()
    if _may_hide(memory, role):
        look = memory.hidden if memory.hidden and memory.hidden.role == role else Look(role=role.value, since=began)
        return _give_up(replace(memory, hidden=look), rules)
    revealed: tuple[Event, ...] = ()
    if memory.hidden and role is not Role.EGG:  # nobody else sits down on a hen that hides; a new egg tells by itself
        memory, revealed = _reveal(memory, rules)
    match role:
        case Role.HEN:
            memory, told = _sit(memory, label, began, certainty, rules)
        case Role.OTHER:
            memory, told = _notice_stranger(memory, began, certainty)
        case Role.EGG | Role.EMPTY:
            memory, told = _look_in(memory, role, began, certainty, rules)
    return memory, revealed + told


def _may_hide(memory: Memory, role: Role) -> bool:
    """Whether the hen who visits may be behind the rim of a nest that looks empty, or as before she came.

    Where eggs lay open and are gone, somebody took them, and not from under her.
    """
    are_taken = memory.hidden is not None and memory.hidden.role == Role.EGG and role is Role.EMPTY
    return memory.visit is not None and (role is Role.EMPTY or role == memory.contents) and not are_taken


def _reveal(memory: Memory, rules: Rules) -> Step:
    """The hen that was away has left; as the nest looked, it was, and that was once believed at least `enter`.

    Eggs that could not be seen may have been hidden with her until somebody came: what comes after him tells.
    """
    look = memory.hidden
    are_eggs_unseen = look is not None and (memory.contents, look.role) == (Role.EGG, Role.EMPTY)
    if look is None or (are_eggs_unseen and not _looks_empty(memory, rules)):
        return _leave(memory)
    return _look_in(memory, Role(look.role), look.since, rules.enter, rules)


def _looks_empty(memory: Memory, rules: Rules) -> bool:
    return memory.state is not None and rules.roles.get(memory.state) is Role.EMPTY


def _look_in(memory: Memory, role: Role, began: datetime, certainty: float, rules: Rules) -> Step:
    """A clear view into the nest, in which nobody is."""
    memory, left = _leave(memory)
    memory, eggs = egg.view(_end_stranger(memory, began), role, began, certainty, rules)
    if any(event.kind is EventKind.EGGS_COLLECTED for event in eggs):
        memory = replace(memory, alarm=None)
    memory, rung = _ring(memory)
    return memory, left + rung + eggs


def _doubt(memory: Memory, ended: datetime) -> Memory:
    """The state has ended; a hen that sat may come back."""
    away_since = memory.away_since or ended if memory.visit else None
    return replace(memory, state=None, since=ended, away_since=away_since)


def _give_up(memory: Memory, rules: Rules) -> Step:
    """A hen that is away, with a nest as without her or nothing sure in her place for long, has left.

    Beside a stranger she may still sit.
    """
    assert memory.at is not None
    if memory.away_since is None:
        return memory, ()
    if memory.state is None:
        is_gone = memory.since is not None and memory.at - memory.since >= rules.away
    else:
        is_gone = memory.hidden is not None and memory.at - memory.away_since >= rules.hiding
    return _reveal(memory, rules) if is_gone else (memory, ())


def _sit(memory: Memory, hen: str, began: datetime, certainty: float, rules: Rules) -> Step:
    """A hen sits down, who is another one than before."""
    memory, rung = _ring(memory)
    came, went = began, memory.away_since
    if memory.stranger_since is None:
        pass
    elif memory.visit is not None and began - memory.stranger_since >= rules.crowd:
        # Two at once look like neither: she came when the stranger did, and the other one left only now.
        came, went = memory.stranger_since, began
    else:
        memory = _end_stranger(memory, began)
    memory, left = _leave(replace(memory, away_since=went, stranger_since=None))
    visit = Visit(nest=memory.nest, hen=hen, began=came, ended=None, certainty=certainty)
    return replace(memory, visit=visit), (
        *rung,
        *left,
        memory.tell(EventKind.HEN_NESTING, came, certainty=certainty, hens=(hen,)),
    )


def _notice_stranger(memory: Memory, began: datetime, certainty: float) -> Step:
    """A hand, an unknown bird, or a second hen: beside a sitting hen it is not told, since it may be any of them.

    Where eggs lie, it may be a hand that collects, which is no alarm: that is known when it has gone.
    """
    if memory.stranger_since is not None:
        return memory, ()
    memory = replace(memory, stranger_since=began)
    if memory.visit is not None:
        return memory, ()
    memory = replace(memory, alarm=memory.tell(EventKind.UNKNOWN_VISITOR, began, certainty=certainty))
    return (memory, ()) if memory.contents == Role.EGG else _ring(memory)


def _lose_patience(memory: Memory, rules: Rules) -> Step:
    """Tell of a stranger who stays longer than a hand that collects, or after whom nothing is sure for long."""
    assert memory.at is not None
    if memory.alarm is None:
        return memory, ()
    gone = (memory.since if memory.state is None else None) or memory.at
    stays = gone - memory.alarm.at >= rules.collecting
    return _ring(memory) if stays or memory.at - gone >= rules.away else (memory, ())


def _ring(memory: Memory) -> Step:
    """Tell now what was held back."""
    if memory.alarm is None or memory.at is None:
        return memory, ()
    return replace(memory, alarm=None), (replace(memory.alarm, told_at=memory.at),)


def _end_stranger(memory: Memory, ended: datetime) -> Memory:
    if memory.stranger_since is None:
        return memory
    sat = _add_stay(memory.sat, egg.SOMEBODY, memory.stranger_since, ended)
    return replace(memory, stranger_since=None, sat=sat)


def _leave(memory: Memory) -> Step:
    """The visit is over, since when she was last there."""
    visit, ended = memory.visit, memory.away_since
    if visit is None or ended is None or visit.hen is None:
        return memory, ()
    sat = _add_stay(memory.sat, visit.hen, visit.began, ended)
    memory = replace(memory, visit=None, away_since=None, hidden=None, sat=sat)
    left = memory.tell(EventKind.HEN_LEFT, ended, certainty=visit.certainty, hens=(visit.hen,), began=visit.began)
    return memory, (left,)


def _add_stay(sat: egg.Sat, who: str, began: datetime, ended: datetime) -> egg.Sat:
    stays = {stay.who: stay for stay in sat}
    lasted = ended - began + (stays[who].lasted if who in stays else timedelta(0))
    return tuple((stays | {who: Stay(who=who, lasted=lasted, ended=ended)}).values())
