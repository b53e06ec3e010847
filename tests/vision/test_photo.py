"""Rules of event photos: kept clean, with the nest's place, which frames them when they are shown."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from coopwatch.errors import PictureError
from coopwatch.values import Region
from coopwatch.vision.annotate import mark_region
from coopwatch.vision.photo import decode_photo, encode_photo, read_photo
from coopwatch.vision.picture import encode_jpeg

GREY = np.full((48, 64, 3), 90, np.uint8)
edges = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted).filter(lambda pair: pair[0] < pair[1])


@given(edges, edges)
def test_the_nests_place_comes_back_as_it_was(across: list[float], down: list[float]) -> None:
    region = Region(left=across[0], right=across[1], top=down[0], bottom=down[1])
    photo = decode_photo(encode_photo(GREY, region))
    assert photo.region == region
    assert np.abs(photo.pixels.astype(int) - 90).max() <= 1, "nothing is drawn on it"


def test_a_photo_is_shown_with_its_nest_framed_and_one_of_no_nest_as_it_is() -> None:
    region = Region(left=0.1, top=0.2, right=0.6, bottom=0.9)
    photo = decode_photo(encode_photo(GREY, region))
    assert np.array_equal(photo.framed, mark_region(photo.pixels, region))
    whole = decode_photo(encode_photo(GREY, None))
    assert whole.region is None
    assert whole.framed is whole.pixels


@pytest.mark.parametrize("comment", [b"", b"by a camera", b"coopwatch nest 0 0", b"coopwatch nest 0 0 nan 1", b"\xff"])
def test_the_comment_of_another_program_is_no_place(comment: bytes) -> None:
    assert decode_photo(encode_jpeg(GREY, comment=comment)).region is None


def test_a_photo_of_another_kind_of_file_has_no_place_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    Image.fromarray(GREY).save(tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png").region is None
    (tmp_path / "b.jpg").write_bytes(encode_photo(GREY, None)[:200])
    with pytest.raises(PictureError, match=r"b\.jpg: received"):
        read_photo(tmp_path / "b.jpg")
