"""Clocks go wrong: what is refused, and what is kept."""

import pytest
from small_coop import at, play, shown

from coopwatch.core.time_order import begin_anew, is_set_back, time_fault


@pytest.mark.parametrize(
    ("taken", "last", "now", "words"),
    [
        pytest.param(10, None, 10, "", id="the first"),
        pytest.param(10, 9, 10, "", id="a newer one"),
        pytest.param(10, 10, 10, "came twice", id="a duplicate"),
        pytest.param(10.5, 9, 10, "", id="clocks differ a little"),
        pytest.param(12, 9, 10, "from the future", id="a camera's clock is ahead"),
        pytest.param(8, 9, 10, "older than the last one", id="a late one"),
    ],
)
def test_a_pictures_time_is_checked(taken: float, last: float | None, now: float, words: str) -> None:
    fault = time_fault(at(taken), None if last is None else at(last), at(now))
    assert words in fault
    assert bool(words) == bool(fault)


def test_a_clock_set_back_is_noticed() -> None:
    assert not is_set_back(None, at(0))
    assert not is_set_back(at(0.5), at(0))
    assert is_set_back(at(60), at(0))


def test_after_a_clock_was_set_back_only_what_lay_in_the_nest_is_kept() -> None:
    memory, _ = play(shown(("egg", 10), ("psycho", 10)))
    anew = begin_anew(memory)
    assert (anew.contents, anew.visit, anew.at) == ("egg", None, None)
