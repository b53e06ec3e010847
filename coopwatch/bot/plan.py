"""Decides what goes to a chat next: what waits for it and how it wants its messages in, one step out. Nothing is done.

One visit is one message; loud events have their own; more than a few at once become a digest. What a chat muted, or
what comes in its quiet hours, waits; the edits of a message that the chat has already make no sound and do not. What a
person corrected changes also where its kind is muted: it stands there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from coopwatch.delivery import Delivery, Story
from coopwatch.subscriber import Subscriber
from coopwatch.values import EventKind, Message

FEW = 3  # so many messages at once go out one by one
LINES = 40  # of a digest: with the longest names it stays below the 4096 letters of a message

LOUD = frozenset(
    {
        EventKind.EGG_LAID,
        EventKind.EGG_LOST,
        EventKind.UNKNOWN_VISITOR,
        EventKind.CAMERA_LOST,
        EventKind.CAMERA_BACK,
        EventKind.PICTURE_FROZEN,
        EventKind.PICTURE_DARK,
        EventKind.SERVICE_TROUBLE,
    }
)
"""Kinds that make a sound; everything else comes silently."""

_STORY = (EventKind.HEN_NESTING, EventKind.HEN_LEFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """The chat does not want these, ever."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """These wait."""

    numbers: tuple[int, ...]
    until: datetime


Step = Refuse | Hold | Delivery


def next_step(
    due: Sequence[Message], stories: Mapping[int, Story], subscriber: Subscriber, *, now: datetime, zone: tzinfo
) -> Step:
    """What to do first with what is due, oldest first: the first rule that finds something.

    Args:
        due: of one chat; one message at least.
        stories: of all visits in `due`, as this chat was told of them.
        subscriber: the chat.
        now: the present moment.
        zone: of the coop; quiet hours follow it.
    """
    if doubted := _doubted(due):
        return _delivery(doubted, stories, subscriber)
    if corrected := [message for message in due if message.told is not None]:
        return _delivery(_units(corrected)[0], stories, subscriber)
    if unwanted := [message.number for message in due if message.event.kind in subscriber.muted_kinds]:
        return Refuse(numbers=tuple(unwanted))
    units = _units(due)
    if edits := [unit for unit in units if _is_edit(unit, stories)]:
        return _delivery(edits[0], stories, subscriber)
    if (until := quiet_until(subscriber, now, zone)) is not None:
        return Hold(numbers=tuple(message.number for message in due), until=until)
    return _delivery(_choose(units), stories, subscriber)


def quiet_until(subscriber: Subscriber, now: datetime, zone: tzinfo) -> datetime | None:
    """When the chat wants to hear something again; None: now."""
    ends = [subscriber.muted_until] if subscriber.muted_until and subscriber.muted_until > now else []
    if (end := _quiet_end(subscriber, now, zone)) is not None:
        ends.append(end)
    return max(ends, default=None)


def _quiet_end(subscriber: Subscriber, now: datetime, zone: tzinfo) -> datetime | None:
    begin, end = subscriber.quiet_from, subscriber.quiet_to
    if begin is None or end is None or begin == end:
        return None
    local = now.astimezone(zone)
    time = local.time()
    is_quiet = begin <= time < end if begin < end else time >= begin or time < end
    if not is_quiet:
        return None
    day = local.date() if time < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone).astimezone(UTC)


def _doubted(due: Sequence[Message]) -> tuple[Message, ...]:
    """What was sent together and may have arrived."""
    doubted = [message for message in due if message.sent_after is not None]
    return tuple(message for message in doubted if message.sent_after == doubted[0].sent_after)


def _units(due: Sequence[Message]) -> list[tuple[Message, ...]]:
    """What goes out together: the messages of one visit, every other message for itself."""
    units: dict[tuple[str, int], list[Message]] = {}
    for message in due:
        units.setdefault(_unit(message), []).append(message)
    return [tuple(unit) for unit in units.values()]


def _unit(message: Message) -> tuple[str, int]:
    """Messages with the same one go out together."""
    if message.event.kind in _STORY and message.visit is not None:
        return "visit", message.visit
    return "message", message.number


def _choose(units: Sequence[tuple[Message, ...]]) -> tuple[Message, ...]:
    """One unit alone, or many as a digest."""
    was_held = any(message.is_held for unit in units for message in unit)
    if len(units) == 1 or (len(units) <= FEW and not was_held):
        return units[0]
    loud = [unit for unit in units if _is_loud(unit)]
    if 0 < len(loud) <= FEW and not was_held:
        return loud[0]
    return tuple(message for unit in units[:LINES] for message in unit)


def _delivery(messages: tuple[Message, ...], stories: Mapping[int, Story], subscriber: Subscriber) -> Delivery:
    is_single = len({_unit(message) for message in messages}) == 1
    return Delivery(
        messages=messages,
        subscriber=subscriber,
        stories=stories,
        is_digest=not is_single,
        is_silent=not _is_loud(messages),
    )


def _is_edit(unit: Sequence[Message], stories: Mapping[int, Story]) -> bool:
    story = stories.get(unit[0].visit or 0)
    return unit[0].event.kind in _STORY and story is not None and story.told is not None


def _is_loud(messages: Sequence[Message]) -> bool:
    return any(message.event.kind in LOUD for message in messages)
