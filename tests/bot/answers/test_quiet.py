"""Rules of the settings' buttons."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from coopwatch.bot.answers.quiet import changed, settings_page
from coopwatch.core.voice import Voice
from coopwatch.subscriber import Subscriber
from coopwatch.values import EventKind

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)  # 14:00 in Berlin
VOICE = Voice(names={}, zone=ZoneInfo("Europe/Berlin"))
ANN = Subscriber(chat="telegram:5", name="Ann", since=NOON)


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
