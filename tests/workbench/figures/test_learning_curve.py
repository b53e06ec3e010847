import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coopwatch.workbench.figures.learning_curve import Labelled, LearningPoint, learning_curve
from coopwatch.workbench.progress import Silent


def coloured(counts: tuple[int, ...], *, seed: int, spread: float = 0.6) -> Labelled:
    """`counts` pictures of each label; the label's own feature is 1, with noise on all of them."""
    true = np.repeat(np.arange(len(counts)), counts)
    noise = np.random.default_rng(seed).normal(0, spread, (len(true), len(counts)))
    return Labelled(features=(np.eye(len(counts))[true] + noise).astype(np.float32), true=true)


def test_more_photos_name_more_and_the_last_point_has_all_of_them() -> None:
    points = learning_curve(coloured((30, 40), seed=1), coloured((50, 50), seed=2), 2, seed=0, progress=Silent())
    assert [point.photos for point in points] == [1, 2, 3, 5, 10, 20, 40]
    assert [point.learnt_from for point in points] == [2, 4, 6, 10, 20, 40, 70]
    assert [len(point.right) for point in points] == [5, 5, 5, 5, 5, 5, 1]
    assert points[-1].mean > points[0].mean
    assert points[-1].count == 100


@settings(max_examples=10)
@given(st.integers(0, 99))
def test_the_same_seed_gives_the_same_curve(seed: int) -> None:
    learnt, tested = coloured((4, 6), seed=1), coloured((5, 5), seed=2)
    first, second = (learning_curve(learnt, tested, 2, seed=seed, progress=Silent()) for _ in range(2))
    assert first == second


def test_a_point_tells_the_mean_and_both_ends_of_its_draws() -> None:
    point = LearningPoint(photos=2, learnt_from=4, right=(6, 9, 9), count=10)
    assert (point.mean, point.lowest, point.highest) == (0.8, 6, 9)
