"""Rules of the charts: they fit a phone, whatever there is to show, and say it in letters that the machine has."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from PIL import Image

from coopwatch.bot import charts
from coopwatch.bot.canvas import PAPER, WIDTH
from coopwatch.core.statistics import Column, Period, habits
from coopwatch.core.voice import ENGLISH, Voice
from coopwatch.locale.catalogue import LANGUAGES, load_catalogue
from coopwatch.values import Event, EventKind
from coopwatch.vision.lettering import Lettering

NOW = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
VOICE = Voice(names={"red_twin": "Red Twin"}, zone=UTC)


def opened(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    assert image.width == WIDTH
    assert image.height <= 1.6 * WIDTH
    assert image.getpixel((2, image.height - 2)) == pytest.approx(PAPER, abs=2), "a JPEG is not exact"
    return image


def columns(*eggs: dict[str | None, int]) -> list[Column]:
    return [Column(first=date(2026, 6, 1) + timedelta(days=day), eggs=laid) for day, laid in enumerate(eggs)]


@effort(max_examples=10)
@given(
    st.sampled_from(Period),
    st.lists(st.dictionaries(st.sampled_from([None, "a", "red_twin"]), st.integers(1, 300)), min_size=1, max_size=30),
)
def test_any_eggs_can_be_drawn(period: Period, laid: list[dict[str | None, int]]) -> None:
    opened(charts.draw_eggs(columns(*laid), period, ("a", "red_twin"), VOICE))


def test_more_eggs_make_a_higher_column_in_the_hens_colour() -> None:
    image = opened(charts.draw_eggs(columns({"a": 1}, {"a": 4}), Period.WEEK, ("a",), VOICE))
    colour = charts.palette(("a",))["a"]
    low, high = (sum(image.getpixel((x, y)) == colour for y in range(240, 770)) for x in (298, 782))
    assert 3 * low < high


def test_a_hen_keeps_her_colour() -> None:
    assert charts.palette(("a", "b"))["a"] == charts.palette(("a", "c"))["a"]
    assert len({*charts.palette(tuple("abcdefghij")).values()}) == 11  # ten hens and nobody


@pytest.mark.parametrize("code", LANGUAGES)
def test_hens_are_drawn_in_every_language(code: str) -> None:
    came = Event(kind=EventKind.HEN_NESTING, camera="c", nest="left", at=NOW, told_at=NOW, hens=("red_twin",))
    hers = [habits(events, "red_twin", UTC) for events in ([], [came])]
    rows = [charts.HenRow(habits=one, eggs_week=0, eggs_month=12) for one in hers]
    voice = Voice(names={}, zone=UTC, words=load_catalogue(code))
    opened(charts.draw_hens(rows, ("red_twin",), voice, now=NOW))
    opened(charts.draw_hens([], (), voice, now=NOW))


@pytest.mark.parametrize("portrait", [None, Image.new("RGB", (30, 900)), Image.new("RGB", (1280, 720))])
def test_a_hens_card_is_drawn_with_and_without_her_photo(portrait: Image.Image | None) -> None:
    hers = habits([], "red_twin", UTC)
    opened(charts.draw_hen(hers, portrait, [("Last egg", "14:02")], (193, 84, 56), VOICE))


def test_without_letters_for_the_language_labels_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    japanese = Voice(names={}, zone=UTC, words=load_catalogue("ja"))
    monkeypatch.setattr(Lettering, "shows", lambda _, text: text.isascii())
    assert charts.legible(japanese).words is ENGLISH
    assert charts.legible(VOICE) == VOICE


def test_without_letters_for_her_name_a_hen_is_called_by_her_label(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chart's legend said "???" where it should have said 茶々丸."""
    voice = Voice(names={"red_twin": "Red Twin", "chacha": "茶々丸"}, zone=UTC)
    monkeypatch.setattr(Lettering, "shows", lambda _, text: text.isascii())
    assert charts.legible(voice).names == {"red_twin": "Red Twin"}
