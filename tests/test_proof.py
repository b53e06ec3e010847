"""Proofs that go through the core and what the store keeps of it: kills at any moment, frames of any rate."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from coopwatch.core.advance import advance
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.core.score import score
from coopwatch.simulator.coop import Coop
from coopwatch.simulator.hens import ROLES
from coopwatch.values import Classification, Event

RULES = Rules(roles=ROLES)
BEGAN = datetime(2026, 5, 1, 3, tzinfo=UTC)
MORNING = timedelta(hours=7)
HOUR = timedelta(hours=1)
SEED = 11
COOP = Coop(seed=SEED)


def seen_at(coop: Coop, when: datetime, rng: random.Random, *, wrong: float) -> Classification:
    """What a classifier says that is wrong in this share of the frames, and knows it."""
    label = coop.state("left", when).label
    if rng.random() < wrong:
        label = rng.choice([other for other in ROLES if other != label])
    rest = wrong / (len(ROLES) - 1)
    shares = {name: 1 - wrong if name == label else rest for name in ROLES}
    return Classification(nest="left", taken_at=when, probabilities=shares, model="m")


def morning(
    every: timedelta, *, wrong: float = 0.2, lasting: timedelta = MORNING, seed: int = SEED, begin: datetime = BEGAN
) -> list[Classification]:
    rng, coop = random.Random(seed), Coop(seed=seed)
    return [seen_at(coop, begin + step * every, rng, wrong=wrong) for step in range(lasting // every)]


def told(seen: Iterable[Classification], *, kill: float = 0.0) -> tuple[list[Event], int]:
    """The events of a run that dies with chance `kill` after each frame, and goes on from what was saved."""
    saved, rng, kills = TypeAdapter(Memory), random.Random(SEED), 0
    memory, events = Memory(camera="nestcam", nest="left"), list[Event]()
    for one in seen:
        memory, new = advance(memory, one, RULES)
        events += new
        if rng.random() < kill:
            memory = saved.validate_json(saved.dump_json(memory))
            kills += 1
    return events, kills


def test_a_thousand_kills_change_no_event() -> None:
    seen = morning(timedelta(seconds=10))
    unbroken, _ = told(seen)
    broken, kills = told(seen, kill=0.42)
    assert kills > 1000
    assert broken == unbroken
    assert len(unbroken) > 10


def damaged(seen: list[Classification], share: float) -> list[Classification]:
    """The frames with this share dropped, doubled or late, a third each."""
    rng = random.Random(SEED)
    arrived: list[tuple[datetime, Classification]] = []
    for one in seen:
        fate = rng.choice(("dropped", "doubled", "late")) if rng.random() < share else "well"
        if fate == "late":
            arrived.append((one.taken_at + timedelta(seconds=12), one))
        elif fate != "dropped":
            arrived += [(one.taken_at, one)] * (2 if fate == "doubled" else 1)
    return [one for _, one in sorted(arrived, key=lambda pair: pair[0])]


@settings(max_examples=3)
@given(st.integers(1, 10**6))
def test_the_same_visit_is_told_at_any_frame_rate_with_every_fifth_frame_dropped_doubled_or_late(seed: int) -> None:
    begin, lasting = first_visit(seed)
    stories, slowest = [], list[Classification]()
    for rate in (0.2, 1, 5):
        every = timedelta(seconds=1 / rate)
        seen = damaged(morning(every, wrong=0.02, lasting=lasting, seed=seed, begin=begin), 0.2)
        slowest = slowest or seen
        left = begin + lasting - RULES.hiding
        stories.append([event for event in told(seen)[0] if event.at < left])  # the next hen may just come at the end
    slow, *quicker = stories
    shown = right_frames(slowest, Coop(seed=seed))
    assert len(slow) >= 2
    for story in quicker:
        assert [(event.kind, event.hens) for event in story] == [(event.kind, event.hens) for event in slow]
        for one, other in zip(story, slow, strict=True):
            first, last = sorted((one.at, other.at))
            assert sum(first < at < last for at in shown) <= 1, "within a sample that arrived in time and was right"


def right_frames(seen: Iterable[Classification], coop: Coop) -> list[datetime]:
    """When the frames were taken that are newer than all before them and show what was there."""
    newest, times = datetime.min.replace(tzinfo=UTC), list[datetime]()
    for one in seen:
        if one.taken_at <= newest:
            continue
        newest = one.taken_at
        if max(one.probabilities, key=one.probabilities.__getitem__) == coop.state("left", newest).label:
            times.append(newest)
    return times


def first_visit(seed: int) -> tuple[datetime, timedelta]:
    """Some minutes before the first visit that lasts, and the time until some minutes after it."""
    for left in Coop(seed=seed).events(BEGAN, BEGAN + timedelta(hours=12)):
        if left.nest == "left" and left.began is not None and timedelta(minutes=4) < left.at - left.began < HOUR:
            return left.began - timedelta(minutes=3), left.at - left.began + timedelta(minutes=5) + RULES.hiding
    raise AssertionError("a day without a visit")


def test_a_classifier_that_is_wrong_on_every_fifth_frame_tells_nearly_every_event() -> None:
    rules = replace(RULES, glitch_share=0.01)
    memory, events = Memory(camera="nestcam", nest="left"), list[Event]()
    for one in morning(timedelta(seconds=5)):
        memory, new = advance(memory, one, rules)
        events += new
    end = BEGAN + MORNING - timedelta(minutes=5)
    true = [event for event in COOP.events(BEGAN, end) if event.nest == "left"]
    figures = score([event for event in events if event.at < end], true, timedelta(minutes=2)).overall
    assert figures.f1 is not None
    assert figures.f1 >= 0.95
