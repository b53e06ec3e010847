"""What a delivery looks like in the chat that it goes to: a delivery and a voice in, text, photo and buttons out."""

from collections.abc import Mapping
from datetime import datetime

from coopwatch.bot.asking import Keyboard
from coopwatch.bot.buttons import corrected_buttons, event_buttons
from coopwatch.bot.conversation import to_markup
from coopwatch.bot.limits import TEXT_LIMIT, cut
from coopwatch.bot.post import Look
from coopwatch.core.story import digest_text, visit_sentence, visit_text
from coopwatch.core.voice import Voice
from coopwatch.core.wording import caption, sentence
from coopwatch.ports import Delivery, Story, SubscriberRole
from coopwatch.values import EventKind, Message

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
    text, photo, buttons = caption(first.event, voice, now=now), first.event.photo, _buttons(first, voice)
    if delivery.is_digest:
        text, photo, buttons = _digest(delivery, voice, now, days), None, ()
    elif first.event_number in days:
        text = days[first.event_number]
    elif delivery.story is not None:
        text, photo = visit_text(delivery.story.events, voice, now=now), _photo(delivery.story)
        buttons = _visit_buttons(delivery.story, voice) or buttons
    may_correct = subscriber.role is SubscriberRole.KEEPER or ":-" in subscriber.chat  # a keeper may be in a group
    return Look(
        text=text,
        photo=photo,
        buttons=to_markup(buttons) if may_correct else None,
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
    text = visit_text(story.events, voice, now=now)
    return Look(text=text, buttons=to_markup(_visit_buttons(story, voice)), thread=delivery.subscriber.thread)


def _digest(delivery: Delivery, voice: Voice, now: datetime, days: Mapping[int, str]) -> str:
    """A line for every visit and for every other event; of a visit, what these messages tell and no more."""
    told = {message.event_number for message in delivery.messages}
    lines: dict[tuple[str, int], tuple[datetime, str]] = {}
    for message in delivery.messages:
        key, text = ("event", message.event_number), sentence(message.event, voice)
        if message.event_number in days:
            text = days[message.event_number].partition("\n")[0]
        story = delivery.stories.get(message.visit or 0)
        if story is not None and message.event.kind is not EventKind.EGG_LAID:
            events = [one for one in story.events if one.number in told and one.event.kind is not EventKind.EGG_LAID]
            key, text = ("visit", message.visit or 0), visit_sentence(events, voice)
        lines[key] = (message.event.at, cut(text, LINE))
    return cut(digest_text(sorted(lines.values()), voice, now=now), TEXT_LIMIT)


def _photo(story: Story) -> str | None:
    """The best of the visit: the one that came with its end, if it has ended."""
    photos = {one.event.kind: one.event.photo for one in story.events}
    return photos.get(EventKind.HEN_LEFT) or photos.get(EventKind.HEN_NESTING)


def _visit_buttons(story: Story, voice: Voice) -> Keyboard:
    nesting = story.events[0]
    if nesting.correction is not None:
        return corrected_buttons(nesting, voice)
    return event_buttons(nesting.number, nesting.event, voice)


def _buttons(message: Message, voice: Voice) -> Keyboard:
    return event_buttons(message.event_number, message.event, voice)
