"""How well events were told: told and true ones in, figures out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from coopwatch.values import Event, EventKind

SCORED = (
    EventKind.HEN_NESTING,
    EventKind.HEN_LEFT,
    EventKind.EGG_LAID,
    EventKind.EGGS_COLLECTED,
    EventKind.EGG_LOST,
)
"""The kinds whose truth a simulated or labelled day knows."""

TOLERANCE = timedelta(minutes=7)

Pair = tuple[Event, Event]
"""(told, true)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScore:
    """The figures of one kind of event, or of all."""

    true: int
    told: int
    matched: int
    median_delay: timedelta | None  # from the true moment to the telling; None: nothing matched

    @property
    def precision(self) -> float | None:
        """The share of told events that are true; None if none was told."""
        return self.matched / self.told if self.told else None

    @property
    def recall(self) -> float | None:
        """The share of true events that were told; None if there was none."""
        return self.matched / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None if there was nothing to tell and nothing told."""
        return 2 * self.matched / (self.true + self.told) if self.true + self.told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How well events were told."""

    kinds: Mapping[EventKind, KindScore]  # those that were told or true
    overall: KindScore


def score(
    told: Iterable[Event],
    true: Iterable[Event],
    tolerance: timedelta = TOLERANCE,
    *,
    kinds: Collection[EventKind] = SCORED,
) -> Score:
    """Compare told events with true ones of the same kind, nest and (most likely) hen; other kinds are passed over.

    Each true event is matched with at most one told event whose `at` is within `tolerance`, in the order of time.
    """
    told = [event for event in told if event.kind in kinds]
    true = [event for event in true if event.kind in kinds]
    pairs = match(told, true, tolerance)
    return Score(
        kinds={
            kind: _kind_score(_of(kind, told), _of(kind, true), [pair for pair in pairs if pair[1].kind == kind])
            for kind in kinds
            if _of(kind, told) or _of(kind, true)
        },
        overall=_kind_score(told, true, pairs),
    )


def match(told: Iterable[Event], true: Iterable[Event], tolerance: timedelta, *, by_hen: bool = True) -> list[Pair]:
    """Pairs of (told, true), each event in one pair at most; as many as can be."""
    told_groups, true_groups = _grouped(told, by_hen=by_hen), _grouped(true, by_hen=by_hen)
    return [
        pair
        for key, group in true_groups.items()
        for pair in _match_in_order(told_groups.get(key, []), group, tolerance)
    ]


_Key = tuple[EventKind, str | None, str | None]


def _grouped(events: Iterable[Event], *, by_hen: bool) -> dict[_Key, list[Event]]:
    groups: dict[_Key, list[Event]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.at):
        groups[event.kind, event.nest, event.hens[0] if by_hen and event.hens else None].append(event)
    return groups


def _match_in_order(told: Sequence[Event], true: Sequence[Event], tolerance: timedelta) -> list[Pair]:
    """Earliest with earliest: with one tolerance for all, no other way gives more pairs."""
    pairs: list[Pair] = []
    waiting = iter(told)
    candidate = next(waiting, None)
    for event in true:
        while candidate is not None and candidate.at < event.at - tolerance:
            candidate = next(waiting, None)
        if candidate is not None and candidate.at <= event.at + tolerance:
            pairs.append((candidate, event))
            candidate = next(waiting, None)
    return pairs


def _kind_score(told: Sequence[Event], true: Sequence[Event], pairs: Sequence[Pair]) -> KindScore:
    delays = [(told_event.told_at - true_event.at).total_seconds() for told_event, true_event in pairs]
    return KindScore(
        true=len(true),
        told=len(told),
        matched=len(pairs),
        median_delay=timedelta(seconds=median(delays)) if delays else None,
    )


def _of(kind: EventKind, events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.kind == kind]
