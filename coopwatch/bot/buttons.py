"""The buttons under an event's photo, and what a press of them says: an event in, a keyboard out, and back.

A button's data is `c1:<event>:<verb>:<what>`, at most 64 bytes. It names the state to reach, not a change: pressed
twice, or under an old message, it says the same again. Labels go as a few letters of their hash, since a label may be
as long as all the data; `right` carries the label that the message showed, which may not be what is stored by now.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coopwatch.bot.asking import Button, Keyboard
from coopwatch.core.phrases import called
from coopwatch.core.voice import Voice
from coopwatch.values import NOTHING, Event, EventKind, StoredEvent

PRESS = "c1"
CORRECTABLE = frozenset(
    {EventKind.HEN_NESTING, EventKind.HEN_LEFT, EventKind.EGG_LAID, EventKind.EGG_LOST, EventKind.UNKNOWN_VISITOR}
)
_ABREAST = 2  # names in a row


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a button under an event says."""

    event: int  # its row
    verb: str  # "is" (what: a label's mark), "which" (show the names), "back"
    mark: str = ""


def buttons_of(stored: StoredEvent, voice: Voice) -> Keyboard:
    """The buttons under an event: right, wrong, nothing there; or what a person said, to be changed."""
    if stored.correction is None:
        return event_buttons(stored.number, stored.event, voice)
    return corrected_buttons(stored, voice)


def event_buttons(number: int, event: Event, voice: Voice) -> Keyboard:
    """Right, wrong, nothing there; none under an event that nobody can correct."""
    if event.kind not in CORRECTABLE or not number:
        return ()
    wrong = Button(text=voice.say("✗ Wrong"), data=_data(number, "which"))
    nothing = Button(text=voice.say("Nothing there"), data=_data(number, "is", NOTHING))
    if len(event.hens) != 1:
        who = Button(text=voice.say("Who was it?"), data=wrong.data)
        return ((who, nothing),)
    right = Button(text=voice.say("✓ Right"), data=_data(number, "is", event.hens[0]))
    return ((right, wrong, nothing),)


def name_buttons(number: int, hens: Sequence[str], voice: Voice) -> Keyboard:
    """A button for each hen, as they are given, then nothing there, and the way back."""
    names = [Button(text=called(hen, voice)[:40], data=_data(number, "is", hen)) for hen in hens]
    rows = [tuple(names[place : place + _ABREAST]) for place in range(0, len(names), _ABREAST)]
    nothing = Button(text=voice.say("Nothing there"), data=_data(number, "is", NOTHING))
    back = Button(text=voice.say("« Back"), data=_data(number, "back"))
    return (*rows, (nothing, back))


def corrected_buttons(stored: StoredEvent, voice: Voice) -> Keyboard:
    """What a person said, as a button that lets it be changed."""
    assert stored.correction is not None
    said = voice.say("nothing there") if not stored.happened else called(stored.correction, voice)
    return ((Button(text=voice.say("✓ {name} · change", name=said[:40]), data=_data(stored.number, "which")),),)


def read_press(data: str) -> Press | None:
    """The press of a button under an event; None for any other data."""
    version, *parts = data.split(":")
    if version != PRESS or len(parts) != 3 or not (parts[0].isascii() and parts[0].isdigit() and len(parts[0]) < 16):
        return None
    number, verb, mark = parts
    return Press(event=int(number), verb=verb, mark=mark) if verb in ("is", "which", "back") else None


def label_meant(mark: str, labels: Iterable[str]) -> str | None:
    """The label with this mark, or NOTHING; None if the coop has no such label any more."""
    return next((label for label in (NOTHING, *labels) if _mark(label) == mark), None)


def likeliest(event: Event, before: Iterable[Event], hens: Iterable[str]) -> Sequence[str]:
    """The hens, most likely first: those in question, then those that sat most in this nest lately.

    A single hen is not in question: she is the one who was called wrong, and comes last.
    """
    sat = Counter(
        hen
        for other in before
        if other.kind is EventKind.HEN_NESTING and other.nest == event.nest
        for hen in other.hens
    )
    wrong = event.hens if len(event.hens) == 1 else ()
    first = {hen: place for place, hen in enumerate(event.hens) if hen not in wrong}
    return sorted(hens, key=lambda hen: (hen in wrong, first.get(hen, len(first)), -sat[hen], hen))


def _data(number: int, verb: str, label: str = "") -> str:
    return f"{PRESS}:{number}:{verb}:{_mark(label) if label else ''}"


def _mark(label: str) -> str:
    return hashlib.sha256(label.encode()).hexdigest()[:10]
