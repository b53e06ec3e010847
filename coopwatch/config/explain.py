"""What pydantic says of a document in; mistakes in the words of the config file out."""

import difflib
from collections.abc import Sequence
from zoneinfo import available_timezones

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from coopwatch.config.document import SECRET_KEY, Document, shown
from coopwatch.config.keys import find_key, known_keys
from coopwatch.config.mistakes import Mistake, Place, key_text

_REMEDIES = {
    "missing": "add the key",
    "float_type": "write a plain number, without quotes and with a decimal point",
    "bool_type": "write true or false, without quotes",
    "string_type": "put it in quotes",
    "path_type": "put it in quotes",
    "is_instance_of": "put it in quotes",
    "string_too_short": "fill it in",
    "string_too_long": "choose a shorter one",
    "string_pattern_mismatch": "choose another",
    "tuple_type": "write a list: begin each item with `- `",
    "too_short": "add one",
    "model_type": "write its keys below it, indented",
    "model_attributes_type": "write its keys below it, indented",
    "dict_type": "write its keys below it, indented",
    "literal_error": "choose one of them",
    "home": "write the home folder out, because a service has none",
}


def explain(document: Document, error: ValidationError) -> list[Mistake]:
    """One mistake for each thing that pydantic found."""
    details = error.errors(include_url=False, include_input=False)
    return [_explain(document, detail) for detail in details if not _is_echo(document, detail)]


def _is_echo(document: Document, detail: ErrorDetails) -> bool:
    """A list whose items are all wrong is reported as too short as well, a region by each edge that crosses another."""
    if detail["loc"][-1] == "region":
        return detail["type"] == "value_error"
    return detail["type"] == "too_short" and bool(document.value(detail["loc"]))


def _explain(document: Document, detail: ErrorDetails) -> Mistake:
    place, kind = detail["loc"], detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(document, place)
    if place[-1] == "[key]":
        return document.mistake(
            place[:-1],
            received=shown(str(place[-2])),
            expected="a label of the model as the key",
            remedy="choose another",
        )
    key = find_key(place)
    expected = detail["msg"] if key is None else key.expected
    if kind == "missing":
        return document.mistake(place, received="no such key", expected=expected, remedy=_REMEDIES[kind])
    if kind == "timezone":
        return document.mistake(place, expected=expected, remedy=_near_zones(str(document.value(place))))
    if key is not None and key.name.endswith("_env"):
        return document.mistake(
            place, received="text that is no such name", expected=expected, remedy="name a variable"
        )
    return document.mistake(place, expected=expected, remedy=_REMEDIES.get(kind, "change the value"))


def _unknown_key(document: Document, place: Place) -> Mistake:
    name, known = str(place[-1]), known_keys(place[:-1])
    if SECRET_KEY.search(name):
        return secret_key_mistake(document, place)
    return Mistake(
        line=document.line(place),
        key=shown(key_text(place)),
        received="an unknown key",
        expected=f"one of {', '.join(known)}",
        remedy=_instead(name, known),
    )


def secret_key_mistake(document: Document, place: Place) -> Mistake:
    """A key that holds a secret itself."""
    files = [name for name in known_keys(place[:-1]) if name.endswith("_file")]
    remedy = f"write it to a file and name that file under `{files[0]}`" if files else "remove it"
    return document.mistake(place, received="a secret", expected="no secrets in this file", remedy=remedy)


def _instead(name: str, known: Sequence[str]) -> str:
    if name.isdigit():
        return "write decimals with a point: a comma begins a new key"
    near = difflib.get_close_matches(name.lower(), known, n=1)
    return f"write `{near[0]}`" if near else "remove it"


def _near_zones(name: str) -> str:
    zones = sorted(available_timezones())
    folded = {zone.casefold(): zone for zone in zones}
    wanted = name.strip().replace(" ", "_").casefold()
    cities = {zone.rsplit("/", 1)[-1].casefold(): zone for zone in zones if "/" in zone}
    near = [folded[match] for match in difflib.get_close_matches(wanted, folded, n=3)]
    near += [cities[match] for match in difflib.get_close_matches(wanted.rsplit("/", 1)[-1], cities, n=3)]
    if not near:
        return "look it up in the list of tz database time zones"
    return "write " + " or ".join(list(dict.fromkeys(near))[:3])
