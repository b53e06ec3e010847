"""What a press of a button leads to: its data and who pressed it in; the message's new text or buttons out."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from coopwatch.bot.answers import people, quiet
from coopwatch.bot.asking import Asked, Desk, Keyboard
from coopwatch.bot.buttons import (
    PRESS,
    Press,
    buttons_of,
    label_meant,
    likeliest,
    name_buttons,
    read_press,
)
from coopwatch.bot.door import Standing
from coopwatch.core.story import told_text, visit_text
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import EventKind, StoredEvent

log = logging.getLogger(__name__)

NEEDED = {PRESS: Standing.KEEPER, people.PRESS: Standing.KEEPER, quiet.PRESS: Standing.VIEWER}
"""What one must be for a button whose data begins so; other data is nobody's."""

_LATELY = timedelta(days=30)  # visits of these days order the names


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How the message with the button looks now."""

    buttons: Keyboard
    text: str | None = None  # None: as it was


def needed_standing(data: str) -> Standing | None:
    """Who may press a button with this data; None: it is none of ours."""
    return NEEDED.get(data.partition(":")[0])


async def carry_out(desk: Desk, asked: Asked) -> Change | None:
    """Do what the button says, `asked.argument` being its data; None where there is nothing to do.

    Raises:
        StoreError: it cannot be written.
    """
    kind, _, rest = asked.argument.partition(":")
    what, _, value = rest.partition(":")
    match kind:
        case quiet.PRESS if asked.subscriber is not None:
            return await _set(desk, asked, asked.subscriber, what, value)
        case quiet.PRESS:
            return Change(text=quiet.not_subscribed(asked.voice).text, buttons=())
        case people.PRESS:
            return await _people(desk, asked, what, value)
        case _:
            press = read_press(asked.argument)
            return None if press is None else await _correct(desk, asked, press)


async def _set(desk: Desk, asked: Asked, subscriber: Subscriber, what: str, value: str) -> Change:
    page = {"mute": "kinds", "want": "kinds", "quiet": "quiet", "language": "language"}.get(what, value)
    voice = asked.voice
    if what != "open":
        subscriber = await desk.prefer(subscriber, lambda now: quiet.changed(now, what, value))
        voice = desk.voice(subscriber.language)
    reply = quiet.settings_page(subscriber, voice, now=desk.clock.now(), page=page)
    return Change(text=reply.text, buttons=reply.buttons)


async def _people(desk: Desk, asked: Asked, what: str, chat: str) -> Change:
    everyone = await people.everyone(desk)
    if what == "remove" and any(one.chat == chat for one in everyone) and not _is_last_keeper(chat, everyone):
        await desk.store.forget(chat)
        log.info("%s removed %s", asked.visitor.person, chat)
        everyone = await people.everyone(desk)
    reply = people.people_page(everyone, asked.visitor.chat, asked.voice, asking=chat if what == "ask" else "")
    return Change(text=reply.text, buttons=reply.buttons)


def _is_last_keeper(chat: str, everyone: Sequence[Subscriber]) -> bool:
    keepers = [one.chat for one in everyone if one.role is SubscriberRole.KEEPER]
    return keepers == [chat]


async def _correct(desk: Desk, asked: Asked, press: Press) -> Change | None:
    stored = await desk.store.find_event(press.event)
    if stored is None:
        return None  # an old message, of a database that was left behind
    now, hens = desk.now(), desk.coop.hens()
    if press.verb == "which":
        before = await desk.events(now - _LATELY, now)
        return Change(buttons=name_buttons(press.event, likeliest(stored.event, before, hens), asked.voice))
    if press.verb == "back":
        return Change(buttons=buttons_of(stored, asked.voice))
    label = label_meant(press.mark, (*hens, *stored.event.hens))
    if label is None:
        return Change(buttons=buttons_of(stored, asked.voice))
    if await desk.store.correct(press.event, label, by=asked.visitor.person, at=desk.clock.now()):
        log.info("%s says of event %s: %s", asked.visitor.person, press.event, label)
        desk.coop.correct(stored.event, label)
    told = await desk.store.find_event(press.event) or stored
    return Change(buttons=buttons_of(told, asked.voice), text=await _retold(desk, asked, told))


async def _retold(desk: Desk, asked: Asked, stored: StoredEvent) -> str:
    """What the message says now that a person has spoken."""
    now, voice = desk.now(), asked.voice
    if stored.visit is not None and stored.event.kind in (EventKind.HEN_NESTING, EventKind.HEN_LEFT):
        story = await desk.store.story(stored.visit, asked.visitor.chat)
        return visit_text(story.events, voice, now=now)
    return told_text(stored, voice, now=now)
