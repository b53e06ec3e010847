"""Reads until when somebody wants no messages: what follows /mute in, the moment that it ends out."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from coopwatch.core.voice import FOR_LOGS, Voice

USUAL_MUTE = timedelta(hours=2)
LONGEST_MUTE = timedelta(days=30)

_SPAN = re.compile(r"(\d{1,4})\s*([^\W\d_]+\.?)\s*")  # "2h", "30 Min."
_SPANS = re.compile(f"(?:{_SPAN.pattern})+")
_CLOCK = re.compile(r"(\D*)(\d{1,2})[:.](\d{2})(\D*)")


def mute_end(argument: str, voice: Voice, now: datetime) -> datetime | None:
    """When a mute such as "2h", "1 h 30 min", "until 18:00" or "" ends; None if it cannot be read.

    Units and "until" may be in English or in the reader's language.
    """
    wanted = argument.strip().casefold()
    if not wanted:
        return now + USUAL_MUTE
    if _SPANS.fullmatch(wanted):
        return _after(wanted, voice, now)
    if (found := _CLOCK.fullmatch(wanted)) and _are_until(found[1], found[4], voice):
        return _at(int(found[2]), int(found[3]), voice, now)
    return None


def _after(spans: str, voice: Voice, now: datetime) -> datetime | None:
    units = {**_units(voice), **_units(FOR_LOGS)}
    parts = [(int(number), units.get(unit)) for number, unit in _SPAN.findall(spans)]
    long = sum((number * unit for number, unit in parts if unit is not None), timedelta(0))
    if not long or any(unit is None for _, unit in parts):
        return None
    return now + min(long, LONGEST_MUTE)


def _at(hour: int, minute: int, voice: Voice, now: datetime) -> datetime | None:
    if hour > 23 or minute > 59:
        return None
    local = now.astimezone(voice.zone)
    until = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (until if until > local else until + timedelta(days=1)).astimezone(now.tzinfo)


def _units(voice: Voice) -> Mapping[str, timedelta]:
    """How people may write each unit of time."""
    written = {
        voice.named("how people write minutes", "m, min, minute, minutes"): timedelta(minutes=1),
        voice.named("how people write hours", "h, hour, hours"): timedelta(hours=1),
        voice.named("how people write days", "d, day, days"): timedelta(days=1),
        voice.named("how people write weeks", "w, week, weeks"): timedelta(weeks=1),
    }
    return {word: unit for words, unit in written.items() for word in words.split(", ")}


def _are_until(before: str, after: str, voice: Voice) -> bool:
    """Whether what stands around a time says "until", or nothing."""
    said = f"{before} {after}".strip()
    written = (one.named("how people write until", "until, till") for one in (voice, FOR_LOGS))
    return not said or any(said in words.split(", ") for words in written)
