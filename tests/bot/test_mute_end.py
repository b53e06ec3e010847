"""Rules of what people write after /mute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.mute_end import LONGEST_MUTE, mute_end
from coopwatch.core.voice import Voice
from coopwatch.locale.catalogue import load_languages

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)  # 14:00 in Berlin
WORDS = load_languages()


def voice(language: str = "en") -> Voice:
    return Voice(names={}, zone=ZoneInfo("Europe/Berlin"), words=WORDS[language])


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", NOON + timedelta(hours=2)),
        ("2h", NOON + timedelta(hours=2)),
        ("2 H", NOON + timedelta(hours=2)),
        ("90 min", NOON + timedelta(minutes=90)),
        ("1h30m", NOON + timedelta(minutes=90)),
        ("1 hour 30 minutes", NOON + timedelta(minutes=90)),
        ("3 days", NOON + timedelta(days=3)),
        ("1 week", NOON + timedelta(weeks=1)),
        ("9999d", NOON + LONGEST_MUTE),
        ("until 18:00", NOON + timedelta(hours=4)),
        ("18.00", NOON + timedelta(hours=4)),
        ("until 06:00", NOON + timedelta(hours=16)),
        ("until 14:00", NOON + timedelta(hours=24)),  # it is 14:00 just now
        # What cannot be read is told, never guessed.
        ("5 months", None),  # was five minutes
        ("2 hectares", None),
        ("tomorrow 18:00", None),  # was today
        ("from 18:00", None),
        ("until 25:00", None),
        ("until 18:60", None),
        ("until 18:000", None),
        ("until tomorrow", None),
        ("tomorrow", None),
        ("2", None),
        ("0h", None),
        ("-2h", None),
        ("1.5h", None),
        ("1h 30", None),
        ("1h until 18:00", None),
        ("99999h", None),
    ],
)
def test_a_mute_ends_when_the_keeper_says(text: str, end: datetime | None) -> None:
    assert mute_end(text, voice(), NOON) == end


@pytest.mark.parametrize(
    ("language", "hours", "until"),
    [
        ("de", "2 Stunden", "bis 18:00"),
        ("fr", "2 heures", "jusqu'à 18:00"),
        ("es", "2 horas", "hasta las 18:00"),
        ("pt", "2 horas", "até as 18:00"),
        ("ru", "2 часа", "до 18:00"),
        ("ja", "2時間", "18:00まで"),
    ],
)
def test_the_readers_own_words_are_read_and_english_ones(language: str, hours: str, until: str) -> None:
    for text in (hours, "2h", "2 hours"):
        assert mute_end(text, voice(language), NOON) == NOON + timedelta(hours=2)
    for text in (until, "until 18:00"):
        assert mute_end(text, voice(language), NOON) == NOON + timedelta(hours=4)


@given(st.text(max_size=40))
def test_any_text_after_mute_can_be_read(text: str) -> None:
    end = mute_end(text, voice(), NOON)
    assert end is None or NOON <= end <= NOON + LONGEST_MUTE
