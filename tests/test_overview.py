"""What a chat is told of the running parts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from fakes.camera import FakeCamera
from fakes.classifier import FakeClassifier
from fakes.models import tiny_card
from fakes.store import FakeStore

from coopwatch.album import Album
from coopwatch.clock import ManualClock
from coopwatch.config.settings import CameraSettings, NestSettings
from coopwatch.core.belief import uninformed
from coopwatch.core.memory import Memory
from coopwatch.core.rules import Rules
from coopwatch.overview import Overview
from coopwatch.values import NOTHING, Event, EventKind, Frame, Region, Visit
from coopwatch.vision.card import Learnt
from coopwatch.watch import Watch

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
LEFT = Region(left=0, top=0, right=0.5, bottom=1)
CARD = tiny_card()
NOISE = np.random.default_rng(5).integers(0, 255, (40, 80, 3)).astype(np.uint8)
RULES = Rules(roles=CARD.roles)
NESTING = Event(kind=EventKind.HEN_NESTING, camera="cam", nest="left", at=NOON, told_at=NOON, hens=("red_twin",))


@pytest.fixture
def store() -> FakeStore:
    """Red Twin has sat in the left nest since noon."""
    memory = Memory(
        camera="cam",
        nest="left",
        at=NOON + timedelta(minutes=5),
        labels=RULES.labels,
        joint=uninformed(RULES),
        rising=(None,) * len(RULES.labels),
        state="red_twin",
        since=NOON,
        visit=Visit(nest="left", hen="red_twin", began=NOON, ended=None, certainty=0.96),
    )
    return FakeStore(nests={"left": memory})


async def overview(
    store: FakeStore, folder: Path, corrected: Callable[[], None] = lambda: None
) -> tuple[Overview, Watch]:
    classifier = FakeClassifier(CARD)
    album = Album(folder)
    watch = Watch(
        settings=CameraSettings(name="cam", source="fake", nests=(NestSettings(name="left", region=LEFT),)),
        camera=FakeCamera("cam", []),
        classifier=classifier,
        store=store,
        model="hash",
        rules=RULES,
        clock=ManualClock(NOON),
        told=lambda: None,
        keep=album.keep,
    )
    await watch.restore()
    rounds = SimpleNamespace(watches=[watch])
    mind = SimpleNamespace(card=CARD, is_answering=False, restarts=2)
    told = Overview(
        rounds=rounds,
        current=lambda: mind,
        album=album,
        data_dir=folder,
        corrected=corrected,
        why_not=lambda: "no gain",
    )
    return told, watch


async def test_the_service_tells_how_it_does(store: FakeStore, tmp_path: Path) -> None:
    told, _ = await overview(store, tmp_path)
    service = told.service()
    assert (service.model, service.worker_answers, service.worker_restarts) == ("tiny 1", False, 2)
    assert service.free_bytes
    assert told.hens() == ["red_twin"]
    assert told.model() is CARD


async def test_what_the_model_learnt_is_told_and_why_the_last_words_taught_nothing(
    store: FakeStore, tmp_path: Path
) -> None:
    told, _ = await overview(store, tmp_path)
    assert (told.service().lesson, told.learning()) == ("", ["no gain"])
    learnt = Learnt(base="b", version="1", word=9, labels={"red_twin": 7}, photos=7, judged=7, right=6, before=3)
    mind = SimpleNamespace(card=CARD.model_copy(update={"learnt": learnt}), is_answering=True, restarts=0)
    told = replace(told, current=lambda: mind, why_not=lambda: "")
    line = "learnt from 7 photos that people named: 6 of 7 right, before 3 of 7"
    assert (told.service().lesson, told.learning()) == (line, [line])


@pytest.mark.parametrize("word", ["psycho", NOTHING])
async def test_a_persons_word_is_the_state_while_the_visit_lasts(store: FakeStore, tmp_path: Path, word: str) -> None:
    woken = asyncio.Event()
    told, _ = await overview(store, tmp_path, woken.set)
    told.correct(NESTING, word)
    assert woken.is_set(), "other chats are told at once"
    ((nest,),) = (status.nests for status in told.status())
    assert (nest.label, nest.certainty) == (word, 1.0)


async def test_a_word_about_an_earlier_visit_changes_no_state(store: FakeStore, tmp_path: Path) -> None:
    told, _ = await overview(store, tmp_path)
    told.correct(replace(NESTING, at=NOON - timedelta(hours=3)), "psycho")
    ((nest,),) = (status.nests for status in told.status())
    assert nest.label == "red_twin"


async def test_a_hen_who_sat_before_the_start_is_seen_once_her_nest_is_classified(
    store: FakeStore, tmp_path: Path
) -> None:
    told, watch = await overview(store, tmp_path)
    assert told.seen() == {}
    again = NOON + timedelta(minutes=6)
    watch._clock.hold(again)
    async with watch._classifier:
        await watch.take(Frame(camera="cam", taken_at=again, pixels=NOISE))
    assert told.seen() == {"red_twin": again}


async def test_a_persons_word_outlives_a_restart(store: FakeStore, tmp_path: Path) -> None:
    await store.save(store.nests["left"], [NESTING])
    (stored,) = await store.events_between(NOON, NOON + timedelta(seconds=1))
    await store.correct(stored.number, "psycho", by="telegram:5", at=NOON)
    told, _ = await overview(store, tmp_path)
    ((nest,),) = (status.nests for status in told.status())
    assert nest.label == "psycho"


async def test_scenes_show_the_nest_in_the_pictures_that_were_kept(store: FakeStore, tmp_path: Path) -> None:
    told, watch = await overview(store, tmp_path)
    assert told.scenes("left", timedelta(hours=1)).files == ()
    frame = Frame(camera="cam", taken_at=NOON, pixels=NOISE)
    async with watch._classifier:
        await watch.take(frame)
    scenes = told.scenes("left", timedelta(hours=1))
    assert ([file.name for file in scenes.files], scenes.region) == (["2026-06-21T12-00-00Z.jpg"], LEFT)
    assert told.scenes(None, timedelta(hours=1)).region is None
    assert told.scenes("roof", timedelta(hours=1)).files == ()
