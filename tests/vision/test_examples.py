"""Rules of what a model keeps of what it learnt from: bounded, whole, and never taken from a file that lies."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.errors import ModelError
from coopwatch.vision.examples import Examples, Labelled, examples_bytes, read_examples

LEARN = Labelled(features=np.arange(12, dtype=np.float32).reshape(4, 3), columns=np.array([0, 1, 1, 0]))
ASIDE = Labelled(features=np.ones((2, 3), np.float32), columns=np.array([1, 0]))
PHOTOS = {"photos/ab/abc.jpg": np.array([0.5, 2, 3], np.float32)}


def test_examples_read_back_as_they_were_written(tmp_path: Path) -> None:
    (tmp_path / "f.npz").write_bytes(examples_bytes(Examples(learn=LEARN, aside=ASIDE, photos=PHOTOS)))
    found = read_examples(tmp_path / "f.npz", width=3, labels=2)
    for read, written in ((found.learn, LEARN), (found.aside, ASIDE)):
        assert np.array_equal(read.features, written.features)
        assert np.array_equal(read.columns, written.columns)
    assert {photo: row.tolist() for photo, row in found.photos.items()} == {"photos/ab/abc.jpg": [0.5, 2, 3]}


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(1, 9))
def test_of_each_label_at_most_so_many_are_taken_from_first_to_last(columns: list[int], most: int) -> None:
    features = np.arange(len(columns), dtype=np.float32)[:, np.newaxis]
    rows = Labelled.spread(features, np.array(columns, np.intp), most)
    for label in set(columns):
        places = [place for place, column in enumerate(columns) if column == label]
        taken = rows.features[rows.columns == label, 0].astype(int).tolist()
        assert len(taken) == len(set(taken)) == min(most, len(places))
        assert set(taken) <= set(places)
        assert most == 1 or (taken[0], taken[-1]) == (places[0], places[-1])


def file(**changed: object) -> bytes:
    arrays = {
        "features": np.ones((4, 3), np.float16),
        "columns": np.array([0, 1, 0], np.int16),
        "learn": np.int64(2),
        "photos": np.array(["a.jpg"]),
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **(arrays | changed))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "File is not a zip file"),
        (file()[:200], "received"),
        (file(features=np.ones((4, 3), object)), "allow_pickle"),
        (file(features=np.ones(4)), "shapes"),
        (file(features=np.ones((4, 2))), "shapes"),
        (file(features=np.full((4, 3), np.nan)), "not finite"),
        (file(features=np.ones((5, 3))), "5 rows for 3 labels and 1 photos"),
        (file(features=np.zeros((9_000_000, 1))), "72 MB of numbers"),
        (file(columns=np.array([0, 2, 0])), "each of 2 is needed"),
        (file(columns=np.array([0, -1, 0])), "each of 2 is needed"),
        (file(columns=np.array([0, 1, 7])), "each of 2 is needed"),
        (file(columns=np.array([0, 0, 1])), "each of 2 is needed"),  # one is kept aside alone
        (file(columns=np.array(["x", "y", "z"])), "received"),
        (file(learn=np.int64(9)), "4 rows"),
        (file(learn=np.int64(-1)), "4 rows"),
        (file(learn=np.array([1, 2])), "received"),
        (file(photos=np.array([1])), "shapes"),
    ],
)
def test_a_file_that_is_damaged_or_lies_is_refused_by_name(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "features.npz").write_bytes(data)
    with pytest.raises(ModelError, match=r"features\.npz: received .*coopwatch train") as refused:
        read_examples(tmp_path / "features.npz", width=3, labels=2)
    assert words in str(refused.value)


def test_a_model_without_examples_is_told_how_to_get_them(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train the model again"):
        read_examples(tmp_path / "features.npz", width=3, labels=2)
