"""Rules of learning from words: unseen photos judge, nothing else gets worse, and no word is overwritten."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopwatch.core.lesson import Lesson
from coopwatch.learning.place import Verdict
from coopwatch.learning.teach import Named, teach
from coopwatch.vision.examples import Examples, Labelled
from coopwatch.vision.fit_head import fit_head
from coopwatch.vision.head import Head

LABELS, WIDTH = 4, 60
CENTRES = np.random.default_rng(1).normal(0, 1, (LABELS, WIDTH))
NEW_LIGHT = (CENTRES[3] - CENTRES[0]) / 2 + np.random.default_rng(7).normal(0, 0.8, WIDTH)


def seen(columns: np.ndarray, seed: int, light: float = 0.0) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 0.5, (len(columns), WIDTH))
    return (CENTRES[columns] + noise + light * NEW_LIGHT + 5).astype(np.float32)


def labelled(each: int, seed: int) -> Labelled:
    columns = np.arange(each * LABELS) % LABELS
    return Labelled(features=seen(columns, seed), columns=columns)


EXAMPLES = Examples(learn=labelled(20, 3), aside=labelled(30, 4), photos={})
TRAINED = fit_head(EXAMPLES.learn.features, EXAMPLES.learn.columns, LABELS)
SPOILT = Head(weights=TRAINED.weights[:, [1, 0, 2, 3]], bias=TRAINED.bias[[1, 0, 2, 3]])


def named(shown: list[int], said: list[int] | None = None, *, visits: int | None = None, light: float = 0.0) -> Named:
    columns = np.array(shown)
    return Named(
        features=seen(columns, 9, light),
        accepted=np.eye(LABELS, dtype=np.bool_)[shown if said is None else said],
        visits=np.arange(len(shown)) % (visits or len(shown)),
    )


def test_a_hen_that_the_trained_model_takes_for_another_is_learnt_and_the_figures_are_of_unseen_visits() -> None:
    taught = teach(EXAMPLES, named([0, 0, 1, 0, 2]), base=SPOILT, in_use=SPOILT)
    assert taught.figures.verdict is Verdict.LEARNT
    assert taught.figures.lesson == Lesson(photos=5, judged=5, right=5, before=1)
    assert (taught.figures.aside, taught.figures.aside_before, taught.figures.aside_right) == (120, 60, 120)


def test_a_light_that_the_training_never_saw_is_learnt_from_what_people_named() -> None:
    photos = named([0, 1, 2, 3] * 5, light=1.5)
    before = int(photos.right(TRAINED).sum())
    taught = teach(EXAMPLES, photos, base=TRAINED, in_use=TRAINED)
    assert taught.figures.verdict is Verdict.LEARNT
    assert taught.figures.lesson.right > before + 4
    other = named([3, 2, 1, 0] * 5, light=1.5)
    assert other.right(taught.head).sum() > before + 4


def test_the_photos_of_one_visit_teach_but_judge_nothing() -> None:
    taught = teach(EXAMPLES, named([0, 0], visits=1), base=SPOILT, in_use=SPOILT)
    assert taught.figures.verdict is Verdict.LEARNT
    assert taught.figures.lesson == Lesson(photos=2, judged=0, right=0, before=0)


def test_what_the_model_named_right_already_changes_nothing() -> None:
    taught = teach(EXAMPLES, named([0, 1, 2, 3]), base=TRAINED, in_use=TRAINED)
    assert taught.figures.verdict is Verdict.NO_GAIN


def test_what_was_learnt_already_is_not_learnt_again() -> None:
    photos = named([0, 0, 1])
    first = teach(EXAMPLES, photos, base=SPOILT, in_use=SPOILT)
    assert teach(EXAMPLES, photos, base=SPOILT, in_use=first.head).figures.verdict is Verdict.NO_GAIN


def test_words_that_contradict_what_the_training_shows_are_not_taken() -> None:
    photos = named([0, 1, 2, 3] * 20, [1, 2, 3, 0] * 20)
    taught = teach(EXAMPLES, photos, base=TRAINED, in_use=TRAINED)
    assert taught.figures.aside_right < taught.figures.aside_before - taught.figures.aside // 50
    assert taught.figures.verdict is Verdict.WORSE


@pytest.mark.parametrize("shown", [2, 3])
def test_where_people_say_that_nothing_was_there_each_such_answer_is_right_and_the_likelier_is_learnt(
    shown: int,
) -> None:
    photos = Named(
        features=seen(np.array([shown]), 9),
        accepted=np.array([[False, False, True, True]]),
        visits=np.array([1]),
    )
    assert photos.columns(TRAINED).tolist() == [shown]
    assert photos.right(TRAINED).all()


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12), st.integers(1, 4))
def test_whatever_people_say_a_head_that_is_taken_is_no_worse(words: list[tuple[int, int]], visits: int) -> None:
    shown, said = map(list, zip(*words, strict=True))
    photos = named(shown, said, visits=visits)
    figures = (taught := teach(EXAMPLES, photos, base=TRAINED, in_use=TRAINED)).figures
    if figures.verdict is Verdict.LEARNT:
        assert figures.lesson.right >= figures.lesson.before
        assert figures.aside_right >= figures.aside_before - figures.aside // 50
        assert photos.right(taught.head).sum() > photos.right(TRAINED).sum()
