"""Rules of what people read of several events at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coopwatch.core.story import answer_text, digest_text, visit_sentence, visit_text
from coopwatch.core.voice import Voice
from coopwatch.values import NOTHING, Event, EventKind, StoredEvent

CAME = datetime(2026, 6, 21, 12, 2, tzinfo=UTC)
WENT = CAME + timedelta(minutes=34)
VOICE = Voice(names={"red_twin": "Red Twin"}, zone=ZoneInfo("Europe/Berlin"))
NESTING = Event(
    kind=EventKind.HEN_NESTING,
    camera="nestcam",
    nest="left",
    at=CAME,
    told_at=CAME,
    hens=("red_twin",),
    certainty=0.96,
)
LEFT = replace(NESTING, kind=EventKind.HEN_LEFT, at=WENT, told_at=WENT, began=CAME)
LAID = replace(NESTING, kind=EventKind.EGG_LAID, at=WENT, told_at=WENT)


def visit(*events: Event, correction: str | None = None) -> Sequence[StoredEvent]:
    return [
        StoredEvent(number=number, event=event, visit=1, correction=correction)
        for number, event in enumerate(events, 1)
    ]


@pytest.mark.parametrize(
    ("events", "correction", "text"),
    [
        ([NESTING], None, "Red Twin is nesting in the left nest (96 %)\n14:02"),
        ([NESTING, LEFT], None, "Red Twin nested 34 min in the left nest\n14:02 to 14:36"),
        ([NESTING, LEFT, LAID], None, "Red Twin nested 34 min in the left nest and laid an egg\n14:02 to 14:36"),
        ([NESTING], NOTHING, "Nothing was there"),
        ([NESTING, LEFT], NOTHING, "Nothing was there\n14:02 to 14:36"),
    ],
)
def test_a_visit_is_told_as_far_as_it_went(events: list[Event], correction: str | None, text: str) -> None:
    assert visit_text(visit(*events, correction=correction), VOICE, now=WENT) == text


@pytest.mark.parametrize(
    ("event", "correction", "answer"),
    [
        (NESTING, None, "Red Twin"),
        (replace(LEFT, hens=("red_twin", "beauty")), None, "Red Twin or beauty"),
        (LAID, None, "egg"),
        (NESTING, NOTHING, ""),
        (replace(NESTING, kind=EventKind.UNKNOWN_VISITOR, hens=()), None, ""),
    ],
)
def test_a_photo_names_what_it_shows(event: Event, correction: str | None, answer: str) -> None:
    assert answer_text(visit(event, correction=correction)[0], VOICE) == answer


def test_an_egg_that_never_was_is_not_told() -> None:
    egg = StoredEvent(number=3, event=LAID, visit=1, correction=NOTHING)
    assert visit_sentence([*visit(NESTING, LEFT), egg], VOICE) == "Red Twin nested 34 min in the left nest"


def test_a_digest_has_a_line_for_everything_and_says_since_when() -> None:
    lines = [(CAME, "Red Twin is nesting"), (WENT, "Egg laid by Red Twin")]
    assert digest_text(lines, VOICE, now=WENT) == (
        "2 messages since 14:02:\n14:02 Red Twin is nesting\n14:36 Egg laid by Red Twin"
    )
