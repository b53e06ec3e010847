"""When a config file is read anew: whole, once, and never half-written."""

import pytest

from coopwatch.config.saved import STILL, STILL_IN_A_LINE, Saved, Stillness


def saved(version: int, *, whole: bool = True) -> Saved:
    return Saved(stamp=(1, version, 1), ends_a_line=whole)


OLD, NEW, NEWER, HALF = saved(1), saved(2), saved(3), saved(4, whole=False)


def readings(*looks: tuple[float, Saved | None]) -> list[float]:
    """The times at which the file is read, of looks at a file of which OLD was read before."""
    stillness = Stillness(taken=OLD)
    return [now for now, seen in looks if stillness.look(seen, now)]


@pytest.mark.parametrize(
    ("looks", "read_at"),
    [
        ([(0, OLD), (60, OLD)], []),
        ([(0, OLD), (1, NEW), (1 + STILL, NEW), (60, NEW)], [1 + STILL]),
        ([(0, NEW), (1, NEWER), (2, NEW), (3, NEW), (4, NEW)], [4]),  # saved again and again: the last one counts
        ([(0, NEW), (1, None), (2, NEW), (3, NEW), (4, NEW)], [4]),  # gone while it is being replaced
        ([(0, None), (60, None)], []),
        ([(0, HALF), (STILL, HALF), (STILL_IN_A_LINE, HALF)], [STILL_IN_A_LINE]),
        ([(0, HALF), (5, NEW), (5 + STILL, NEW)], [5 + STILL]),  # the other half came
        ([(0, NEW), (STILL, NEW), (9, OLD), (9 + STILL, OLD)], [STILL, 9 + STILL]),  # back to what it was
    ],
)
def test_a_file_is_read_when_it_lies_still(looks: list[tuple[float, Saved | None]], read_at: list[float]) -> None:
    assert readings(*looks) == read_at


def test_who_asks_gets_an_unchanged_file_read_at_once_and_a_new_one_when_it_lies_still() -> None:
    stillness = Stillness(taken=OLD)
    assert stillness.look(OLD, 0, asked=True)
    assert not stillness.look(NEW, 1, asked=True)
    assert stillness.look(NEW, 1 + STILL, asked=True)
