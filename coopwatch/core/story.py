"""What people read of several events at once: a visit as one story, or a digest; events and a voice in, text out."""

from collections.abc import Sequence
from datetime import datetime

from coopwatch.core.phrases import called, capital, clock_time, either, in_nest, moment, span
from coopwatch.core.voice import Voice
from coopwatch.core.wording import caption, sentence
from coopwatch.values import Event, EventKind, StoredEvent


def told_text(stored: StoredEvent, voice: Voice, *, now: datetime) -> str:
    """One event as people left it, and below it when it happened."""
    return _gone(stored, voice) or caption(stored.event, voice, now=now)


def told_sentence(stored: StoredEvent, voice: Voice) -> str:
    """One event as people left it, as one sentence without a full stop."""
    return _gone(stored, voice) or sentence(stored.event, voice)


def answer_text(stored: StoredEvent, voice: Voice) -> str:
    """What its photo shows, as people left it: who may sit there, or "egg"; empty where there is nothing to name."""
    match stored.event.kind:
        case EventKind.HEN_NESTING | EventKind.HEN_LEFT | EventKind.BROODY if stored.happened and stored.event.hens:
            return either([called(hen, voice) for hen in stored.event.hens], voice)
        case EventKind.EGG_LAID if stored.happened:
            return called("egg", voice)
        case _:
            return ""


def visit_text(events: Sequence[StoredEvent], voice: Voice, *, now: datetime) -> str:
    """A visit so far: "Red Twin is nesting (96 %)", later "Red Twin nested 34 min and laid an egg", with its times."""
    left = _of_kind(events, EventKind.HEN_LEFT)
    if left is None:
        return told_text(_of_kind(events, EventKind.HEN_NESTING) or events[0], voice, now=now)
    return f"{visit_sentence(events, voice)}\n{_from_to(left.event, voice, now)}"


def visit_sentence(events: Sequence[StoredEvent], voice: Voice) -> str:
    """A visit so far, as one sentence without a full stop."""
    left = _of_kind(events, EventKind.HEN_LEFT)
    if left is None:
        return told_sentence(_of_kind(events, EventKind.HEN_NESTING) or events[0], voice)
    event = left.event
    parts = {
        "hen": called(event.hens[0], voice) if event.hens else voice.say("a hen"),
        "stayed": span(event.duration, voice) if event.duration else "",
        "in_nest": in_nest(event.nest, voice) if event.nest else "",
    }
    if (gone := _gone(left, voice)) is not None:
        return gone
    if any(one.event.kind is EventKind.EGG_LAID and one.happened for one in events):
        return capital(voice.say("{hen} nested {stayed}{in_nest} and laid an egg", **parts))
    return capital(voice.say("{hen} nested {stayed}{in_nest}", **parts))


def digest_text(lines: Sequence[tuple[datetime, str]], voice: Voice, *, now: datetime) -> str:
    """Many things in one message, a line each, oldest first."""
    began = moment(lines[0][0], voice, seen_from=now)
    head = voice.count("{number} message since {began}:", "{number} messages since {began}:", len(lines), began=began)
    return "\n".join([head, *(f"{clock_time(at, voice)} {text}" for at, text in lines)])


def _of_kind(events: Sequence[StoredEvent], kind: EventKind) -> StoredEvent | None:
    return next((one for one in events if one.event.kind is kind), None)


def _gone(stored: StoredEvent, voice: Voice) -> str | None:
    """What is left of an event that never was, as a person said."""
    return None if stored.happened else voice.say("Nothing was there")


def _from_to(left: Event, voice: Voice, now: datetime) -> str:
    began = left.began or left.at
    ended = moment(left.at, voice, seen_from=now)
    return voice.say("{began} to {ended}", began=clock_time(began, voice), ended=ended)
