"""What a model learnt from people's words, or why it did not: figures in, a sentence out; the English one is read back.

An event and a log carry the English sentence; who reads it in a chat gets it in the chat's language.
"""

import re
from dataclasses import dataclass

from coopwatch.core.voice import Voice, marked

CANNOT = marked("It cannot learn from corrections; coopwatch train makes a model that can.")
OFF = marked("It does not learn from corrections: learn is false in the config.")
NO_GAIN = marked("The last corrections changed nothing: with them it names no more of those photos right.")
WORSE = marked("The last corrections taught it nothing: with them it names other pictures worse.")
FAILED = marked("It could not learn from the last corrections; the log says why.")

_ENGLISH = re.compile(r"learnt from (\d+) photos? that people named(?:: (\d+) of (\d+) right, before (\d+) of \d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """How a model does since it learnt from people's words."""

    photos: int  # that people named
    judged: int  # of them, each by a head that had not seen its visit; none while all are of one visit
    right: int  # of these
    before: int  # of these, named right by the model that was trained


def lesson_text(lesson: Lesson, voice: Voice) -> str:
    """Such as "learnt from 7 photos that people named: 6 of 7 right, before 3 of 7"."""
    learnt = voice.count(
        "learnt from {number} photo that people named", "learnt from {number} photos that people named", lesson.photos
    )
    if not lesson.judged:
        return learnt
    return voice.say(
        "{learnt}: {right} of {count} right, before {before} of {count}",
        learnt=learnt,
        right=lesson.right,
        before=lesson.before,
        count=lesson.judged,
    )


def is_lesson(english: str) -> bool:
    """Whether a text is one of `lesson_text`."""
    return _ENGLISH.fullmatch(english) is not None


def learning_text(english: str, voice: Voice) -> str:
    """A sentence of this module in the reader's language; any other text as it is known."""
    found = _ENGLISH.fullmatch(english)
    if found is None:
        return voice.known(english)
    photos, right, judged, before = (int(number or 0) for number in found.groups())
    return lesson_text(Lesson(photos=photos, judged=judged, right=right, before=before), voice)
