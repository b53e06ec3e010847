import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.workbench.report.smooth import smooth


def test_each_value_is_four_fifths_of_the_one_before_and_a_fifth_of_its_own() -> None:
    assert smooth([1.0, 0.0, 0.0, 1.0]) == pytest.approx((1.0, 0.8, 0.64, 0.712))


@given(st.lists(st.floats(-100, 100)), st.floats(0, 1))
def test_a_smoothed_curve_stays_within_the_raw_one(values: list[float], share: float) -> None:
    smoothed = smooth(values, share)
    assert len(smoothed) == len(values)
    for value in smoothed:
        assert min(values) - 1e-9 <= value <= max(values) + 1e-9
