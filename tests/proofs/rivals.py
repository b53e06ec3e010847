"""What is done without a belief over glitches: classifications in; events of counting and of a plain filter out."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from coopwatch.core.rules import Rules
from coopwatch.core.tuning import tell
from coopwatch.values import Classification, Event, EventKind, Role

_IN_A_ROW = 3


def count_in_a_row(seen: Sequence[Classification], rules: Rules) -> list[Event]:
    """Three equal labels in a row are believed: a hen comes, leaves, and an egg after her is hers."""
    told: list[Event] = []
    for _, frames in groupby(sorted(seen, key=lambda one: (one.nest, one.taken_at)), key=lambda one: one.nest):
        told += _count_in_nest(list(frames), rules)
    return told


def _count_in_nest(frames: Sequence[Classification], rules: Rules) -> list[Event]:
    told: list[Event] = []
    state, contents, hen, row = "", "", "", list[str]()
    for one in frames:
        label = max(one.probabilities, key=one.probabilities.__getitem__)
        row = [*row, label][-_IN_A_ROW:]
        if label == state or row.count(label) < _IN_A_ROW:
            continue
        if rules.roles.get(state) is Role.HEN:
            told.append(_event(EventKind.HEN_LEFT, one, state))
        state, role = label, rules.roles[label]
        if role is Role.HEN:
            hen = label
            told.append(_event(EventKind.HEN_NESTING, one, hen))
        elif role in (Role.EGG, Role.EMPTY):
            if role is Role.EGG and contents == Role.EMPTY:
                told.append(_event(EventKind.EGG_LAID, one, hen))
            contents = role
    return told


def filter_plainly(seen: Sequence[Classification], rules: Rules) -> list[Event]:
    """The same core, to which every error is one of a single frame."""
    return tell(seen, replace(rules, glitch_share=1e-9))


def _event(kind: EventKind, one: Classification, hen: str) -> Event:
    hens = (hen,) if hen else ()
    return Event(kind=kind, camera=None, nest=one.nest, at=one.taken_at, told_at=one.taken_at, hens=hens)
