from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from coopwatch.inference.supervisor import pause

chances = st.floats(0, 1, exclude_max=True)


@given(st.integers(0, 10_000), chances)
def test_a_pause_is_never_longer_than_a_quarter_of_a_minute_and_never_nothing(losses: int, chance: float) -> None:
    assert timedelta(milliseconds=50) <= pause(losses, chance) <= timedelta(seconds=15)


@given(st.integers(0, 6), chances)
def test_each_loss_in_a_row_doubles_the_pause(losses: int, chance: float) -> None:
    rounding = timedelta(microseconds=2)
    assert abs(pause(losses + 1, chance) - 2 * pause(losses, chance)) < rounding


def test_workers_that_were_lost_together_do_not_start_together() -> None:
    assert pause(3, 0.1) != pause(3, 0.9)
