"""A small coop for tests of the core: three hens, rules, and a way to play classifications."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from coopwatch.core.advance import advance
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.values import Classification, Event, Role, Tick

BEGAN = datetime(2026, 5, 1, 8, tzinfo=UTC)
ROLES = {
    "beauty": Role.HEN,
    "psycho": Role.HEN,
    "red_twin": Role.HEN,
    "egg": Role.EGG,
    "empty": Role.EMPTY,
    "other": Role.OTHER,
}
RULES = Rules(roles=ROLES)


def at(minutes: float) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def classified(label: str, when: datetime, *, sure: float = 0.95) -> Classification:
    rest = (1 - sure) / (len(ROLES) - 1)
    return Classification(
        nest="left", taken_at=when, probabilities={name: sure if name == label else rest for name in ROLES}, model="m"
    )


def shown(*stays: tuple[str, float], every: float = 5.0, begin: float = 0.0) -> list[Classification | Tick]:
    """Classifications every `every` seconds: each stay is a label and its minutes; the label "" shows nothing."""
    seen: list[Classification | Tick] = []
    minutes = begin
    for label, length in stays:
        if label:
            steps = round(length * 60 / every)
            seen += [classified(label, at(minutes + step * every / 60)) for step in range(steps)]
        else:
            seen.append(Tick(at=at(minutes + length) - timedelta(seconds=1)))
        minutes += length
    return seen


def play(
    seen: Iterable[Classification | Tick], memory: Memory | None = None, rules: Rules = RULES
) -> tuple[Memory, list[Event]]:
    memory = memory or Memory(camera="cam", nest="left")
    told: list[Event] = []
    for one in seen:
        memory, events = advance(memory, one, rules)
        told += events
    return memory, told


def story(told: Iterable[Event]) -> list[str]:
    return [" ".join([event.kind, *event.hens]) for event in told]
