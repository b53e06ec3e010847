"""The languages that coopwatch speaks: a language's code in, its catalogue out.

Catalogues are the text files `<language>/LC_MESSAGES/coopwatch.po` beside this one; they are compiled in memory when
they are loaded, so that no file beside the text can be out of step with it.
"""

import ast
import io
import struct
from collections.abc import Iterator, Mapping, Sequence
from gettext import GNUTranslations, NullTranslations
from itertools import pairwise
from pathlib import Path

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "pt": "Português",
    "ru": "Русский",
}
"""Code -> how its speakers call it."""

_MAGIC = 0x950412DE
_CONTEXT = "\x04"  # stands between a context and its text
_FORM = "\x00"  # stands between the forms of a plural


def load_languages() -> Mapping[str, NullTranslations]:
    """Every language with its catalogue; English, in which the code is written, needs none."""
    return {code: load_catalogue(code) for code in LANGUAGES}


def load_catalogue(code: str) -> NullTranslations:
    """The catalogue of a language; English for a language that is none of ours."""
    if code not in LANGUAGES or code == "en":
        return NullTranslations()
    text = po_file(code).read_text(encoding="utf-8")
    return GNUTranslations(io.BytesIO(compile_po(text)))


def po_file(code: str) -> Path:
    """Where a language's catalogue stands."""
    return Path(__file__).parent / code / "LC_MESSAGES" / "coopwatch.po"


def nearest_language(wanted: str | None) -> str:
    """The language of ours that fits a code such as "pt-BR"; English where none does."""
    code = (wanted or "").partition("-")[0].lower()
    return code if code in LANGUAGES else "en"


def compile_po(text: str) -> bytes:
    """A catalogue's text as the bytes of a GNU .mo file, which `gettext` reads."""
    entries = sorted((key.encode(), value.encode()) for key, value in _entries(text) if value)
    count = len(entries)
    head, keys, values = 28, 28 + 8 * count, 28 + 16 * count
    offset, table, data = values, [], b""
    for column in (0, 1):
        for entry in entries:
            table += [len(entry[column]), offset + len(data)]
            data += entry[column] + b"\0"
    return struct.pack(f"<7I{len(table)}I", _MAGIC, 0, count, head, keys, 0, 0, *table) + data


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """Key and translation of every entry, each with the separators of a .mo file."""
    for block in text.split("\n\n"):
        fields = _fields(block.splitlines())
        key = fields.get("msgid", "")
        if "msgid_plural" in fields:
            key += _FORM + fields["msgid_plural"]
        if "msgctxt" in fields:
            key = fields["msgctxt"] + _CONTEXT + key
        forms = [value for name, value in fields.items() if name.startswith("msgstr")]
        if forms and all(forms):
            yield key, _FORM.join(forms)


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """Keyword -> text of one entry; a text may go on over several lines."""
    said = [line for line in lines if line and not line.startswith("#")]
    starts = [number for number, line in enumerate(said) if not line.startswith('"')]
    fields = {}
    for start, end in pairwise([*starts, len(said)]):
        keyword, _, first = said[start].partition(" ")
        fields[keyword] = "".join(ast.literal_eval(part) for part in (first, *said[start + 1 : end]))
    return fields
