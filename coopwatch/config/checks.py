"""What must hold between keys and on this machine; a document in, mistakes out, however broken the document is."""

import os
from collections.abc import Iterator

from coopwatch.config.document import Document, shown
from coopwatch.config.mistakes import Mistake, Place
from coopwatch.config.secrets import secret_file_fault
from coopwatch.config.simulated import EXAMPLE, EXPECTED, SimulatedSource
from coopwatch.config.source import address_fault, has_password, without_secrets
from coopwatch.errors import ModelError, UserMustActError
from coopwatch.vision.card import CARD_FILE, version_folder


def check(document: Document) -> Iterator[Mistake]:
    """All mistakes that no single value shows."""
    yield from _model(document)
    yield from _data_dir(document)
    yield from _chat(document)
    yield from _secret_file(document, ("chat", "telegram"), "token")
    cameras = list(_items(document, ("cameras",)))
    nests = [nest for camera in cameras for nest in _items(document, (*camera, "nests"))]
    yield from _names_differ(document, cameras, "camera")
    yield from _names_differ(document, nests, "nest")
    for camera in cameras:
        yield from _source(document, (*camera, "source"))
        yield from _secret_file(document, camera, "password")
        yield from _user(document, camera)
    for nest in nests:
        yield from _edges(document, (*nest, "region"), "left", "right")
        yield from _edges(document, (*nest, "region"), "top", "bottom")


def _items(document: Document, place: Place) -> Iterator[Place]:
    values = document.value(place)
    if isinstance(values, list):
        yield from ((*place, number) for number in range(len(values)))


def _model(document: Document) -> Iterator[Mistake]:
    value = document.value(("model",))
    if not isinstance(value, str):
        return
    path = document.file.parent / value
    reason = "is no such folder"
    try:
        if path.is_dir():
            reason = f"has no {CARD_FILE} and no active version that has one"
        usable = (version_folder(path) / CARD_FILE).is_file()
    except (ModelError, OSError, ValueError):  # no folder, not a model's, unreadable, not a path
        usable = False
    if not usable:
        yield document.mistake(
            ("model",),
            expected="a model folder",
            remedy=f"name one or make one with `coopwatch train`: {' '.join(str(path).split())} {reason}",
        )


def _chat(document: Document) -> Iterator[Mistake]:
    place: Place = ("chat",)
    chat = document.value(place)
    if chat is not None and not isinstance(chat, dict):
        return
    if not chat or ("telegram" not in chat and chat.get("terminal") in (None, False)):
        yield document.mistake(
            place,
            received="no way to talk",
            expected="`telegram:` or `terminal: true`",
            remedy="add one of them below `chat:`",
        )


def _names_differ(document: Document, places: list[Place], noun: str) -> Iterator[Mistake]:
    first: dict[str, Place] = {}
    for place in places:
        name = document.value((*place, "name"))
        if not isinstance(name, str):
            continue
        if name in first:
            line = document.line((*first[name], "name"))
            yield document.mistake(
                (*place, "name"), expected=f"a name that no other {noun} has (line {line})", remedy="choose another"
            )
        first.setdefault(name, place)


def _source(document: Document, place: Place) -> Iterator[Mistake]:
    source = document.value(place)
    if not isinstance(source, str):
        return
    if has_password(source):
        yield document.mistake(
            place,
            received=shown(without_secrets(source)),
            expected="an address without a password",
            remedy="write the user under `username` and name a file that holds the password under `password_file`",
        )
    elif (fault := address_fault(source)) is not None:
        yield document.mistake(place, expected=fault.expected, remedy=fault.remedy)
    elif not _is_simulated_soundly(source):
        yield document.mistake(place, expected=f"simulated: with {EXPECTED}", remedy=f"write it like {EXAMPLE}")


def _is_simulated_soundly(source: str) -> bool:
    try:
        SimulatedSource.parse(source)
    except UserMustActError:
        return False
    return True


def _data_dir(document: Document) -> Iterator[Mistake]:
    value = document.value(("data_dir",))
    if not isinstance(value, str):
        return
    path = document.file.parent / value
    existing = next(place for place in (path, *path.absolute().parents) if os.path.lexists(place))
    if not existing.is_dir():
        reason = f"{existing} is a file" if existing.exists() else f"{existing} points to nothing"
        yield document.mistake(
            ("data_dir",), expected="a folder, or where one can be made", remedy=f"{reason}: choose another"
        )


def _secret_file(document: Document, place: Place, noun: str) -> Iterator[Mistake]:
    file_place, env_place = (*place, f"{noun}_file"), (*place, f"{noun}_env")
    value = document.value(file_place)
    if not isinstance(value, str):
        return
    if document.value(env_place) is not None:
        yield document.mistake(
            env_place,
            received="a second place",
            expected=f"one place for the {noun}",
            remedy=f"keep this or {noun}_file",
        )
    fault = secret_file_fault(document.file.parent / value)
    if fault is not None:
        yield document.mistake(
            file_place,
            # Whoever takes this key for the secret itself must not find the secret in a log.
            received=f"{shown(value)}, {fault}" if "/" in value else fault,
            expected="a file that holds the secret and nothing else",
            remedy=f"write the {noun} to a file that the user of coopwatch alone can read",
        )


def _user(document: Document, camera: Place) -> Iterator[Mistake]:
    has_secret = any(document.value((*camera, key)) is not None for key in ("password_file", "password_env"))
    if has_secret and document.value((*camera, "username")) is None:
        yield document.mistake(
            (*camera, "username"),
            received="a password without a user",
            expected="the user it belongs to",
            remedy="add the key",
        )


def _edges(document: Document, region: Place, low: str, high: str) -> Iterator[Mistake]:
    lower, upper = document.value((*region, low)), document.value((*region, high))
    if isinstance(lower, int | float) and isinstance(upper, int | float) and lower >= upper:
        yield document.mistake(
            (*region, low),
            expected=f"less than {high} ({document.shown((*region, high))})",
            remedy="swap or widen them",
        )
