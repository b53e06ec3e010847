"""A classifier that errs as real ones do, without pictures: true labels and a seed in, classifications out."""

import math
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopwatch.simulator.coop import Coop
from coopwatch.simulator.hens import ROLES
from coopwatch.simulator.nest_box import NESTS
from coopwatch.values import Classification, Event

LABELS = sorted(ROLES)
BEGIN, HOURS = 3, 12  # of each simulated day, UTC: from before the first hen until after the last one

Truth = Callable[[datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """How a classifier errs."""

    name: str
    wrong: float = 0.2  # share of the frames
    burst: timedelta | None = None  # mean time that it holds on to one wrong label; None: each frame for itself


INDEPENDENT = Errors(name="independent")
BURSTS = Errors(name="bursts, mean 30 s", burst=timedelta(seconds=30))


def _vector(label: str, wrong: float) -> dict[str, float]:
    return {name: 1 - wrong if name == label else wrong / (len(LABELS) - 1) for name in LABELS}


def classify(
    nest: str, moments: Iterable[datetime], truth: Truth, errors: Errors, *, every: timedelta, seed: str
) -> Iterator[Classification]:
    """What it says of each moment; it knows how often it is wrong, and not when."""
    rng, held = random.Random(seed), ""
    vectors = {label: _vector(label, errors.wrong) for label in LABELS}
    # A two-state chain in continuous time, looked at each step: a share of `wrong` is spent in bursts.
    settled = 1 - math.exp(-every / errors.burst / (1 - errors.wrong)) if errors.burst else 1.0
    for at in moments:
        true = truth(at)
        if errors.burst is None or not held:
            begins = rng.random() < errors.wrong * settled
            held = rng.choice([label for label in LABELS if label != true]) if begins else ""
        elif rng.random() < (1 - errors.wrong) * settled:
            held = ""
        yield Classification(nest=nest, taken_at=at, probabilities=vectors[held or true], model="erring")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What was seen in all nests on one day, and what was true."""

    seen: tuple[Classification, ...]
    labels: dict[tuple[str, datetime], str]
    events: tuple[Event, ...]


def watch_day(seed: int, number: int, errors: Errors, *, every: timedelta) -> Day:
    """One day of a simulated coop."""
    coop = Coop(seed=seed)
    begin = datetime.fromisoformat("2026-05-01T00:00:00Z") + timedelta(days=number, hours=BEGIN)
    moments = [begin + step * every for step in range(timedelta(hours=HOURS) // every)]
    labels = {(nest, at): coop.state(nest, at).label for nest in NESTS for at in moments}
    seen = [
        one
        for nest in NESTS
        for one in classify(
            nest,
            iter(moments),
            lambda at, nest=nest: labels[nest, at],
            errors,
            every=every,
            seed=f"{seed} {number} {nest}",
        )
    ]
    return Day(seen=tuple(seen), labels=labels, events=coop.events(begin, moments[-1]))
