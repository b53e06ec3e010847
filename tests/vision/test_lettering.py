"""Rules of letters on pictures."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from coopwatch.vision import lettering
from coopwatch.vision.lettering import Lettering


def written(text: str, side: str = "l") -> np.ndarray:
    image = Image.new("L", (400, 60), 255)
    Lettering(24).write(ImageDraw.Draw(image), (200, 30), text, 0, side)
    return np.asarray(image)


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without fonts: Pillow's own is left."""
    monkeypatch.setattr(lettering, "_PLAIN", ())
    monkeypatch.setattr(lettering, "_BOLD", ())
    for cached in (lettering._fonts, lettering._number_of_font):
        cached.cache_clear()
    yield
    for cached in (lettering._fonts, lettering._number_of_font):
        cached.cache_clear()


@pytest.mark.parametrize(
    ("text", "plain"), [("Zoë", "Zoe"), ("Żabka", "Zabka"), ("Перо", "????"), ("red_twin: 79.3 %", "red_twin: 79.3 %")]
)
@pytest.mark.usefixtures("no_fonts")
def test_without_a_system_font_letters_become_plain(text: str, plain: str) -> None:
    assert not Lettering(24).shows("Перо")
    assert np.array_equal(written(text), written(plain))


@given(st.text(max_size=40))
def test_any_text_can_be_written(text: str) -> None:
    written(text)


@pytest.mark.parametrize(("side", "inked"), [("l", slice(200, 400)), ("r", slice(0, 200)), ("m", slice(150, 250))])
def test_a_text_begins_ends_or_is_centred_where_told(side: str, inked: slice) -> None:
    columns = np.flatnonzero((written("Beauty", side) < 255).any(axis=0))
    assert inked.start - 2 <= columns.min()
    assert columns.max() <= inked.stop + 2


@given(st.text(max_size=60), st.integers(60, 400))
def test_a_shortened_text_fits_and_keeps_both_ends(text: str, room: int) -> None:
    lettering = Lettering(20)
    short = lettering.shortened(room, text)
    if lettering.width(text) <= room:
        assert short == text
    else:
        assert lettering.width(short) <= room
        begin, end = short.split("…", 1) if "…" not in text else (text[:1], text[-1:])
        assert text.startswith(begin)
        assert text.endswith(end)


def test_a_text_is_made_smaller_until_it_fits() -> None:
    assert Lettering(40).fitted(100, "Light Back, the elder").width("Light Back, the elder") <= 100
    assert Lettering(40).fitted(400, "Egg").size == 40
