"""Rules of answers about this moment."""

from datetime import UTC

import pytest

from coopwatch.bot.answers.now import nest_meant, no_such_nest
from coopwatch.core.voice import Voice
from coopwatch.locale.catalogue import load_catalogue

ENGLISH = Voice(names={}, zone=UTC)
GERMAN = Voice(names={}, zone=UTC, words=load_catalogue("de"))
NESTS = ("left", "left_upper", "nest_1", "nest_12", "crate_behind_the_door")


@pytest.mark.parametrize(
    ("text", "voice", "nest"),
    [
        ("left", ENGLISH, "left"),
        ("Left nest", ENGLISH, "left"),
        ("upper", ENGLISH, "left_upper"),
        ("nest 1", ENGLISH, "nest_1"),
        ("NEST_12", ENGLISH, "nest_12"),
        ("12", ENGLISH, "nest_12"),
        ("crate", ENGLISH, "crate_behind_the_door"),
        ("links", GERMAN, "left"),
        ("Nest links", GERMAN, "left"),
        ("left", GERMAN, "left"),
        ("nest", ENGLISH, None),
        ("roof", ENGLISH, None),
        ("", ENGLISH, None),
    ],
)
def test_a_nest_is_meant_by_its_name_or_by_words_that_fit_it_alone(text: str, voice: Voice, nest: str | None) -> None:
    assert nest_meant(text, NESTS, voice) == nest


def test_the_nests_that_there_are_can_be_asked_for_as_they_are_told() -> None:
    told = no_such_nest("Dach", ("left", "right"), GERMAN).text
    assert told.endswith("Nest links, Nest rechts.")
    assert nest_meant("Nest rechts", ("left", "right"), GERMAN) == "right"
