"""The heart: a nest's memory and one new piece of evidence in, the new memory and what is to be told out."""

from dataclasses import replace
from datetime import datetime, timedelta

from coopwatch.core import belief, visit
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.values import Classification, Event, Tick

_OUT_OF_SIGHT = timedelta(hours=1)
"""Between two looks: longer than between any two pictures of which one can say that what they show has stayed."""


def advance(memory: Memory, seen: Classification | Tick, rules: Rules) -> tuple[Memory, tuple[Event, ...]]:
    """Take one piece of evidence of one nest.

    Pure: live running, restart, replay, evaluation and tests all call it; it never reads a clock. Evidence that is
    not newer than the memory changes nothing.
    """
    at = seen.at if isinstance(seen, Tick) else seen.taken_at
    if memory.at is not None and at <= memory.at:
        return memory, ()
    if isinstance(seen, Classification):
        looked_at = memory.seen_at or memory.at
        if looked_at is not None and at - looked_at >= _OUT_OF_SIGHT:
            memory = visit.lose_sight(memory, looked_at, until=at)
        memory = replace(memory, seen_at=at)
    memory = _know_labels(memory, rules)
    risen_at = at if isinstance(seen, Classification) else memory.at or at  # unseen, it rose right after the last look
    memory = _pass_time(memory, at, rules)
    if isinstance(seen, Classification):
        memory = replace(memory, joint=belief.take_evidence(memory.joint, seen.probabilities, rules))
    return visit.judge(_date_rises(memory, risen_at, rules), rules)


def _know_labels(memory: Memory, rules: Rules) -> Memory:
    """Begin anew where the model's labels are not those of the memory; what was told and counted stays."""
    if memory.labels == rules.labels:
        return memory
    return replace(
        memory, labels=rules.labels, joint=belief.uninformed(rules), rising=(None,) * len(rules.labels), at=None
    )


def _pass_time(memory: Memory, at: datetime, rules: Rules) -> Memory:
    if memory.at is None:
        return replace(memory, at=at)
    return replace(memory, at=at, joint=belief.pass_time(memory.joint, at - memory.at, rules))


def _date_rises(memory: Memory, at: datetime, rules: Rules) -> Memory:
    """Keep since when each label has been worth a thought: the moment that dates a state's true beginning."""
    rising = tuple(
        None if sum(row) < rules.rising else since or at for row, since in zip(memory.joint, memory.rising, strict=True)
    )
    return replace(memory, rising=rising)
