import numpy as np
import pytest

from coopwatch.vision.sheet import draw_sheet

GREEN = np.full((20, 60, 3), (0, 200, 0), np.uint8)


@pytest.mark.parametrize(
    ("count", "size"), [(1, (152, 128)), (9, (152, 9 * 128)), (10, (2 * 152, 9 * 128))], ids=["one", "a row", "two"]
)
def test_the_sheet_is_as_large_as_its_rows(count: int, size: tuple[int, int]) -> None:
    assert draw_sheet([("", GREEN)] * count).shape == (*size, 3)


def test_a_picture_keeps_its_proportions_and_lies_in_the_middle_of_its_cell() -> None:
    sheet = draw_sheet([("", GREEN)], cell=(60, 60))
    green = np.argwhere((sheet == (0, 200, 0)).all(axis=2))
    assert green.min(axis=0).tolist() == [18, 0]
    assert green.max(axis=0).tolist() == [37, 59]


def test_a_title_stays_above_its_own_picture() -> None:
    sheet = draw_sheet([("a very long title " * 9, GREEN), ("", GREEN)], heading="all\nof it", cell=(60, 60))
    title = sheet[30:48]
    assert (title[:, :60] < 128).any()
    assert (title[:, 60:] == 255).all()
