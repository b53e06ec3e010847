"""What a delivery looks like in the chat that it goes to: a delivery and a voice in, text, photo and buttons out."""

from collections.abc import Mapping
from datetime import datetime

from coopwatch.bot.buttons import buttons_of
from coopwatch.bot.conversation import to_markup
from coopwatch.bot.limits import TEXT_LIMIT, cut
from coopwatch.bot.post import Look
from coopwatch.bot.uploads import Photo
from coopwatch.core.story import answer_text, digest_text, told_sentence, told_text, visit_sentence, visit_text
from coopwatch.core.voice import Voice
from coopwatch.delivery import Delivery, Story
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import EventKind, StoredEvent

LINE = 95  # letters of a digest's line: 40 of them and the head stay below the limit of a message


def look_of(delivery: Delivery, voice: Voice, *, now: datetime, days: Mapping[int, str]) -> Look:
    """The message as it shall stand in the chat.

    Args:
        delivery: what goes to the chat.
        voice: how it is spoken to.
        now: the present moment.
        days: event -> what a daily digest tells.
    """
    first, subscriber = delivery.messages[0], delivery.subscriber
    text, photo, buttons = (
        told_text(first.stored, voice, now=now),
        _photo(first.stored, voice),
        buttons_of(first.stored, voice),
    )
    if delivery.is_digest:
        text, photo, buttons = _digest(delivery, voice, now, days), None, ()
    elif first.event_number in days:
        text = days[first.event_number]
    elif delivery.story is not None:
        text, photo = visit_text(delivery.story.events, voice, now=now), _best_photo(delivery.story, voice)
        buttons = buttons_of(delivery.story.events[0], voice) or buttons
    return Look(
        text=text,
        photo=photo,
        buttons=to_markup(buttons) if _may_correct(subscriber) else None,
        is_silent=delivery.is_silent,
        thread=subscriber.thread,
    )


def visit_after_egg(delivery: Delivery) -> Story | None:
    """The visit whose message does not tell yet of the egg that is told now."""
    first = delivery.messages[0]
    story = delivery.stories.get(first.visit or 0)
    if delivery.is_digest or first.event.kind is not EventKind.EGG_LAID or story is None or story.told is None:
        return None
    told_at = [one.event.told_at for one in story.events if one.event.kind is not EventKind.EGG_LAID]
    return story if max(told_at) < first.event.told_at else None


def visit_look(story: Story, delivery: Delivery, voice: Voice, *, now: datetime) -> Look:
    """The message of a visit with a new text, its photo as it is."""
    buttons = to_markup(buttons_of(story.events[0], voice)) if _may_correct(delivery.subscriber) else None
    return Look(text=visit_text(story.events, voice, now=now), buttons=buttons, thread=delivery.subscriber.thread)


def _may_correct(subscriber: Subscriber) -> bool:
    return subscriber.role is SubscriberRole.KEEPER or ":-" in subscriber.chat  # a keeper may be in a group


def _digest(delivery: Delivery, voice: Voice, now: datetime, days: Mapping[int, str]) -> str:
    """A line for every visit and for every other event; of a visit, what these messages tell and no more."""
    told = {message.event_number for message in delivery.messages}
    lines: dict[tuple[str, int], tuple[datetime, str]] = {}
    for message in delivery.messages:
        key, text = ("event", message.event_number), told_sentence(message.stored, voice)
        if message.event_number in days:
            text = days[message.event_number].partition("\n")[0]
        story = delivery.stories.get(message.visit or 0)
        if story is not None and message.event.kind is not EventKind.EGG_LAID:
            events = [one for one in story.events if one.number in told and one.event.kind is not EventKind.EGG_LAID]
            key, text = ("visit", message.visit or 0), visit_sentence(events, voice)
        lines[key] = (message.event.at, cut(text, LINE))
    return cut(digest_text(sorted(lines.values()), voice, now=now), TEXT_LIMIT)


def _best_photo(story: Story, voice: Voice) -> Photo | None:
    """The best of the visit: the one that came with its end, if it has ended."""
    stored = {one.event.kind: one for one in story.events if one.event.photo}
    best = stored.get(EventKind.HEN_LEFT) or stored.get(EventKind.HEN_NESTING)
    return _photo(best, voice) if best else None


def _photo(stored: StoredEvent, voice: Voice) -> Photo | None:
    path = stored.event.photo
    return None if path is None else Photo(path=path, answer=answer_text(stored, voice))
