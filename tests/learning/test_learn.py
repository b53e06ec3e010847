"""Rules of learning: a new version is whole and better, or there is none; and the way back is open."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from fakes.lessons import NOW, answer_of, name_photo, order_of, publish_spoilt
from fakes.models import TinyNetwork

from coopwatch.errors import CannotLearnError, ModelError, UserMustActError
from coopwatch.learning.learn import MOST_VERSIONS, learn
from coopwatch.learning.order import Order
from coopwatch.learning.place import (
    Attempt,
    Verdict,
    learnt_model,
    model_in_use,
    read_attempt,
    require_teachable,
)
from coopwatch.store.lock import locked
from coopwatch.values import NOTHING
from coopwatch.vision.card import load_model_folder, version_names
from coopwatch.vision.examples import Examples, Labelled, examples_bytes
from coopwatch.vision.head import Head, head_bytes
from coopwatch.vision.probe import largest_difference, probe_answers
from coopwatch.vision.publish import activate, roll_back
from coopwatch.vision.versions import list_versions

WIDE = Labelled(features=np.ones((4, 9), np.float32), columns=np.arange(4))


@pytest.fixture
def model(tiny_network: TinyNetwork, tmp_path: Path) -> Path:
    """It takes each hen for the other."""
    return publish_spoilt(tmp_path / "models" / "tiny", tiny_network).path.parent


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def quietly(*_: int) -> None:
    """Nobody watches."""


def spoken(model: Path, data: Path) -> Order:
    """Two visits of Red Twin and an empty nest, named by a person."""
    words = [("red_twin", 1), ("red_twin", 2), (NOTHING, 3)]
    photos = [name_photo(data, label, visit=visit, word=visit) for label, visit in words]
    return order_of(model, data, *photos[::-1])


def test_a_correction_makes_a_version_that_names_her_right(model: Path, data: Path) -> None:
    before = {file: file.read_bytes() for file in model.rglob("*") if file.is_file()}
    base = load_model_folder(model)
    assert answer_of(model, "red_twin") == "beauty"
    outcome = learn(spoken(model, data), quietly)
    assert outcome.version == learnt_model(data) / "20260601T000000Z"
    folder = model_in_use(model, data)
    assert folder.path == outcome.version
    assert [answer_of(folder.path, hen) for hen in ("red_twin", "beauty", "egg", "empty")] == [
        "red_twin",
        "beauty",
        "egg",
        "empty",
    ]
    learnt = folder.card.learnt
    assert learnt is not None
    assert (learnt.base, learnt.version, learnt.word) == (base.hash, "1", 3)
    assert (learnt.labels, learnt.photos, learnt.judged) == ({"empty": 1, "red_twin": 2}, 3, 3)
    assert folder.card.labels == base.card.labels
    assert folder.card.metrics["right"] == folder.card.metrics["count"] == 16
    assert {file: file.read_bytes() for file in model.rglob("*") if file.is_file()} == before, "it may be read-only"
    assert read_attempt(data) == Attempt(word=3, base=base.hash, verdict=Verdict.LEARNT)


def test_the_way_back_is_open_and_doctor_can_compare_its_answers(model: Path, data: Path) -> None:
    from coopwatch.inference.engines.engine import build_engine  # noqa: PLC0415 (loads LiteRT's engine)
    from coopwatch.inference.plan import Plan  # noqa: PLC0415

    learn(spoken(model, data), quietly)
    folder = model_in_use(model, data)
    ours = probe_answers(build_engine(Plan.of(folder, "litert")).predict, folder.card.input)
    assert largest_difference(ours, folder.card.probe_answers) < 1e-3
    assert [version.is_active for version in list_versions(learnt_model(data))] == [False, True]
    assert roll_back(learnt_model(data)) == "1"
    assert model_in_use(model, data).hash == load_model_folder(model).hash


def test_a_later_lesson_knows_what_was_seen_before_though_the_photos_are_gone(model: Path, data: Path) -> None:
    first = spoken(model, data)
    learn(first, quietly)
    for photo in (data / "photos").rglob("*.jpg"):
        photo.unlink()
    wrong = name_photo(data, "red_twin", shows="beauty", visit=9, word=9)
    outcome = learn(replace(first, photos=(wrong, *first.photos), made=NOW + timedelta(hours=1)), quietly)
    assert outcome.figures is not None
    assert outcome.figures.lesson.photos == 4


def test_a_trained_model_that_takes_the_place_of_another_begins_anew(
    model: Path, data: Path, tiny_network: TinyNetwork
) -> None:
    learn(spoken(model, data), quietly)
    better = publish_spoilt(model, tiny_network, swapped=False, version="2")
    assert model_in_use(model, data).path == better.path
    activate(model, "1")
    assert model_in_use(model, data).card.learnt is not None, "and going back to it finds what was learnt onto it"


def test_words_that_teach_nothing_leave_the_model_as_it_is_and_are_remembered(
    data: Path, tmp_path: Path, tiny_network: TinyNetwork
) -> None:
    model = publish_spoilt(tmp_path / "models" / "tiny", tiny_network, swapped=False).path.parent
    order = order_of(model, data, name_photo(data, "red_twin", word=7))
    assert learn(order, quietly).verdict is Verdict.NO_GAIN
    assert model_in_use(model, data) == load_model_folder(model)
    assert read_attempt(data) == Attempt(word=7, base=load_model_folder(model).hash, verdict=Verdict.NO_GAIN)
    gone = replace(order, photos=(replace(order.photos[0], photo="photos/gone.jpg", word=8),))
    assert learn(gone, quietly).figures is None


def test_so_many_versions_are_kept_and_what_a_killed_process_left_is_swept_away(model: Path, data: Path) -> None:
    order = spoken(model, data)
    for day in range(MOST_VERSIONS + 3):
        learn(replace(order, made=NOW + timedelta(days=day)), quietly)
        activate(learnt_model(data), "1")
        (learnt_model(data) / ".partial-x").mkdir()
    learn(replace(order, made=NOW + timedelta(days=30)), quietly)
    names = version_names(learnt_model(data))
    assert len(names) == MOST_VERSIONS + 2  # the one that was trained, and the newest
    assert names[0] == "1"
    assert not (learnt_model(data) / ".partial-x").exists()


@pytest.mark.parametrize("missing", ["features.npz", "head.npz"])
def test_a_model_that_no_correction_can_change_says_how_to_get_one(
    model: Path, data: Path, tiny_network: TinyNetwork, missing: str
) -> None:
    base = load_model_folder(model)
    files = {name: base.file(name).read_bytes() for name in base.card.files if name != missing}
    other = tiny_network.publish(model.parent / "other", base.card, files=files)
    with pytest.raises(CannotLearnError, match=rf"without {missing}.*coopwatch train.*learn: false"):
        learn(order_of(other.path.parent, data), quietly)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("features.npz", b"no archive"),
        ("features.npz", examples_bytes(Examples(learn=WIDE, aside=WIDE, photos={}))),
        ("head.npz", head_bytes(Head(weights=np.zeros((7, 4), np.float32), bias=np.zeros(4, np.float32)))),
        ("head.npz", head_bytes(Head(weights=np.zeros((4, 3), np.float32), bias=np.zeros(3, np.float32)))),
    ],
    ids=["damaged", "features of another network", "a head of another network", "a head of other labels"],
)
def test_parts_that_are_damaged_or_of_other_models_are_refused_and_nothing_is_published(
    model: Path, data: Path, tiny_network: TinyNetwork, name: str, content: bytes
) -> None:
    base = load_model_folder(model)
    files = {part: base.file(part).read_bytes() for part in base.card.files} | {name: content}
    other = tiny_network.publish(model.parent / "other", base.card, files=files)
    with pytest.raises(ModelError, match="train the model again"):
        learn(order_of(other.path.parent, data, name_photo(data, "red_twin")), quietly)
    assert version_names(learnt_model(data)) == []
    assert read_attempt(data) is None


def test_neither_another_engine_nor_what_was_learnt_itself_can_be_taught(model: Path, data: Path) -> None:
    learn(spoken(model, data), quietly)
    with pytest.raises(CannotLearnError, match="engine: received tensorflow"):
        require_teachable(load_model_folder(model), "tensorflow", data)
    with pytest.raises(CannotLearnError, match="which was learnt from corrections"):
        learn(order_of(learnt_model(data), data), quietly)


def test_two_do_not_learn_at_once(model: Path, data: Path) -> None:
    with locked(learnt_model(data)), pytest.raises(UserMustActError, match="another coopwatch uses"):
        learn(spoken(model, data), quietly)


def test_a_learnt_version_that_is_damaged_is_not_used(model: Path, data: Path) -> None:
    learn(spoken(model, data), quietly)
    (model_in_use(model, data).path / "head.npz").write_bytes(b"damage")
    assert model_in_use(model, data) == load_model_folder(model)


def test_a_data_folder_that_one_may_not_enter_holds_nothing_learnt(
    model: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`replay` may be run by another user than the service."""

    def refuse(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    learn(spoken(model, data), quietly)
    base = load_model_folder(model)
    monkeypatch.setattr(Path, "is_file", lambda path: refuse(path) if path.is_relative_to(data) else path.exists())
    assert model_in_use(model, data) == base


Broken = Callable[..., object]


@pytest.mark.parametrize("good", range(13))
def test_on_a_full_disk_what_was_in_use_stays_and_the_words_are_not_lost(
    model: Path, data: Path, monkeypatch: pytest.MonkeyPatch, good: int
) -> None:
    """The disk is full after so many whole files; a lesson writes twelve."""
    order, written = spoken(model, data), iter(range(good))
    real: dict[str, Broken] = {}

    def write(path: Path, content: bytes) -> None:
        if next(written, None) is None:
            raise OSError(28, "No space left on device")
        real["write"](path, content)

    for module in ("coopwatch.vision.publish", "coopwatch.learning.place"):
        real["write"] = sys.modules[module].write_whole
        monkeypatch.setattr(f"{module}.write_whole", write)
    if good >= 11:
        assert learn(order, quietly).verdict is Verdict.LEARNT
        assert (read_attempt(data) is None) == (good == 11), "it is learnt once more at the next start"
        return
    with pytest.raises(ModelError, match="No space left"):
        learn(order, quietly)
    assert read_attempt(data) is None
    assert not [*learnt_model(data).glob(".partial-*")]
    assert model_in_use(model, data).hash == load_model_folder(model).hash


KILLED = """
import os, pickle, sys
from coopwatch.learning import learn, place
from coopwatch.vision import publish
left = int(sys.argv[1])
real = publish.write_whole
def write(path, data):
    global left
    left -= 1
    if left < 0:
        path.with_name(".half").write_bytes(data[: len(data) // 2])
        os._exit(9)
    real(path, data)
publish.write_whole = place.write_whole = write
learn.learn(pickle.load(sys.stdin.buffer), lambda *_: None)
"""


@pytest.mark.parametrize("good", [0, 4, 6, 9])
def test_killed_in_the_middle_no_half_version_is_ever_active_and_the_next_time_it_is_learnt(
    model: Path, data: Path, good: int
) -> None:
    import pickle  # noqa: PLC0415

    order = spoken(model, data)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(good)], input=pickle.dumps(order), check=False)
    assert killed.returncode == 9
    assert model_in_use(model, data).hash == load_model_folder(model).hash
    assert learn(replace(order, made=NOW + timedelta(hours=1)), quietly).verdict is Verdict.LEARNT
    assert answer_of(model_in_use(model, data).path, "red_twin") == "red_twin"
    assert not [*learnt_model(data).glob(".partial-*")]
