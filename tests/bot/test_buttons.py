"""Rules of the buttons under an event."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.buttons import (
    CORRECTABLE,
    Press,
    corrected_buttons,
    event_buttons,
    label_meant,
    likeliest,
    name_buttons,
    read_press,
)
from coopwatch.core.voice import FOR_LOGS
from coopwatch.values import NOTHING, Event, EventKind, StoredEvent

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


def event(kind: EventKind = EventKind.HEN_NESTING, *hens: str, nest: str | None = "left") -> Event:
    return Event(kind=kind, camera="cam", nest=nest, at=NOON, told_at=NOON, hens=hens)


@given(st.integers(1, 10**15 - 1), st.text("abcdefghijklmnopqrstuvwxyz_.-", min_size=1, max_size=64))
def test_data_fits_and_comes_back_as_it_was_meant(number: int, hen: str) -> None:
    rows = (*event_buttons(number, event(EventKind.EGG_LAID, hen), FOR_LOGS), *name_buttons(number, (hen,), FOR_LOGS))
    for button in (button for row in rows for button in row):
        assert len(button.data.encode()) <= 64
        press = read_press(button.data)
        assert press is not None
        assert press.event == number
    right = read_press(rows[0][0].data)
    assert right is not None
    assert label_meant(right.mark, ("other", hen)) == hen


@given(st.text())
def test_any_data_can_be_read(data: str) -> None:
    press = read_press(data)
    assert press is None or press.verb in ("is", "which", "back")


@pytest.mark.parametrize("kind", EventKind)
def test_only_what_a_person_can_see_in_the_photo_is_asked(kind: EventKind) -> None:
    assert bool(event_buttons(1, event(kind, "a"), FOR_LOGS)) == (kind in CORRECTABLE)


def test_of_several_hens_it_is_asked_who_it_was() -> None:
    ((who, nothing),) = event_buttons(3, event(EventKind.EGG_LAID, "a", "b"), FOR_LOGS)
    assert (who.text, nothing.text) == ("Who was it?", "Nothing there")
    assert read_press(who.data) == Press(event=3, verb="which")


def test_names_come_likeliest_first() -> None:
    before = [event(EventKind.HEN_NESTING, "c")] * 2 + [event(EventKind.HEN_NESTING, "d", nest="right")] * 9
    told = event(EventKind.EGG_LAID, "b", "e")
    assert likeliest(told, before, ("a", "b", "c", "d", "e")) == ["b", "e", "c", "a", "d"]


def test_the_name_that_was_called_wrong_comes_last() -> None:
    before = [event(EventKind.HEN_NESTING, "b")] * 2 + [event(EventKind.HEN_NESTING, "c")]
    assert likeliest(event(EventKind.HEN_NESTING, "b"), before, ("a", "b", "c")) == ["c", "a", "b"]


def test_a_label_that_the_coop_lost_means_nothing_any_more() -> None:
    (((right, *_),)) = event_buttons(1, event(EventKind.EGG_LAID, "gone"), FOR_LOGS)
    press = read_press(right.data)
    assert press is not None
    assert label_meant(press.mark, ("a", "b")) is None


@pytest.mark.parametrize(("word", "text"), [("red_twin", "✓ red twin · change"), (NOTHING, "✓ nothing there · change")])
def test_what_a_person_said_can_be_changed(word: str, text: str) -> None:
    stored = StoredEvent(number=4, event=event(EventKind.EGG_LAID, "a"), correction=word)
    (((button,),)) = corrected_buttons(stored, FOR_LOGS)
    assert button.text == text
    assert read_press(button.data) == Press(event=4, verb="which")
