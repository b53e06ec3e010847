"""One camera's way from a frame to saved events, on fakes of every part."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from fakes.camera import FakeCamera
from fakes.classifier import FakeClassifier, sure_of
from fakes.models import tiny_card
from fakes.store import FakeStore

from coopwatch.clock import ManualClock
from coopwatch.config.settings import CameraSettings, NestSettings
from coopwatch.core.camera import CameraMemory
from coopwatch.core.event_json import event_to_line
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.errors import CameraError, InferenceError, StoreError
from coopwatch.replay import replay
from coopwatch.subscriber import Subscriber
from coopwatch.values import Event, EventKind, Frame, Pixels, Probabilities, Region
from coopwatch.vision.photo import encode_photo
from coopwatch.vision.picture import decode_picture
from coopwatch.watch import Watch

BEGAN = datetime(2026, 5, 1, 8, tzinfo=UTC)
CARD = tiny_card()
GREY = {"empty": 10, "red_twin": 120, "egg": 240}  # how bright a label is drawn
NOISE = np.random.default_rng(7)
SETTINGS = CameraSettings(
    name="cam",
    source="fake",
    nests=(
        NestSettings(name="left", region=Region(left=0, top=0, right=0.5, bottom=1)),
        NestSettings(name="right", region=Region(left=0.5, top=0, right=1, bottom=1)),
    ),
)


def frame(seconds: float, left: str, right: str = "empty") -> Frame:
    pixels = NOISE.integers(-3, 4, (40, 80, 3))  # what a real sensor sends never repeats
    pixels[:, :40] += GREY[left]
    pixels[:, 40:] += GREY[right]
    pixels[::8] = 200  # laths, without which the camera would look covered
    pixels = pixels.clip(0, 255).astype(np.uint8)
    return Frame(camera="cam", taken_at=BEGAN + timedelta(seconds=seconds), pixels=pixels)


def day(*stays: tuple[str, int]) -> list[Frame | CameraError]:
    """A frame every 5 s; each stay is what the left nest shows and for how many frames."""
    labels = [label for label, frames in stays for _ in range(frames)]
    return [frame(5 * number, label) for number, label in enumerate(labels)]


VISIT = day(("empty", 20), ("red_twin", 120), ("egg", 40))


def by_brightness(crop: Pixels, certainty: float = 0.97) -> Probabilities:
    return sure_of(CARD, min(GREY, key=lambda label: abs(GREY[label] - float(np.median(crop)))), certainty)


def noting(crops: list[Pixels]) -> Callable[[Pixels], Probabilities]:
    """The same, and each crop that was asked about is added to `crops`."""

    def rule(crop: Pixels) -> Probabilities:
        crops.append(crop)
        return by_brightness(crop)

    return rule


@asynccontextmanager
async def watching(
    story: list[Frame | CameraError],
    store: FakeStore,
    rule: Callable[[Pixels], Probabilities] = by_brightness,
    settings: CameraSettings = SETTINGS,
    model: str = "hash",
) -> AsyncIterator[tuple[Watch, ManualClock]]:
    clock = ManualClock(next((one.taken_at for one in story if isinstance(one, Frame)), BEGAN))
    async with FakeCamera("cam", story) as camera, FakeClassifier(CARD, rule) as classifier:
        watch = Watch(
            settings=settings,
            camera=camera,
            classifier=classifier,
            store=store,
            model=model,
            rules=Rules(roles=CARD.roles),
            clock=clock,
            told=lambda: None,
        )
        await watch.restore()
        yield watch, clock


async def looks(watch: Watch, clock: ManualClock, count: int) -> None:
    for _ in range(count):
        await watch.look()
        clock.move(timedelta(seconds=5))


def kinds(store: FakeStore) -> list[str]:
    return [f"{event.nest} {event.kind}" for event in store.events]


async def test_frames_become_saved_events_with_photos_for_each_subscriber() -> None:
    store = FakeStore()
    await store.subscribe(Subscriber(chat="terminal", name="t", since=BEGAN))
    async with watching(VISIT, store) as (watch, clock):
        await looks(watch, clock, len(VISIT))
    assert kinds(store) == ["left hen_nesting", "left hen_left", "left egg_laid"]
    assert [row.message.event for row in store.outbox] == store.events
    photos = [decode_picture(store.photos[event.photo]) for event in store.events if event.photo]
    assert len(photos) == 3


async def test_a_visit_that_ended_shows_its_surest_sight_and_not_the_nest_that_she_left() -> None:
    hers: list[Pixels] = []

    def rule(crop: Pixels) -> Probabilities:
        if np.median(crop) == GREY["red_twin"]:
            hers.append(crop)
        return by_brightness(crop, 0.99 if len(hers) == 4 else 0.97)

    store = FakeStore()
    async with watching(VISIT, store, rule) as (watch, clock):
        await looks(watch, clock, len(VISIT))
    left = next(event for event in store.events if event.kind is EventKind.HEN_LEFT)
    surest = next(one for one in VISIT if isinstance(one, Frame) and np.array_equal(one.pixels[:, :40], hers[3]))
    shown = encode_photo(surest.pixels, SETTINGS.nests[0].region)
    assert store.photos[left.photo or ""] == shown


async def test_after_a_restart_without_another_sight_of_her_a_visit_ends_without_a_photo() -> None:
    store = FakeStore()
    for part in (VISIT[:140], VISIT[140:]):
        async with watching(part, store) as (watch, clock):
            await looks(watch, clock, len(part))
    assert [event.photo is None for event in store.events] == [False, True, False]


async def test_a_camera_without_frames_is_told_lost_and_back_with_its_last_picture() -> None:
    away: list[Frame | CameraError] = [CameraError("connection refused")] * 40
    story = [*day(("empty", 10)), *away, frame(300, "empty")]
    store = FakeStore()
    async with watching(story, store) as (watch, clock):
        await looks(watch, clock, 50)
        assert watch.status().trouble == "no picture: connection refused"
        await looks(watch, clock, 1)
        assert watch.status().trouble == ""
    assert [event.kind for event in store.events] == ["camera_lost", "camera_back"]
    assert store.events[0].reason == "connection refused"
    assert store.events[0].photo in store.photos


async def test_what_a_full_disk_refused_is_saved_later() -> None:
    store = FakeStore()
    async with watching(VISIT, store) as (watch, clock):
        await looks(watch, clock, 100)
        store.broken = "disk full"
        await looks(watch, clock, 60)
        assert "disk full" in watch.status().trouble
        store.broken = ""
        await looks(watch, clock, 20)
        assert watch.status().trouble == ""
    assert kinds(store) == ["left hen_nesting", "left hen_left", "left egg_laid"]


async def test_a_full_disk_is_said_once_though_photos_and_memory_fail_in_turn(caplog: pytest.LogCaptureFixture) -> None:
    # Two lines in turn, each of them news after the other, were a line every ten seconds until somebody came.
    async with watching([*VISIT, *[CameraError("no route")] * 60], FullDisk()) as (watch, clock):
        await looks(watch, clock, len(VISIT) + 60)
    assert caplog.messages == ["Camera cam: no room for what is remembered", "Camera cam: no room for a photo"]


async def test_after_a_restart_the_same_events_come_out() -> None:
    store = FakeStore()
    for first in range(0, len(VISIT), 37):
        async with watching(VISIT[first : first + 37], store) as (watch, clock):
            await looks(watch, clock, len(VISIT[first : first + 37]))
    assert kinds(store) == ["left hen_nesting", "left hen_left", "left egg_laid"]


async def test_after_a_camera_was_renamed_events_carry_its_new_name() -> None:
    store = FakeStore()
    async with watching(VISIT[:60], store) as (watch, clock):
        await looks(watch, clock, 60)
    renamed = [replace(one, camera="new") for one in VISIT[60:] if isinstance(one, Frame)]
    async with watching(renamed, store, settings=SETTINGS.model_copy(update={"name": "new"})) as (watch, clock):
        await looks(watch, clock, len(renamed))
    assert [(event.kind, event.camera) for event in store.events] == [
        ("hen_nesting", "cam"), ("hen_left", "new"), ("egg_laid", "new")
    ]  # fmt: skip


async def test_a_worker_that_gives_no_answer_costs_a_frame_and_no_event() -> None:
    answers = iter(range(10_000))

    def rule(crop: Pixels) -> Probabilities:
        if next(answers) % 3 == 0:
            raise InferenceError("the worker died")
        return by_brightness(crop)

    store = FakeStore()
    async with watching(VISIT, store, rule) as (watch, clock):
        await looks(watch, clock, len(VISIT))
    assert kinds(store) == ["left hen_nesting", "left hen_left", "left egg_laid"]


@pytest.mark.parametrize(("nest", "shape"), [(None, (40, 80, 3)), ("left", (40, 40, 3))])
async def test_a_photo_is_the_newest_frame_or_the_nest_in_it(nest: str | None, shape: tuple[int, ...]) -> None:
    async with watching(VISIT, FakeStore()) as (watch, clock):
        assert watch.photo(nest) is None
        await looks(watch, clock, 1)
        photo = watch.photo(nest)
        assert photo is not None
        assert decode_picture(photo).shape == shape
        assert watch.photo("elsewhere") is None


DARK = np.full((40, 80, 3), 9, np.uint8)
COVERED = NOISE.integers(140, 150, (200, 40, 80, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    ("spoilt", "told", "reason"),
    [
        pytest.param([DARK] * 150, [], "too dark to see", id="dark; perhaps it is night"),
        pytest.param(COVERED[:150], ["picture_poor", "camera_back"], "something covers the lens", id="covered"),
    ],
)
async def test_a_picture_that_shows_nothing_tells_nothing_of_the_nests(
    spoilt: Sequence[Pixels], told: list[str], reason: str
) -> None:
    pictures = [one.pixels for one in day(("empty", 20))] + list(spoilt) + [one.pixels for one in day(("empty", 20))]
    story = [replace(frame(5 * number, "empty"), pixels=pixels) for number, pixels in enumerate(pictures)]
    store, asked = FakeStore(), list[Pixels]()
    async with watching(story, store, noting(asked)) as (watch, clock):
        await looks(watch, clock, 20)
        before = len(asked), [nest.label for nest in watch.status().nests]
        await looks(watch, clock, 150)
        assert (len(asked), [nest.label for nest in watch.status().nests]) == before
        assert watch.status().trouble == reason
        await looks(watch, clock, 20)
        assert watch.status().trouble == ""
    assert [event.kind for event in store.events] == told


async def test_a_frozen_picture_is_told_and_keeps_nobody_in_the_nest() -> None:
    still = [replace(one, pixels=VISIT[50].pixels) for one in VISIT[50:140]]
    store = FakeStore()
    async with watching([*VISIT[:50], *still, *VISIT[140:]], store) as (watch, clock):
        await looks(watch, clock, 140)
        assert watch.status().trouble == "the same picture all the time"
        classified_at = watch.status().nests[0].classified_at
        assert classified_at is not None
        assert classified_at < VISIT[50].taken_at + timedelta(minutes=6)
        await looks(watch, clock, 40)
    assert kinds(store) == [
        "left hen_nesting",
        "None picture_frozen",
        "left hen_left",
        "left egg_laid",
        "None camera_back",
    ]


async def test_the_gate_saves_work_and_changes_no_event() -> None:
    stories, asked = [], []
    for seconds in (5, 60):
        store, crops = FakeStore(), list[Pixels]()
        settings = SETTINGS.model_copy(update={"at_least_every_seconds": seconds})
        async with watching(VISIT, store, noting(crops), settings) as (watch, clock):
            await looks(watch, clock, len(VISIT))
        stories.append([(event.kind, event.nest, event.at, event.hens) for event in store.events])
        asked.append(len(crops))
    assert stories[0] == stories[1]
    assert asked[0] == 2 * len(VISIT)
    assert asked[1] < asked[0] / 8


async def test_a_replay_tells_what_the_live_run_told_byte_for_byte(caplog: pytest.LogCaptureFixture) -> None:
    """Also across a restart, a correction and a picture that comes twice; only the photo is the live run's own."""
    covered = [replace(one, pixels=COVERED[number]) for number, one in enumerate(VISIT[:130]) if isinstance(one, Frame)]
    pictures = [*VISIT, *covered, *VISIT[:60]]
    story = [replace(one, taken_at=at(number)) for number, one in enumerate(pictures) if isinstance(one, Frame)]
    story.insert(50, story[49])
    store = FakeStore()
    for part in (story[:70], story[70:]):
        async with watching(list(part), store) as (watch, clock):
            await looks(watch, clock, len(part))
            if store.events:
                watch.correct(store.events[0], "egg")
    live = [event_to_line(replace(event, photo=None)) for event in store.events]
    async with FakeCamera("cam", story) as camera, FakeClassifier(CARD, by_brightness) as classifier:
        steps = replay(camera, SETTINGS, classifier=classifier, model="hash", rules=Rules(roles=CARD.roles))
        again = [event_to_line(event) async for _, events in steps for event in events]
    assert again == live
    assert "Pictures that were not used: 1. The first: a picture from 2026-05-01 08:04:05 UTC" in caplog.text
    assert len(live) >= 6
    assert any("picture_poor" in line for line in live)


