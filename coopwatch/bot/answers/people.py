"""Answers about who gets messages: start, stop, invite and the subscribers."""

import logging
from collections.abc import Sequence

from coopwatch.bot.answers.quiet import told_mutes
from coopwatch.bot.asking import KEEPERS_ONLY, Asked, Button, Desk, Keyboard, Reply
from coopwatch.bot.pairing import make_invitation, pairing_link
from coopwatch.core.phrases import day_called
from coopwatch.core.voice import Voice
from coopwatch.subscriber import Subscriber, SubscriberRole

log = logging.getLogger(__name__)

PRESS = "p1"  # begins what a button of the subscribers sends back
MOST_BUTTONS = 50


async def start(desk: Desk, asked: Asked) -> Reply:
    """Welcome a chat that the door has let in: what it may do (also after a wrong code), and its mutes."""
    voice, subscriber = asked.voice, asked.subscriber
    if subscriber is None:  # a group that someone brought the bot into who may not
        return Reply(text=voice.say(KEEPERS_ONLY))
    lines = [
        voice.say("This chat gets a message whenever something happens in the nests."),
        _rights(subscriber.role, voice),
        *told_mutes(subscriber, voice, now=desk.clock.now()),
        voice.say("/help lists what you can ask; /settings is for which messages come, and in which language."),
    ]
    return Reply(text="\n".join(lines))


async def stop(desk: Desk, asked: Asked) -> Reply:
    """Send no more messages to the chat."""
    await desk.store.unsubscribe(asked.visitor.chat)
    log.info("%s (%s) gets no more messages", asked.visitor.chat, asked.visitor.name)
    return Reply(text=asked.voice.say("This chat gets no more messages. /start brings them back."))


async def invite(desk: Desk, asked: Asked) -> Reply:
    """A code that lets one more chat in, once."""
    voice = asked.voice
    wanted = asked.argument.strip().lower() or SubscriberRole.VIEWER
    if wanted not in tuple(SubscriberRole):
        return Reply(text=voice.say("Write /invite viewer or /invite keeper."))
    code, invitation = make_invitation(SubscriberRole(wanted), desk.clock.now())
    await desk.store.invite(invitation)
    log.info("%s (%s) made an invitation for a %s", asked.visitor.chat, asked.visitor.name, wanted)
    lines = [
        _rights(invitation.role, voice),
        voice.say("Pass this on; it lets one chat in, within a day:"),
        *([pairing_link(asked.bot_name, code)] if asked.bot_name else []),
        f"/start {code}",
    ]
    return Reply(text="\n".join(lines))


async def subscribers(desk: Desk, asked: Asked) -> Reply:
    """Who gets messages, with a button to remove each."""
    return people_page(await everyone(desk), asked.visitor.chat, asked.voice)


async def everyone(desk: Desk) -> Sequence[Subscriber]:
    """The chats that were let in, also those that stopped their messages; the terminal is none."""
    return [one for one in await desk.store.subscribers(suspended=True) if one.chat.startswith("telegram:")]


def people_page(people: Sequence[Subscriber], own: str, voice: Voice, *, asking: str = "") -> Reply:
    """The list; `own` is the reader's chat, `asking` the one of which is asked whether to remove it."""
    doomed = next((one for one in people if one.chat == asking), None)
    if doomed is not None:
        yes = Button(text=voice.say("Yes, remove"), data=f"{PRESS}:remove:{doomed.chat}")
        no = Button(text=voice.say("No"), data=f"{PRESS}:list:")
        return Reply(text=voice.say("Remove {name}?", name=doomed.name), buttons=((yes, no),))
    lines = [_line(one, voice) for one in people]
    return Reply(text="\n".join(lines), buttons=_buttons(people, own, voice))


def _rights(role: SubscriberRole, voice: Voice) -> str:
    if role is SubscriberRole.KEEPER:
        return voice.say("A keeper may do everything.")
    return voice.say("A viewer may look and choose what comes, but correct and invite nobody.")


def _buttons(people: Sequence[Subscriber], own: str, voice: Voice) -> Keyboard:
    others = [one for one in people if one.chat != own][:MOST_BUTTONS]
    return tuple(
        (Button(text=voice.say("Remove {name}", name=one.name[:40]), data=f"{PRESS}:ask:{one.chat}"),) for one in others
    )


def _line(one: Subscriber, voice: Voice) -> str:
    role = voice.say("keeper") if one.role is SubscriberRole.KEEPER else voice.say("viewer")
    since = day_called(one.since.astimezone(voice.zone).date(), voice)
    line = voice.say("{name}: {role}, since {day}", name=one.name, role=role, day=since)
    return line if one.is_active else voice.say("{who}, gets no messages", who=line)
