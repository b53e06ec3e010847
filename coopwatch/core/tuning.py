"""Rules learnt from recorded days whose truth is known: what was seen and what was true in, rules and figures out."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from statistics import median

from coopwatch.core.advance import advance
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.core.score import Score, score
from coopwatch.values import Classification, Event

ENTERS = (0.80, 0.90, 0.95, 0.98, 0.99, 0.995)
"""The bars that `curve` tries: the higher, the surer and the later."""

LENGTHS = (1, 2, 4, 8)
"""Of how many times the mean length `lengthen` lets glitches be."""

_UNSEEN_FRAMES = 1.5  # of a held name: the two that make it one, less the half step that it outlasts its last frame

Truth = Mapping[tuple[str, datetime], str]
"""(nest, moment) -> label"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one bar comes to."""

    enter: float
    score: Score


def learn_rules(seen: Sequence[Classification], truth: Truth, rules: Rules) -> Rules:
    """`rules` with the times and shares that these days show; what they do not show stays.

    A wrong name that is held over several frames is a glitch; one of a single frame is not, since the classifier's
    probabilities speak of those already. So a glitch is as long as it lasts beyond its second frame (the exponential
    law has no memory); and a label's dwell is that of the usual stay, not the mean, which long nights would rule.
    Frames whose truth nobody wrote down are passed over.
    """
    stays, glitches = list[timedelta](), list[timedelta]()
    watched = glitched = timedelta(0)
    for frames in _by_nest(seen):
        step = _step(frames)
        true = [truth.get((one.nest, one.taken_at)) for one in frames]
        runs = [run for label, run in _runs(true) if label is not None]
        watched += step * sum(map(len, runs))
        stays += [step * len(run) for run in runs]
        wrong = [
            _said(one) if label not in (None, _said(one)) else None for one, label in zip(frames, true, strict=True)
        ]
        held = [len(run) for label, run in _runs(wrong) if label is not None and len(run) > 1]
        glitched += step * sum(held)
        glitches += [step * (count - _UNSEEN_FRAMES) for count in held]
    learnt = rules
    if stays:
        learnt = replace(learnt, dwell=timedelta(seconds=median(stay.total_seconds() for stay in stays) / math.log(2)))
    if glitches:
        mean = sum(glitches, timedelta(0)) / len(glitches)
        learnt = replace(learnt, glitch=mean, glitch_share=min(0.5, glitched / watched))
    elif watched:
        # None was seen: as rare as one glitch in twice the time.
        learnt = replace(learnt, glitch_share=max(1e-4, min(rules.glitch_share, rules.glitch / (2 * watched))))
    return learnt


def lengthen(seen: Sequence[Classification], true: Iterable[Event], rules: Rules) -> Rules:
    """`rules` with as many glitches, of that length in `LENGTHS` by which the most is told rightly, soonest.

    The mean hides few that are long: a hen in an odd pose is called by a wrong name for as long as she keeps it, and
    what outlasts the rules' glitches is told as another hen.
    """
    true = list(true)
    longer = [
        replace(rules, glitch=times * rules.glitch, glitch_share=min(0.5, times * rules.glitch_share))
        for times in LENGTHS
    ]
    return max(longer, key=lambda rules: _worth(score(tell(seen, rules), true)))


def _worth(score: Score) -> tuple[float, timedelta]:
    overall = score.overall
    return overall.f1 or 0.0, -(overall.median_delay or timedelta(0))


def curve(
    seen: Sequence[Classification], true: Iterable[Event], rules: Rules, enters: Iterable[float] = ENTERS
) -> tuple[Point, ...]:
    """How many events are told rightly, and how late, for each bar."""
    true = list(true)
    return tuple(Point(enter=bar, score=score(tell(seen, replace(rules, enter=bar)), true)) for bar in enters)


def tell(seen: Sequence[Classification], rules: Rules) -> list[Event]:
    """The events of all nests."""
    told: list[Event] = []
    for frames in _by_nest(seen):
        memory = Memory(camera="", nest=frames[0].nest)
        for one in frames:
            memory, events = advance(memory, one, rules)
            told += events
    return told


def _by_nest(seen: Sequence[Classification]) -> list[list[Classification]]:
    ordered = sorted(seen, key=lambda one: (one.nest, one.taken_at))
    return [list(frames) for _, frames in groupby(ordered, key=lambda one: one.nest)]


def _step(frames: Sequence[Classification]) -> timedelta:
    """The usual time from frame to frame."""
    steps = sorted(later.taken_at - earlier.taken_at for earlier, later in pairwise(frames))
    return steps[len(steps) // 2] if steps else timedelta(0)


def _runs(labels: Iterable[str | None]) -> list[tuple[str | None, list[str | None]]]:
    return [(label, list(run)) for label, run in groupby(labels)]


def _said(one: Classification) -> str:
    return max(one.probabilities, key=one.probabilities.__getitem__)
