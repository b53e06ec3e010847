import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.values import Pixels, Region
from coopwatch.vision.annotate import draw_answer, draw_title, mark_region

NEST = Region(left=0.5, top=0.25, right=0.9, bottom=0.75)


def grey(height: int = 400, width: int = 640, value: int = 128) -> Pixels:
    return np.full((height, width, 3), value, dtype=np.uint8)


def drawn(before: Pixels, after: Pixels) -> tuple[int, int, int, int]:
    """The box (left, top, right, bottom) of what was changed."""
    rows, columns = np.nonzero((before != after).any(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


@given(
    st.integers(1, 500),
    st.integers(1, 500),
    st.text(max_size=60),
    st.lists(st.floats(0, 1), min_size=2, max_size=2, unique=True).map(sorted),
    st.booleans(),
    st.lists(st.text(max_size=60), max_size=3),
)
def test_any_text_can_be_drawn_on_any_picture(
    height: int, width: int, text: str, edges: list[float], with_region: bool, more: list[str]
) -> None:
    region = Region(left=edges[0], top=edges[0], right=edges[1], bottom=edges[1]) if with_region else None
    result = draw_answer(grey(height, width), text, region, more=more)
    assert result.dtype == np.uint8
    assert result.shape[1] / result.shape[0] == pytest.approx(width / height)


def test_the_picture_given_stays_as_it_was() -> None:
    picture = grey()
    draw_answer(picture, "egg: 99.0 %", NEST)
    assert np.array_equal(picture, grey())


@pytest.mark.parametrize("value", [0, 128, 255])
def test_the_text_stands_out_on_dark_grey_and_bright(value: int) -> None:
    picture = grey(value=value)
    result = draw_answer(picture, "red_twin: 79.3 %")
    left, top, right, bottom = drawn(picture, result)
    strip = result[top : bottom + 1, left : right + 1]
    assert strip.min() < 40
    assert strip.max() > 215


def test_the_frame_lies_on_the_nest_and_nothing_is_drawn_elsewhere() -> None:
    assert drawn(grey(), mark_region(grey(), NEST)) == (320, 100, 575, 299)


def test_text_that_would_be_cut_moves_left() -> None:
    corner = Region(left=0.95, top=0.9, right=1, bottom=1)
    left, _, right, bottom = drawn(grey(), draw_answer(grey(), "light_back: 55.0 %", corner))
    assert left < 500
    assert (right, bottom) == (639, 399)


def test_letters_grow_with_the_picture() -> None:
    boxes = [drawn(grey(size, size), draw_answer(grey(size, size), "egg")) for size in (400, 1600)]
    heights = [bottom - top for _, top, _, bottom in boxes]
    assert heights[1] > 3 * heights[0]


def test_smaller_lines_stand_below_the_answer_where_they_fit() -> None:
    heights = [
        drawn(grey(height), draw_answer(grey(height), "red_twin: 79.3 %", more=["red_star: 18.4 %"] * lines))[3]
        for height, lines in [(400, 0), (400, 1), (400, 2), (30, 0), (30, 2)]
    ]
    assert heights[0] < heights[1] < heights[2] < 100
    assert heights[3] == heights[4]


def test_of_a_name_that_is_too_long_both_ends_are_kept() -> None:
    answer = draw_answer(grey(), f"{'x' * 200}: 79.3 %")
    assert drawn(grey(), answer)[2] < 640
    right = answer[:40, 540:]
    assert right.max() > 215  # the probability is written where the strip ends


def test_a_tiny_picture_is_enlarged_until_text_can_be_read() -> None:
    assert draw_answer(grey(32, 32), "egg: 99.0 %").shape == (320, 320, 3)


def test_a_title_lies_along_the_lower_edge_of_any_picture() -> None:
    for height, width in ((400, 640), (320, 1280), (1280, 320)):
        left, top, right, bottom = drawn(grey(height, width), draw_title(grey(height, width), "Red Twin"))
        assert (left, right, bottom) == (0, width - 1, height - 1)
        assert top > 0.8 * height
