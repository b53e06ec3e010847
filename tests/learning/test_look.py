"""Rules of looking at named photos: the nest alone, once, and nothing that is not there."""

from pathlib import Path

import numpy as np
import pytest
from fakes.lessons import LABELS, NEST, name_photo, picture, publish_spoilt
from fakes.models import TinyNetwork

from coopwatch.learning.look import look_at, to_named
from coopwatch.values import NOTHING, NamedPhoto
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.photo import encode_photo
from coopwatch.vision.picture import encode_jpeg


@pytest.fixture
def base(tiny_network: TinyNetwork, tmp_path: Path) -> ModelFolder:
    return publish_spoilt(tmp_path / "models" / "tiny", tiny_network)


def test_the_nest_of_a_photo_is_looked_at_and_not_what_is_beside_it(base: ModelFolder, tmp_path: Path) -> None:
    inside = picture("beauty", 3, size=(96, 128))
    for name, beside in (("a", "empty"), ("b", "egg")):
        wide = picture(beside, 4, size=(96, 256))
        wide[:, 64:192] = inside
        (tmp_path / f"{name}.jpg").write_bytes(encode_photo(wide, NEST))
    seen = look_at(["a.jpg", "b.jpg"], base, tmp_path, {}, lambda *_: None)
    assert seen["a.jpg"] == pytest.approx(seen["b.jpg"], abs=0.05)


def test_what_is_gone_damaged_or_without_its_nests_place_is_passed_over(base: ModelFolder, tmp_path: Path) -> None:
    good = name_photo(tmp_path, "beauty").photo
    (tmp_path / "cut.jpg").write_bytes((tmp_path / good).read_bytes()[:300])
    (tmp_path / "old.jpg").write_bytes(encode_jpeg(picture("beauty", 1)))
    steps: list[tuple[int, int]] = []
    photos = ["gone.jpg", "cut.jpg", "old.jpg", good]
    assert list(look_at(photos, base, tmp_path, {}, lambda *step: steps.append(step))) == [good]
    assert steps == [(done, 4) for done in range(5)]


def test_what_was_seen_before_is_not_looked_at_again(base: ModelFolder, tmp_path: Path) -> None:
    known = {"gone.jpg": np.ones(4, np.float32)}
    assert look_at(["gone.jpg"], base, tmp_path, known, lambda *_: None) == known


def test_a_word_that_the_model_has_no_label_for_is_left_out_and_nothing_may_be_an_egg(base: ModelFolder) -> None:
    words = [("a", "beauty"), ("b", "a_hen_of_another_model"), ("c", NOTHING), ("unseen", "red_twin")]
    photos = [NamedPhoto(photo=path, label=label, visit=8, word=1) for path, label in words]
    named, labels = to_named(photos, dict.fromkeys("abc", np.ones(4, np.float32)), base.card)
    assert labels == ["beauty", NOTHING]
    assert [[LABELS[place] for place in np.flatnonzero(mask)] for mask in named.accepted] == [
        ["beauty"],
        ["egg", "empty"],
    ]
    nobody, _ = to_named(photos, {}, base.card)
    assert (nobody.features.shape[0], nobody.accepted.shape, nobody.visits.shape) == (0, (0, 4), (0,))
