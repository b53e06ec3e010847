"""The parts that sentences are made of: names, nests, certainties, spans and moments in, a voice's words out."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from coopwatch.core.voice import Voice, marked

MONTHS = (
    marked("January"),
    marked("February"),
    marked("March"),
    marked("April"),
    marked("May"),
    marked("June"),
    marked("July"),
    marked("August"),
    marked("September"),
    marked("October"),
    marked("November"),
    marked("December"),
)  # as they stand beside a day: "21 June"


def called(label: str, voice: Voice) -> str:
    """How a label is called: the name from the config, "empty" or "egg" in the voice's words, or as it is."""
    if label in voice.names:
        return voice.names[label]
    match label:
        case "empty":
            return voice.say("empty")
        case "egg":
            return voice.say("egg")
        case "other":
            return voice.say("something else")
        case _:
            return label.replace("_", " ")


def nest_title(nest: str, voice: Voice) -> str:
    """A nest at the head of a line: "Left nest", "Nest 2"."""
    number = _number(nest)
    if number is not None:
        return capital(voice.say("nest {nest}", nest=number).strip())
    return capital(voice.say("{nest} nest", nest=_place(nest, voice)))


def in_nest(nest: str, voice: Voice) -> str:
    """Where something happens, with the space before it: " in the left nest", " in nest 2"."""
    number = _number(nest)
    if number is not None:
        return voice.say(" in nest {nest}", nest=number).rstrip()
    return voice.say(" in the {nest} nest", nest=_place(nest, voice))


def from_nest(nest: str, voice: Voice) -> str:
    """Where something is taken from, with the space before it: " from the left nest", " from nest 2"."""
    number = _number(nest)
    if number is not None:
        return voice.say(" from nest {nest}", nest=number).rstrip()
    return voice.say(" from the {nest} nest", nest=_place(nest, voice))


def percent(certainty: float, voice: Voice) -> str:
    """A certainty of 0..1 as "96 %"; only what is surely so is told as 100 %."""
    return voice.say("{number} %", number=100 if certainty >= 1 else min(99, round(certainty * 100)))


def span(duration: timedelta, voice: Voice) -> str:
    """How long: "45 s", "34 min", "1 h 12 min", "3 days"."""
    seconds = round(duration.total_seconds())
    minutes, hours = round(seconds / 60), round(seconds / 60) // 60
    if seconds < 60:
        return voice.say("{seconds} s", seconds=seconds)
    if minutes < 60:
        return voice.say("{minutes} min", minutes=minutes)
    if hours < 48:
        rest = minutes % 60
        return (
            voice.say("{hours} h {minutes} min", hours=hours, minutes=rest)
            if rest
            else voice.say("{hours} h", hours=hours)
        )
    return voice.count("{number} day", "{number} days", round(hours / 24))


def moment(at: datetime, voice: Voice, *, seen_from: datetime) -> str:
    """When, on the coop's clock: "14:02", or "14:02 on 21 June" if that was not on the day of `seen_from`."""
    local = at.astimezone(voice.zone)
    time = clock_time(at, voice)
    if local.date() == seen_from.astimezone(voice.zone).date():
        return time
    return voice.say("{time} on {day}", time=time, day=day_called(local.date(), voice))


def clock_time(at: datetime, voice: Voice) -> str:
    """The time of day on the coop's clock."""
    return f"{at.astimezone(voice.zone):%H:%M}"


def day_called(day: date, voice: Voice) -> str:
    """A day of the year: "21 June"."""
    return voice.say("{day} {month}", day=day.day, month=voice.say(MONTHS[day.month - 1]))


def either(names: Sequence[str], voice: Voice) -> str:
    """One of these: "Red Twin, Psycho or Beauty"."""
    *first, last = names
    return voice.say("{first} or {last}", first=listed(first, voice), last=last) if first else last


def listed(names: Sequence[str], voice: Voice) -> str:
    """All of these: "Red Twin, Psycho, Beauty"."""
    return voice.named("between the items of a list", ", ").join(names)


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def _number(nest: str) -> str | None:
    """What follows "nest" in the name of a nest such as "nest_2"; None for a name such as "left" or "left_nest"."""
    spaced = nest.replace("_", " ")
    return spaced.removeprefix("nest").strip() if spaced.startswith("nest") else None


def _place(nest: str, voice: Voice) -> str:
    """What tells the nest from the others, in the voice's words where keepers usually say so."""
    place = nest.replace("_", " ").removesuffix(" nest")
    match place:
        case "left":
            return voice.named("nest", "left")
        case "middle":
            return voice.named("nest", "middle")
        case "right":
            return voice.named("nest", "right")
        case "upper":
            return voice.named("nest", "upper")
        case "lower":
            return voice.named("nest", "lower")
        case _:
            return place
