"""Simulated hours are watched with the gate and without it, by a classifier that errs: the same events come out."""

import random
import zlib
from datetime import UTC, datetime, timedelta

from fakes.camera import FakeCamera
from fakes.classifier import FakeClassifier, sure_of
from fakes.models import tiny_card
from fakes.store import FakeStore

from coopwatch.clock import ManualClock
from coopwatch.config.settings import CameraSettings, NestSettings
from coopwatch.core.rules import Rules
from coopwatch.simulator.coop import Coop
from coopwatch.simulator.hens import ROLES
from coopwatch.simulator.nest_box import REGIONS
from coopwatch.values import Frame, Pixels, Probabilities
from coopwatch.vision.card import Label
from coopwatch.vision.preprocess import crop
from coopwatch.watch import Watch

BEGIN, HOURS, EVERY = datetime(2026, 5, 1, 6, tzinfo=UTC), 3, timedelta(seconds=20)
CARD = tiny_card().model_copy(update={"labels": tuple(Label(name=name, role=role) for name, role in ROLES.items())})
SETTINGS = CameraSettings(
    name="cam", source="fake", nests=tuple(NestSettings(name=name, region=region) for name, region in REGIONS.items())
)
ERRORS = 0.1  # share of the crops that are named wrongly, each by itself

Told = list[tuple[str, str | None, tuple[str, ...]]]


def drawn_hours() -> tuple[list[Frame], dict[int, str]]:
    """The frames, and what the classifier says of each crop."""
    coop, chance = Coop(seed=7), random.Random(3)
    frames, names = [], {}
    for number in range(HOURS * 3600 // int(EVERY.total_seconds())):
        frame = Frame(camera="cam", taken_at=BEGIN + number * EVERY, pixels=coop.frame(BEGIN + number * EVERY))
        frames.append(frame)
        for nest, region in REGIONS.items():
            true = coop.state(nest, frame.taken_at).label
            wrong = chance.random() < ERRORS
            names[fingerprint(crop(frame.pixels, region))] = chance.choice(list(ROLES)) if wrong else true
    return frames, names


def fingerprint(crop: Pixels) -> int:
    return zlib.crc32(crop.tobytes())


async def told_of(frames: list[Frame], names: dict[int, str], *, heartbeat_seconds: float) -> tuple[Told, int]:
    """What is told, and how many crops were classified for it."""

    def rule(crop: Pixels) -> Probabilities:
        return sure_of(CARD, names[fingerprint(crop)], 0.9)

    store, clock = FakeStore(), ManualClock(BEGIN)
    async with FakeCamera("cam", frames) as camera, FakeClassifier(CARD, rule) as classifier:
        watch = Watch(
            settings=SETTINGS.model_copy(update={"at_least_every_seconds": heartbeat_seconds}),
            camera=camera,
            classifier=classifier,
            store=store,
            model="hash",
            rules=Rules(roles=CARD.roles),
            clock=clock,
            told=lambda: None,
        )
        for frame in frames:
            await watch.take(frame)
            clock.move(EVERY)
    return [(event.kind, event.nest, event.hens) for event in store.events], len(classifier.seen)


async def test_the_same_events_come_out_with_and_without_the_gate() -> None:
    frames, names = drawn_hours()
    with_gate, fewer = await told_of(frames, names, heartbeat_seconds=120)
    without, all_crops = await told_of(frames, names, heartbeat_seconds=1)
    assert with_gate == without
    assert len(with_gate) > 5
    assert all_crops == 2 * len(frames)

    assert fewer < 0.8 * all_crops
