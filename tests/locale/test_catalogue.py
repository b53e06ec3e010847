"""Rules of the languages: every text that people read is there in all of them, whole and with its parts."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from gettext import GNUTranslations
from itertools import product
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from coopwatch.bot.commands import COMMANDS
from coopwatch.core.camera import _REMEDIES
from coopwatch.core.phrases import moment, span
from coopwatch.core.voice import Voice
from coopwatch.core.wording import sentence
from coopwatch.locale.catalogue import LANGUAGES, load_catalogue, load_languages, nearest_language, po_file
from coopwatch.values import Event, EventKind, Flaw

SOURCE = Path(__file__).parents[2] / "coopwatch"
TRANSLATED = [code for code in LANGUAGES if code != "en"]
KEYWORDS = {"say": None, "count": (1, 2), "named": ((1, "c"), 2), "marked": None}
Key = tuple[str | None, str | tuple[str, str]]


@cache
def wanted() -> frozenset[Key]:
    """Every text of the code, with its context."""
    return frozenset(
        (context, text)
        for folder in ("core", "bot")
        for _, _, text, _, context in extract_from_dir(SOURCE / folder, keywords=KEYWORDS, strip_comment_tags=True)
    )


def written(code: str) -> Catalog:
    with po_file(code).open("rb") as file:
        return read_po(file, locale=code)


def entries(code: str) -> Iterator[Message]:
    return (message for message in written(code) if message.id)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_text_is_translated_and_nothing_is_left_over(code: str) -> None:
    there = {(message.context, message.id) for message in entries(code)}
    assert wanted() - there == set(), "run the extraction that CONTRIBUTING.md names and translate"
    assert there - wanted() == set()
    for message in entries(code):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), message.id
        assert not message.fuzzy, message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_the_parts_of_its_text(code: str) -> None:
    for message in entries(code):
        texts = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        parts = set(re.findall(r"{\w+}", texts[-1]))
        assert all(set(re.findall(r"{\w+}", form)) | {"{number}"} == parts | {"{number}"} for form in forms), message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_catalogues_are_compiled_as_the_usual_tool_does(code: str) -> None:
    usual = io.BytesIO()
    write_mo(usual, written(code))
    usual.seek(0)
    theirs, ours = GNUTranslations(usual), load_catalogue(code)
    for message in entries(code):
        if isinstance(message.id, tuple):
            for number in range(30):
                assert ours.ngettext(*message.id, number) == theirs.ngettext(*message.id, number)
        elif message.context:
            assert ours.pgettext(message.context, message.id) == theirs.pgettext(message.context, message.id)
        else:
            assert ours.gettext(message.id) == theirs.gettext(message.id)


@pytest.mark.parametrize(
    ("code", "number", "told"),
    [
        ("ru", 1, "1 яйцо"),
        ("ru", 3, "3 яйца"),
        ("ru", 5, "5 яиц"),
        ("ru", 21, "21 яйцо"),
        ("ja", 3, "卵3個"),
        ("fr", 0, "0 œuf"),
    ],
)
def test_plurals_follow_the_language(code: str, number: int, told: str) -> None:
    assert voice(code).count("{number} egg", "{number} eggs", number) == told


@pytest.mark.parametrize(
    ("wanted", "code"),
    [("de", "de"), ("pt-BR", "pt"), ("PT", "pt"), ("nl", "en"), ("", "en"), (None, "en")],
)
def test_a_language_that_is_none_of_ours_is_english(wanted: str | None, code: str) -> None:
    assert nearest_language(wanted) == code
    assert load_catalogue("xx").gettext("Eggs") == "Eggs"


@pytest.mark.parametrize(("code", "kind"), list(product(LANGUAGES, EventKind)))
def test_every_event_can_be_told_in_every_language(code: str, kind: EventKind) -> None:
    at = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
    for hens, nest, began in product([(), ("red_twin",), ("red_twin", "psycho")], [None, "left", "nest_2"], [None, at]):
        event = Event(kind=kind, camera="cam", nest=nest, at=at, told_at=at, hens=hens, began=began)
        told = sentence(event, voice(code))
        assert told == told.strip()
        assert "  " not in told
        assert "{" not in told


@pytest.mark.parametrize(
    ("code", "nesting", "late"),
    [
        ("en", "Red Twin is nesting in the left nest (96 %)", "14:00 on 21 June"),
        ("de", "Red Twin sitzt im Nest links (96 %)", "14:00 am 21. Juni"),
        ("es", "Red Twin está sentada en el nidal izquierdo (96 %)", "14:00 del 21 de junio"),
        ("fr", "Red Twin est installée dans le nid de gauche (96 %)", "14:00 le 21 juin"),
        ("ja", "Red Twinが左の巣箱で座っています (96%)", "6月21日 14:00"),
        ("pt", "Red Twin está sentada no ninho da esquerda (96 %)", "14:00 de 21 de junho"),
        ("ru", "Red Twin сидит в гнезде слева (96 %)", "14:00 21 июня"),
    ],
)
def test_a_language_says_it_its_own_way(code: str, nesting: str, late: str) -> None:
    at = datetime(2026, 6, 21, 14, 0, tzinfo=UTC)
    event = Event(
        kind=EventKind.HEN_NESTING, camera="cam", nest="left", at=at, told_at=at, hens=("red_twin",), certainty=0.96
    )
    assert sentence(event, voice(code)) == nesting
    assert moment(at, voice(code), seen_from=at + timedelta(days=1)) == late


def test_the_reason_of_a_trouble_is_told_in_the_language_where_it_is_one_of_ours() -> None:
    at = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
    frozen = Event(
        kind=EventKind.PICTURE_FROZEN, camera="cam", nest=None, at=at, told_at=at, reason=_REMEDIES[Flaw.FROZEN]
    )
    told = "Kamera cam zeigt immer dasselbe Bild: nimm der Kamera kurz den Strom weg"
    assert sentence(frozen, voice("de")) == told
    assert sentence(replace(frozen, reason="no {route} to host"), voice("de")).endswith(": no {route} to host")
    assert [voice(code).decimal(2.25) for code in ("en", "de", "ja")] == ["2.2", "2,2", "2.2"]


def test_an_absence_is_told_as_one_sentence() -> None:
    at = datetime(2026, 6, 21, 14, 9, tzinfo=UTC)
    back = Event(kind=EventKind.SERVICE_STARTED, camera=None, nest=None, at=at, told_at=at)
    back = replace(back, began=at - timedelta(minutes=7))
    assert sentence(back, voice("en")) == "Coopwatch is watching again; it was away from 14:02 to 14:09"
    assert sentence(back, voice("de")) == "Coopwatch wacht wieder; es war von 14:02 bis 14:09 weg"


def test_units_are_told_in_the_language() -> None:
    assert [span(timedelta(minutes=72), voice(code)) for code in ("en", "de", "ru", "ja")] == [
        "1 h 12 min",
        "1 Std. 12 Min.",
        "1 ч 12 мин",
        "1時間12分",
    ]


def test_the_menu_fits_the_bot_api_in_every_language() -> None:
    for words in load_languages().values():
        assert all(3 <= len(words.gettext(command.does)) <= 256 for command in COMMANDS)


def voice(code: str) -> Voice:
    return Voice(names={"red_twin": "Red Twin", "psycho": "Psycho"}, zone=UTC, words=load_catalogue(code))
