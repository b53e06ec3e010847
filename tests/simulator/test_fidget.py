from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from coopwatch.simulator.fidget import ENTRY, sitting_at
from coopwatch.simulator.schedule import Stay

BEGAN = datetime(2026, 5, 1, 6, tzinfo=UTC)
STAY = Stay(nest="left", hen="beauty", began=BEGAN, ended=BEGAN + timedelta(minutes=40))


@given(st.integers(1, 99))
def test_a_hen_slides_in_and_out_within_seconds(seed: int) -> None:
    outside, halfway = (sitting_at(seed, STAY, at).down for at in (STAY.began - ENTRY, STAY.began))
    assert outside >= 200
    assert 60 <= halfway <= 110
    assert sitting_at(seed, STAY, STAY.ended + ENTRY).down >= 200


@given(st.integers(1, 99), st.floats(2, 2398))
def test_while_she_stays_enough_of_her_is_seen_to_name_her(seed: int, seconds: float) -> None:
    sitting = sitting_at(seed, STAY, BEGAN + timedelta(seconds=seconds))
    assert sitting.down <= 110
    assert abs(sitting.right) < 80


def test_she_moves_in_the_course_of_a_stay() -> None:
    poses = {sitting_at(1, STAY, BEGAN + timedelta(minutes=minute)).pose for minute in range(40)}
    assert len(poses) > 5
