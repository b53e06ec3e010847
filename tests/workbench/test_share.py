import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from coopwatch.workbench.share import Share


@given(st.integers(1, 5_000).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_interval_is_that_of_wilson(counts: tuple[int, int]) -> None:
    hits, count = counts
    theirs = binomtest(hits, count).proportion_ci(method="wilson")
    assert Share(hits=hits, count=count).interval == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_of_nothing_nothing_is_known() -> None:
    nothing = Share(hits=0, count=0)
    assert (nothing.value, nothing.interval) == (0.0, (0.0, 1.0))


def test_a_share_is_said_with_its_counts() -> None:
    assert str(Share(hits=23, count=26)) == "23 of 26 (88.5 %; 95 % sure: 71 % to 96 %)"
