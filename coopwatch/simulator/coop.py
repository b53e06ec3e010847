"""The simulated coop: a seed in; pictures, true states and true events at any moment out."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from coopwatch.simulator.fidget import ENTRY, sitting_at
from coopwatch.simulator.hens import EGG, EMPTY, OTHER
from coopwatch.simulator.light import light_up
from coopwatch.simulator.nest_box import NESTS
from coopwatch.simulator.scene import Hand, Scene, Visitor, draw_picture
from coopwatch.simulator.schedule import Collection, DayPlan, Stay, plan_day
from coopwatch.values import Event, EventKind, Pixels, require_utc

CAMERA = "nestcam"
_ASIDE = 46  # pixels that two hens in one nest move apart
_HAND_MOVES = timedelta(seconds=3)  # the hand comes and goes so fast


@dataclass(frozen=True, slots=True, kw_only=True)
class NestState:
    """What is true of a nest at one moment."""

    label: str  # a hen, or "egg", "empty", "other" (the keeper's hand, or two hens: neither name alone is right)
    hens: tuple[str, ...] = ()  # all hens in the nest
    eggs: int = 0  # also those that nobody can see, because a hen sits on them


class Coop:
    """Nine hens, two nests and a keeper; every answer depends on the seed and the moment alone.

    Seeds 1 to 99 are for the demo and for tests; training takes 1000 and above, so that a model is always judged on
    days that it has not seen.
    """

    def __init__(self, *, seed: int) -> None:
        self.seed = seed
        self._plan = lru_cache(maxsize=8)(self._make_plan)

    def state(self, nest: str, at: datetime) -> NestState:
        """What a person at the picture would call the nest at that moment."""
        require_utc(at)
        hens = tuple(stay.hen for stay in self._stays(nest, at) if stay.covers(at))
        layers = self._plan(at.date()).layers(nest, at)
        if self._collection(nest, at) or len(hens) > 1:
            label = OTHER
        elif hens:
            label = hens[0]
        else:
            label = EGG if layers else EMPTY
        return NestState(label=label, hens=hens, eggs=len(layers))

    def frame(self, at: datetime) -> Pixels:
        """The camera's picture at that moment: (320, 640, 3)."""
        require_utc(at)
        picture = draw_picture(self.seed, at.date(), [self._scene(nest, at) for nest in NESTS])
        return light_up(picture, seed=self.seed, at=at)

    def events(self, begin: datetime, end: datetime) -> tuple[Event, ...]:
        """What truly happened from `begin` up to, but not including, `end`; by time."""
        days = (end.date() - begin.date()).days
        plans = [self._plan(begin.date() + timedelta(days=number)) for number in range(-1, days + 1)]
        told = [event for plan in plans for event in _events_of(plan) if begin <= event.at < end]
        return tuple(sorted(told, key=lambda event: event.at))

    def _make_plan(self, day: date) -> DayPlan:
        return plan_day(self.seed, day)

    def _stays(self, nest: str, at: datetime) -> list[Stay]:
        """The stays near that moment, also the night's that began on the day before; by their beginning."""
        plans = (self._plan(at.date() - timedelta(days=1)), self._plan(at.date()))
        begin, end = at - ENTRY, at + ENTRY
        return [stay for plan in plans for stay in plan.stays if stay.nest == nest and stay.overlaps(begin, end)]

    def _collection(self, nest: str, at: datetime) -> Collection | None:
        plan = self._plan(at.date())
        return next((c for c in plan.collections if c.nest == nest and c.began <= at < c.ended), None)

    def _scene(self, nest: str, at: datetime) -> Scene:
        layers = self._plan(at.date()).layers(nest, at)
        collection = self._collection(nest, at)
        if collection:
            return _scene_of_collection(collection, layers, at)
        stays = self._stays(nest, at)
        crowded = len(stays) > 1
        return Scene(nest=nest, layers=layers, visitors=tuple(self._visitor(stay, at, crowded) for stay in stays))

    def _visitor(self, stay: Stay, at: datetime, crowded: bool) -> Visitor:
        sitting = sitting_at(self.seed, stay, at)
        aside = (_ASIDE if stay.joins else -_ASIDE) if crowded else 0
        down = sitting.down + (14 if stay.joins else 0)
        return Visitor(hen=stay.hen, pose=sitting.pose, right=sitting.right + aside, down=down)


def _scene_of_collection(collection: Collection, layers: tuple[str, ...], at: datetime) -> Scene:
    """The hand comes, takes one egg after the other, and goes."""
    share = (at - collection.began) / (collection.ended - collection.began)
    left = layers[: len(layers) - math.floor(share * len(layers))]
    taken = layers[len(left)] if len(left) < len(layers) else None
    inside = min(at - collection.began, collection.ended - at) / _HAND_MOVES
    seconds = (at - collection.began).total_seconds()
    hand = Hand(
        right=26 * math.sin(seconds * 1.1),
        down=16 * math.sin(seconds * 0.7) + 48 * (1 - min(inside, 1.0)) - 8,
        layer=taken,
    )
    return Scene(nest=collection.nest, layers=left, hand=hand)


def _events_of(plan: DayPlan) -> list[Event]:
    events = []
    for stay in plan.stays:
        if stay.joins:
            # Never alone in the nest, she cannot be named from the picture: somebody came.
            events.append(_event(EventKind.UNKNOWN_VISITOR, stay.nest, stay.began))
            continue
        events.append(_event(EventKind.HEN_NESTING, stay.nest, stay.began, hens=(stay.hen,)))
        events.append(_event(EventKind.HEN_LEFT, stay.nest, stay.ended, hens=(stay.hen,), began=stay.began))
        if stay.lays:
            events.append(_event(EventKind.EGG_LAID, stay.nest, stay.ended, hens=(stay.hen,)))
    collected = (_event(EventKind.EGGS_COLLECTED, hand.nest, hand.ended) for hand in plan.collections)
    return [*events, *collected]


def _event(
    kind: EventKind, nest: str, at: datetime, *, hens: tuple[str, ...] = (), began: datetime | None = None
) -> Event:
    return Event(kind=kind, camera=CAMERA, nest=nest, at=at, told_at=at, hens=hens, began=began)
