"""What people read of a lesson, in English for logs and in their own language."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.core.lesson import CANNOT, Lesson, is_lesson, learning_text, lesson_text
from coopwatch.core.voice import FOR_LOGS, Voice
from coopwatch.locale.catalogue import load_catalogue

GERMAN = Voice(names={}, zone=UTC, words=load_catalogue("de"))


@pytest.mark.parametrize(
    ("lesson", "told"),
    [
        ((7, 7, 6, 3), "learnt from 7 photos that people named: 6 of 7 right, before 3 of 7"),
        ((9, 8, 8, 0), "learnt from 9 photos that people named: 8 of 8 right, before 0 of 8"),
        ((1, 0, 0, 0), "learnt from 1 photo that people named"),
        ((2, 0, 0, 0), "learnt from 2 photos that people named"),
    ],
)
def test_a_lesson_is_one_line(lesson: tuple[int, int, int, int], told: str) -> None:
    assert lesson_text(of(*lesson), FOR_LOGS) == told


@given(st.tuples(*[st.integers(0, 2000)] * 4))
def test_the_english_line_is_read_back_in_any_language(numbers: tuple[int, int, int, int]) -> None:
    photos, judged, right, before = numbers
    lesson = of(photos, judged, right if judged else 0, before if judged else 0)
    english = lesson_text(lesson, FOR_LOGS)
    assert is_lesson(english)
    assert learning_text(english, FOR_LOGS) == english
    assert learning_text(english, GERMAN) == lesson_text(lesson, GERMAN) != english


def test_a_reason_is_told_in_the_language_and_another_text_as_it_is() -> None:
    assert learning_text(CANNOT, GERMAN) != CANNOT
    assert learning_text("version 7, in the place of version 6", GERMAN) == "version 7, in the place of version 6"
    assert not is_lesson("version 7")


def of(photos: int, judged: int, right: int, before: int) -> Lesson:
    return Lesson(photos=photos, judged=judged, right=right, before=before)
