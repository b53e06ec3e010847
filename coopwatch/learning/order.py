"""What a fit is asked and what it answers: values that go through a pipe."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from coopwatch.core.lesson import Lesson
from coopwatch.learning.place import Verdict
from coopwatch.values import NamedPhoto


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to learn, and onto which model."""

    model: Path  # the configured model folder
    engine: str
    data_dir: Path
    photos: tuple[NamedPhoto, ...]  # the newest first
    made: datetime

    @property
    def word(self) -> int:
        """The newest word; 0: there is none."""
        return max((photo.word for photo in self.photos), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a head is worth that learnt from what people named."""

    verdict: Verdict
    lesson: Lesson
    aside: int  # pictures of the training that no head learns from
    aside_right: int
    aside_before: int  # by the trained head or the one in use, whichever is better

    def __str__(self) -> str:
        lesson = self.lesson
        named = f"{lesson.right} of {lesson.judged} photos that people named right, before {lesson.before}"
        return f"{named}; {self.aside_right} of {self.aside} pictures kept aside, before {self.aside_before}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    figures: Figures | None  # None: no photo that people named can be learnt from
    version: Path | None  # that was published and is active now

    @property
    def verdict(self) -> Verdict:
        """In a word."""
        return Verdict.NO_GAIN if self.figures is None else self.figures.verdict
