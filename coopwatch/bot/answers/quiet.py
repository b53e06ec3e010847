"""Answers that change what a chat gets: mute, unmute, and the settings with their buttons."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from coopwatch.bot.asking import Asked, Button, Desk, Keyboard, Reply
from coopwatch.bot.mute_end import mute_end
from coopwatch.core.kinds import GROUPS, Group, group_meant
from coopwatch.core.phrases import listed, moment
from coopwatch.core.voice import Voice
from coopwatch.locale.catalogue import LANGUAGES
from coopwatch.subscriber import Subscriber

PRESS = "s1"  # begins what a button of the settings sends back
QUIET_HOURS = ((21, 6), (22, 7), (23, 8))


async def mute(desk: Desk, asked: Asked) -> Reply:
    """Send nothing for a while, or nothing of a group of kinds until it is wanted again."""
    voice, now = asked.voice, desk.clock.now()
    if asked.subscriber is None:
        return not_subscribed(voice)
    if group := group_meant(asked.argument, voice):
        await desk.prefer(asked.subscriber, lambda one: changed(one, "mute", group.key))
        return Reply(text=_says_muted_kind(group, voice))
    until = mute_end(asked.argument, voice, now)
    if until is None:
        return Reply(text=_how_to_mute(asked.argument, voice))
    await desk.prefer(asked.subscriber, lambda one: replace(one, muted_until=until))
    return Reply(text=_says_muted(until, voice, now))


async def unmute(desk: Desk, asked: Asked) -> Reply:
    """Send everything again."""
    if asked.subscriber is None:
        return not_subscribed(asked.voice)
    await desk.prefer(asked.subscriber, lambda one: replace(one, muted_until=None, muted_kinds=()))
    return Reply(text=asked.voice.say("All messages are on again."))


async def settings(desk: Desk, asked: Asked) -> Reply:
    """What comes to this chat, its quiet hours and its language, with buttons that change them."""
    if asked.subscriber is None:
        return not_subscribed(asked.voice)
    return settings_page(asked.subscriber, asked.voice, now=desk.clock.now())


def told_mutes(subscriber: Subscriber, voice: Voice, *, now: datetime) -> Sequence[str]:
    """What holds this chat's messages back, a sentence each."""
    muted = subscriber.muted_until
    until = [_says_muted(muted, voice, now)] if muted and muted > now else []
    kinds = [_says_muted_kind(group, voice) for group in GROUPS if group.is_muted(subscriber.muted_kinds)]
    return [*until, *kinds]


def settings_page(subscriber: Subscriber, voice: Voice, *, now: datetime, page: str = "") -> Reply:
    """A page of the settings: "kinds", "quiet", "language", or the first one."""
    wanted = [voice.say(group.title) for group in GROUPS if not group.is_muted(subscriber.muted_kinds)]
    quiet = _quiet_called(subscriber.quiet_from, subscriber.quiet_to, voice)
    lines = [
        voice.say("Messages: {kinds}", kinds=listed(wanted, voice) or voice.say("none")),
        voice.say("Quiet hours: {hours}", hours=quiet),
        voice.say("Language: {language}", language=LANGUAGES.get(subscriber.language, subscriber.language)),
    ]
    if subscriber.muted_until and subscriber.muted_until > now:
        lines.append(voice.say("Muted until {time}", time=moment(subscriber.muted_until, voice, seen_from=now)))
    match page:
        case "kinds":
            buttons = _kind_buttons(subscriber, voice)
        case "quiet":
            buttons = _quiet_buttons(subscriber, voice)
        case "language":
            buttons = _language_buttons(subscriber)
        case _:
            return Reply(text="\n".join(lines), buttons=_first_page(voice))
    return Reply(text="\n".join(lines), buttons=(*buttons, (_button(voice.say("« Back"), "open", ""),)))


def changed(subscriber: Subscriber, what: str, value: str) -> Subscriber:
    """The subscriber as a button says; each button names the state to reach, so that a double tap changes nothing."""
    match what:
        case "mute" | "want":
            kinds = next((group.kinds for group in GROUPS if group.key == value), ())
            others = tuple(kind for kind in subscriber.muted_kinds if kind not in kinds)
            return replace(subscriber, muted_kinds=others if what == "want" else tuple(sorted({*others, *kinds})))
        case "quiet":
            hours = next(((begin, end) for begin, end in QUIET_HOURS if f"{begin}-{end}" == value), None)
            begin, end = (time(hours[0]), time(hours[1])) if hours else (None, None)
            return replace(subscriber, quiet_from=begin, quiet_to=end)
        case "language" if value in LANGUAGES:
            return replace(subscriber, language=value)
        case _:
            return subscriber


def _first_page(voice: Voice) -> Keyboard:
    return (
        (_button(voice.say("Which messages"), "open", "kinds"),),
        (_button(voice.say("Quiet hours"), "open", "quiet"),),
        (_button(voice.say("Language"), "open", "language"),),
    )


def _kind_buttons(subscriber: Subscriber, voice: Voice) -> Keyboard:
    rows = []
    for group in GROUPS:
        muted = group.is_muted(subscriber.muted_kinds)
        title = _ticked(voice.say(group.title), is_chosen=not muted)
        rows.append((_button(title, "want" if muted else "mute", group.key),))
    return tuple(rows)


def _quiet_buttons(subscriber: Subscriber, voice: Voice) -> Keyboard:
    chosen = subscriber.quiet_from, subscriber.quiet_to
    rows = [(_button(_ticked(voice.say("no quiet hours"), is_chosen=chosen == (None, None)), "quiet", "off"),)]
    for begin, end in QUIET_HOURS:
        hours = time(begin), time(end)
        title = _ticked(_quiet_called(*hours, voice), is_chosen=chosen == hours)
        rows.append((_button(title, "quiet", f"{begin}-{end}"),))
    return tuple(rows)


def _language_buttons(subscriber: Subscriber) -> Keyboard:
    buttons = [
        _button(_ticked(title, is_chosen=code == subscriber.language), "language", code)
        for code, title in LANGUAGES.items()
    ]
    return tuple(tuple(buttons[number : number + 2]) for number in range(0, len(buttons), 2))


def _button(text: str, what: str, value: str) -> Button:
    return Button(text=text, data=f"{PRESS}:{what}:{value}")


def _ticked(text: str, *, is_chosen: bool) -> str:
    return f"✓ {text}" if is_chosen else text


def _quiet_called(begin: time | None, end: time | None, voice: Voice) -> str:
    if begin is None or end is None:
        return voice.say("none")
    return voice.say("from {begin} to {end}", begin=f"{begin:%H:%M}", end=f"{end:%H:%M}")


def _says_muted(until: datetime, voice: Voice, now: datetime) -> str:
    time = moment(until, voice, seen_from=now)
    return voice.say("No messages until {time}; then you read what happened. /unmute ends it.", time=time)


def _says_muted_kind(group: Group, voice: Voice) -> str:
    title = voice.say(group.title)
    return voice.say("No more messages of the kind “{kind}”. /unmute brings them back.", kind=title)


def _how_to_mute(received: str, voice: Voice) -> str:
    kinds = ", ".join(group.key for group in GROUPS)
    return voice.say(
        "I do not understand “{what}”. Write /mute 2h, /mute until 18:00, or /mute with a kind: {kinds}.",
        what=received[:40],
        kinds=kinds,
    )


def not_subscribed(voice: Voice) -> Reply:
    """What a chat reads that chose something for messages which it does not get."""
    return Reply(text=voice.say("This chat gets no messages. /start brings them."))
