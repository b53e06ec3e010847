"""What is asked next: alike pictures together, the least sure and the drawn ones in turn."""

import tracemalloc

import numpy as np
import pytest

from coopwatch.workbench.labelling.batch import MOST, Alike

LABELS = ("red_twin", "egg", "empty")
TRUE = np.repeat(np.arange(3), 30)


def features(spread: float = 0.3, dimensions: int = 12) -> np.ndarray:
    """30 pictures of each label around a point of its own; `spread` is how far they scatter."""
    rng = np.random.default_rng(5)
    centres = 3 * np.eye(3, dimensions)
    return (centres[TRUE] + rng.normal(0, spread, (len(TRUE), dimensions))).astype(np.float32)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_before_two_labels_are_known_the_many_alike_come_first_and_nothing_is_guessed() -> None:
    batch = Alike(features()).next_batch({}, frozenset(), 0, rng())
    assert batch is not None
    assert batch.guess is None
    assert len(batch.rows) == len(set(batch.rows)) == MOST
    assert len({TRUE[row] for row in batch.rows}) == 1


@pytest.mark.parametrize("turn", [0, 1])
def test_a_guess_comes_from_what_was_said_and_all_of_a_batch_are_guessed_alike(turn: int) -> None:
    said = {row: LABELS[TRUE[row]] for row in range(0, 90, 10)}
    batch = Alike(features()).next_batch(said, frozenset(), turn, rng())
    assert batch is not None
    assert batch.is_by_chance == (turn == 1)
    assert {LABELS[TRUE[row]] for row in batch.rows} == {batch.guess}
    assert not set(batch.rows) & set(said)


def test_the_least_sure_picture_is_asked_about_when_it_is_not_chances_turn() -> None:
    given = features(spread=0.1)
    given[17] = (given[TRUE == 0].mean(axis=0) + given[TRUE == 1].mean(axis=0)) / 2  # between two labels
    said = {row: LABELS[TRUE[row]] for row in range(0, 90, 10)}
    batch = Alike(given).next_batch(said, frozenset(), 2, rng())
    assert batch is not None
    assert batch.rows[0] == 17
    assert len({TRUE[row] for row in batch.rows[1:]}) == 1  # and not of both that it is like


def test_pictures_that_are_not_alike_are_not_asked_about_together() -> None:
    given = features()
    given[4] = -given[4]
    batch = Alike(given).next_batch({}, frozenset(set(range(90)) - {4, 40, 41}), 0, rng())
    assert batch is not None
    assert 4 not in batch.rows


def test_what_was_put_aside_is_not_asked_about_and_at_last_nothing_is() -> None:
    alike = Alike(features())
    batch = alike.next_batch({0: "egg"}, frozenset(range(1, 89)), 0, rng())
    assert batch is not None
    assert batch.rows == (89,)
    assert alike.next_batch({0: "egg"}, frozenset(range(1, 90)), 0, rng()) is None


def test_one_picture_alone_and_pictures_that_are_all_the_same_can_be_asked_about() -> None:
    one = Alike(np.ones((1, 4), np.float32)).next_batch({}, frozenset(), 0, rng())
    same = Alike(np.ones((5, 4), np.float32)).next_batch({}, frozenset(), 0, rng())
    assert one is not None
    assert same is not None
    assert (one.rows, len(same.rows)) == ((0,), 1)  # without a difference, nothing says that they are alike


def test_features_of_more_directions_than_are_looked_at_tell_the_same_pictures_apart() -> None:
    wide = np.random.default_rng(1).normal(0, 0.02, (400, 300)).astype(np.float32)
    wide[:200, 0] += 3
    batch = Alike(wide).next_batch({}, frozenset(), 0, rng())
    assert batch is not None
    assert len(batch.rows) == MOST
    assert len({row < 200 for row in batch.rows}) == 1


def test_many_pictures_are_not_all_compared_with_each_other() -> None:
    alike = Alike(np.random.default_rng(1).normal(0, 1, (6_000, 8)).astype(np.float32))
    tracemalloc.start()
    alike.next_batch({}, frozenset(), 0, rng())
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 100e6  # each with each would be 144 MB, and twice that to sort; of 20,000 pictures, 3 GB