def at(number: int) -> datetime:
    return BEGAN + timedelta(seconds=5 * number)


async def test_a_nest_is_classified_no_more_often_than_the_settings_say() -> None:
    restless = day(*[("empty", 1), ("red_twin", 1)] * 30)
    store, crops = FakeStore(), list[Pixels]()
    settings = SETTINGS.model_copy(update={"at_most_every_seconds": 30.0})
    async with watching(restless, store, noting(crops), settings) as (watch, clock):
        await looks(watch, clock, len(restless))
    assert len(crops) <= 10 + 6  # the left nest, and the heartbeats of the right one


async def test_a_camera_that_flaps_says_at_most_a_line_in_ten_seconds(caplog: pytest.LogCaptureFixture) -> None:
    troubles = ["the stream ended", "connection refused", "no route to the camera"] * 40
    async with watching([CameraError(trouble) for trouble in troubles], FakeStore()) as (watch, clock):
        await looks(watch, clock, len(troubles))
    assert 10 < len(caplog.records) <= len(troubles) * 5 / 10


async def test_a_clock_set_back_begins_anew_and_is_not_waited_for() -> None:
    store = FakeStore()
    async with watching(VISIT, store) as (watch, clock):
        await looks(watch, clock, len(VISIT))
    earlier = [replace(one, taken_at=one.taken_at - timedelta(hours=5)) for one in VISIT if isinstance(one, Frame)]
    async with watching(earlier, store) as (watch, clock):
        await looks(watch, clock, len(earlier))
        assert watch.status().trouble == ""
    again = kinds(store)[3:]  # the egg that lay there is gone five hours "earlier"
    assert again == ["left eggs_collected", "left hen_nesting", "left hen_left", "left egg_laid"]


