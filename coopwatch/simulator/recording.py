"""Days of the simulated coop on disk: an order in; pictures, crops and truth.jsonl out."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, zip_longest
from pathlib import Path

from coopwatch.core.event_json import event_to_json, time_to_json
from coopwatch.simulator.chance import Purpose, chance
from coopwatch.simulator.coop import Coop
from coopwatch.simulator.hens import ROLES
from coopwatch.simulator.light import is_infra_red
from coopwatch.simulator.nest_box import NESTS, REGIONS
from coopwatch.values import Event, Pixels
from coopwatch.vision.picture import encode_jpeg
from coopwatch.vision.preprocess import crop

TRUTH_FILE = "truth.jsonl"
CROPS_FOLDER = "crops"

Place = tuple[datetime, str]
"""A moment and a nest."""

Crops = Mapping[datetime, Sequence[tuple[str, str]]]
"""Moment -> (nest, label) of each crop that is wanted of its picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to record."""

    seed: int
    start: datetime
    days: int
    every: timedelta
    pictures: bool = True  # whole pictures
    crops: bool = False  # the nests cut out, in a folder for each label
    crops_per_label: int | None = None  # at most so many, spread over the days; None: of every picture

    @property
    def end(self) -> datetime:
        """The first moment after the recording."""
        return self.start + timedelta(days=self.days)

    @property
    def moments(self) -> list[datetime]:
        """When pictures are taken."""
        return [self.start + self.every * number for number in range(-((self.start - self.end) // self.every))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was written."""

    pictures: int
    crops: Mapping[str, int]  # label -> how many
    events: int


def record(order: Order, out: Path, tell: Callable[[int, int], None]) -> Recorded:
    """Write the pictures, crops and truth of an order; `tell` hears how many moments of how many are drawn.

    Pictures are named by their time, such as 2026-05-01T05-00-10Z.jpg, and crops `crops/<label>/<time>_<nest>.jpg`.
    The folder must be there.
    """
    coop = Coop(seed=order.seed)
    events = coop.events(order.start, order.end)
    (out / TRUTH_FILE).write_text("".join(f"{line}\n" for line in _truth(order, coop, events)), encoding="utf-8")
    crops = choose_crops(order, coop) if order.crops else {}
    moments = order.moments if order.pictures else sorted(crops)
    for number, moment in enumerate(moments, start=1):
        pixels = coop.frame(moment)
        if order.pictures:
            (out / picture_name(moment)).write_bytes(encode_jpeg(pixels))
        _write_crops(out / CROPS_FOLDER, pixels, moment, crops.get(moment, ()))
        tell(number, len(moments))
    counts = Counter(label for wanted in crops.values() for _, label in wanted)
    return Recorded(
        pictures=len(moments) if order.pictures else 0, crops=dict(sorted(counts.items())), events=len(events)
    )


def picture_name(moment: datetime) -> str:
    """The name of the picture of that moment, from which its time can be read."""
    return f"{_stamp(moment)}.jpg"


def choose_crops(order: Order, coop: Coop) -> Crops:
    """Which nests to cut out of which pictures: all, or at most `crops_per_label` of each label."""
    found: dict[str, list[Place]] = {label: [] for label in ROLES}
    for moment in order.moments:
        for nest in NESTS:
            found[coop.state(nest, moment).label].append((moment, nest))
    wanted: dict[datetime, list[tuple[str, str]]] = defaultdict(list)
    for number, (label, places) in enumerate(found.items()):
        for moment, nest in _spread(places, order, number):
            wanted[moment].append((nest, label))
    return wanted


def _spread(places: Sequence[Place], order: Order, number: int) -> Iterable[Place]:
    """At most `crops_per_label` places, by chance: both kinds of light take turns, and in each of them the days."""
    if order.crops_per_label is None:
        return places
    rng = chance(order.seed, Purpose.SAMPLING, number)
    lights: dict[bool, dict[date, list[Place]]] = defaultdict(lambda: defaultdict(list))
    for index in rng.permutation(len(places)):
        moment, _ = places[index]
        lights[is_infra_red(moment)][moment.date()].append(places[index])
    return _in_turn(_in_turn(days.values()) for days in lights.values())[: order.crops_per_label]


def _in_turn(groups: Iterable[Sequence[Place]]) -> list[Place]:
    """The first of each group, then the second of each, and so on, as long as there are any."""
    turns = chain.from_iterable(zip_longest(*groups))
    return [one for one in turns if one is not None]


def _truth(order: Order, coop: Coop, events: Sequence[Event]) -> Iterator[str]:
    """Lines by time: each event before the states of the first picture that can show it."""
    ahead = list(reversed(events))
    for moment in order.moments:
        while ahead and ahead[-1].at <= moment:
            yield _event_line(ahead.pop(), picture_name(moment) if order.pictures else None)
        for nest in NESTS:
            state = coop.state(nest, moment)
            values = {"kind": "state", "nest": nest, "at": time_to_json(moment), "label": state.label}
            yield json.dumps({**values, "hens": state.hens, "eggs": state.eggs})
    while ahead:
        yield _event_line(ahead.pop(), None)


def _event_line(event: Event, photo: str | None) -> str:
    return json.dumps({**event_to_json(event), "photo": photo})


def _write_crops(folder: Path, pixels: Pixels, moment: datetime, wanted: Iterable[tuple[str, str]]) -> None:
    for nest, label in wanted:
        (folder / label).mkdir(parents=True, exist_ok=True)
        (folder / label / f"{_stamp(moment)}_{nest}.jpg").write_bytes(encode_jpeg(crop(pixels, REGIONS[nest])))


def _stamp(moment: datetime) -> str:
    fraction = f".{moment.microsecond:06d}" if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H-%M-%S}{fraction}Z"
