import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.cameras.pauses import pause_seconds


@pytest.mark.parametrize(("failures", "most"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 4), (6, 16), (7, 30), (10_000, 30)])
def test_pauses_double_from_the_second_failure_and_chance_takes_half_at_most(failures: int, most: float) -> None:
    pauses = [pause_seconds(failures) for _ in range(50)]
    assert most / 2 <= min(pauses) <= max(pauses) <= most


@given(failures=st.integers(0, 10**6), longest=st.floats(0, 600))
def test_no_pause_is_longer_than_the_longest(failures: int, longest: float) -> None:
    assert 0 <= pause_seconds(failures, longest=longest) <= longest