async def test_a_still_nest_is_classified_again_when_the_clock_is_set_back_by_a_year() -> None:
    """The answer from a year ahead counted as the newest one, and nothing was classified until then."""
    still, crops = day(("empty", 4)), list[Pixels]()
    ahead = [replace(one, taken_at=one.taken_at + timedelta(days=365)) for one in still if isinstance(one, Frame)]
    async with watching([*ahead, *still], FakeStore(), noting(crops)) as (watch, clock):
        await looks(watch, clock, 4)
        crops.clear()
        clock.hold(BEGAN)
        await looks(watch, clock, 4)
        assert len(crops) == 4  # two a nest, as after a start: an answer that stands alone is never repeated
        assert watch.status().trouble == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(3600, "from the future"), (-5, "older than the last one"), (0, "it came twice")]
)
async def test_a_picture_whose_time_cannot_be_is_refused_and_said(
    seconds: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    crops = list[Pixels]()
    story = [frame(0, "empty"), *[frame(seconds, "red_twin") for _ in range(8)]]
    async with watching(story, FakeStore(), noting(crops)) as (watch, clock):
        await looks(watch, clock, len(story))
        assert words in watch.status().trouble
    assert len(crops) == len(SETTINGS.nests)
    assert [words in line for line in caplog.messages] == [True]


@pytest.mark.parametrize("before", [3, 40], ids=["while it is awaited", "after it was told lost"])
async def test_a_camera_away_while_the_clock_is_set_back_is_told_lost_and_back(before: int) -> None:
    """It was told lost when the clock was again where it had been, or never back."""
    store = FakeStore()
    away: list[Frame | CameraError] = [CameraError("no answer")] * 100
    later = [replace(one, taken_at=BEGAN - timedelta(hours=4)) for one in VISIT[:1] if isinstance(one, Frame)]
    async with watching([*VISIT[:10], *away, *later], store) as (watch, clock):
        await looks(watch, clock, 10 + before)
        clock.hold(BEGAN - timedelta(hours=5))
        await looks(watch, clock, 100 - before)
        clock.hold(BEGAN - timedelta(hours=4))
        await looks(watch, clock, 1)
    told = [event.kind for event in store.events if event.nest is None]
    assert told == [EventKind.CAMERA_LOST, EventKind.CAMERA_BACK]


@pytest.mark.parametrize(("heartbeat_seconds", "trouble"), [(60.0, "nest left was classified 11 min ago"), (300.0, "")])
async def test_a_nest_that_is_not_classified_for_thrice_its_pace_is_a_trouble_whatever_the_camera_says(
    heartbeat_seconds: float, trouble: str
) -> None:
    settings = SETTINGS.model_copy(update={"at_least_every_seconds": heartbeat_seconds})
    async with watching(VISIT, FakeStore(), settings=settings) as (watch, clock):
        await looks(watch, clock, 20)
        assert watch.status().trouble == ""
        clock.move(timedelta(minutes=10))
        assert watch.status().trouble == trouble


async def test_nothing_is_classified_while_the_camera_switches_from_infra_red_to_colour() -> None:
    red = np.array([60, 0, 0], np.uint8)
    story = [one for one in day(("empty", 8)) if isinstance(one, Frame)]
    story[4:] = [replace(one, pixels=one.pixels // 2 + red) for one in story[4:]]
    crops = list[Pixels]()
    async with watching(list(story), FakeStore(), noting(crops)) as (watch, clock):
        await looks(watch, clock, 4)
        before = len(crops)
        await looks(watch, clock, 1)
        assert len(crops) == before
        await looks(watch, clock, 1)
        assert len(crops) == before + 2


@pytest.mark.parametrize(
    ("change", "model", "crops_of_four_looks"),
    [({}, "hash", 0), ({"at_least_every_seconds": 50.0}, "hash", 4), ({}, "a model that learnt", 4)],
)
async def test_what_the_eyes_know_stays_unless_the_cameras_settings_or_the_model_change(
    change: dict[str, float], model: str, crops_of_four_looks: int
) -> None:
    still, crops, store = day(("empty", 8)), list[Pixels](), FakeStore()
    async with watching(still, store) as (old, clock):
        await looks(old, clock, 4)
        settings = SETTINGS.model_copy(update=change)
        async with watching(still[4:], store, noting(crops), settings, model) as (new, later):
            new.take_over(old)
            await looks(new, later, 4)
    assert len(crops) == crops_of_four_looks


async def test_the_surest_sight_of_a_hen_and_a_persons_word_outlive_a_change_of_settings() -> None:
    store = FakeStore()
    async with watching(VISIT, store) as (old, clock):
        await looks(old, clock, 140)  # until she leaves
        old.correct(store.events[0], "egg")
        async with watching(VISIT[140:], store) as (new, later):
            new.take_over(old)
            assert new.status().nests[0].label == "egg"
            await looks(new, later, 40)
    assert [event.kind for event in store.events if event.photo] == ["hen_nesting", "hen_left", "egg_laid"]


async def test_what_was_to_be_told_of_a_nest_that_is_gone_is_told_all_the_same() -> None:
    store = FakeStore()
    async with watching(VISIT, store) as (old, clock):
        await looks(old, clock, 20)
        store.broken = "disk full"
        await looks(old, clock, 60)
        store.broken = ""
        without_left = SETTINGS.model_copy(update={"nests": SETTINGS.nests[1:]})
        async with watching(VISIT[80:], store, settings=without_left) as (new, later):
            new.take_over(old)
            await looks(new, later, 1)
    # Who sat there left when she was last seen: else she would sit for ever, and be called broody every day.
    assert kinds(store) == ["left hen_nesting", "left hen_left"]
    assert store.events[1].at == BEGAN + timedelta(seconds=5 * 79)
    assert store.events[1].photo is not None


class FullDisk(FakeStore):
    """Takes nothing, and says of what."""

    async def save(self, memory: Memory | CameraMemory, events: Sequence[Event]) -> None:
        raise StoreError("no room for what is remembered")

    async def save_photo(self, jpeg: bytes) -> str:
        raise StoreError("no room for a photo")


class Picky(FakeStore):
    """Takes what cameras remember, and refuses what nests do while `refuses` is set."""

    refuses = False

    async def save(self, memory: Memory | CameraMemory, events: Sequence[Event]) -> None:
        if self.refuses and isinstance(memory, Memory):
            raise StoreError("disk full")
        await super().save(memory, events)


async def test_what_is_to_be_told_of_a_nest_waits_for_its_memory_though_its_camera_has_the_same_name() -> None:
    # Saved with the camera's memory, the events would be told again after a restart, from the nest's older memory.
    store = Picky()
    async with watching(VISIT, store, settings=SETTINGS.model_copy(update={"name": "left"})) as (watch, clock):
        await looks(watch, clock, 20)
        store.refuses = True
        await looks(watch, clock, 60)
        assert kinds(store) == []
        store.refuses = False
        await looks(watch, clock, 1)
    assert kinds(store) == ["left hen_nesting"]
