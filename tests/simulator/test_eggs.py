import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.simulator.eggs import egg_places


@given(st.integers(0, 10_000), st.integers(0, 9))
def test_eggs_never_lie_in_one_another_and_stay_where_they_are(seed: int, count: int) -> None:
    places = egg_places(np.random.default_rng(seed), count + 1)
    assert egg_places(np.random.default_rng(seed), count) == places[:count]
    gaps = [math.dist(a[:2], b[:2]) for i, a in enumerate(places) for b in places[i + 1 :]]
    assert all(gap > 0.3 for gap in gaps)
    assert all(math.hypot(x, y) < 1.6 for x, y, _ in places)
