"""Rules of mute and of the settings' buttons."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.answers.quiet import LONGEST_MUTE, changed, mute_end, settings_page
from coopwatch.core.voice import Voice
from coopwatch.ports import Subscriber
from coopwatch.values import EventKind

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)  # 14:00 in Berlin
VOICE = Voice(names={}, zone=ZoneInfo("Europe/Berlin"))
ANN = Subscriber(chat="telegram:5", name="Ann", since=NOON)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", NOON + timedelta(hours=2)),
        ("2h", NOON + timedelta(hours=2)),
        ("90 min", NOON + timedelta(minutes=90)),
        ("3 days", NOON + timedelta(days=3)),
        ("9999d", NOON + LONGEST_MUTE),
        ("until 18:00", NOON + timedelta(hours=4)),
        ("bis 18.00", NOON + timedelta(hours=4)),
        ("18:00", NOON + timedelta(hours=4)),
        ("until 06:00", NOON + timedelta(hours=16)),
        ("until 25:00", None),
        ("tomorrow", None),
        ("2", None),
        ("0h", None),
    ],
)
def test_a_mute_ends_when_the_keeper_says(text: str, end: datetime | None) -> None:
    assert mute_end(text, VOICE, NOON) == end


@given(st.text(max_size=40))
def test_any_text_after_mute_can_be_read(text: str) -> None:
    end = mute_end(text, VOICE, NOON)
    assert end is None or NOON <= end <= NOON + LONGEST_MUTE


@pytest.mark.parametrize(
    ("what", "value", "kept"),
    [
        ("mute", "eggs", {"muted_kinds": (EventKind.EGG_LAID, EventKind.EGGS_COLLECTED)}),
        ("want", "eggs", {"muted_kinds": ()}),
        ("quiet", "22-7", {"quiet_from": time(22), "quiet_to": time(7)}),
        ("quiet", "off", {"quiet_from": None, "quiet_to": None}),
        ("language", "ja", {"language": "ja"}),
        ("language", "klingon", {"language": "en"}),
        ("mute", "nonsense", {"muted_kinds": ()}),
        ("jump", "", {}),
    ],
)
def test_a_button_names_the_state_to_reach(what: str, value: str, kept: dict[str, object]) -> None:
    once = changed(ANN, what, value)
    assert changed(once, what, value) == once
    assert {name: getattr(once, name) for name in kept} == kept


@pytest.mark.parametrize("page", ["", "kinds", "quiet", "language", "nonsense"])
def test_every_page_of_the_settings_has_buttons_that_the_bot_api_takes(page: str) -> None:
    reply = settings_page(ANN, VOICE, now=NOON, page=page)
    assert reply.buttons
    assert all(len(button.data.encode()) <= 64 for row in reply.buttons for button in row)
