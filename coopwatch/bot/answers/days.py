"""Answers about days: what happened, and how many eggs there were."""

import asyncio

from coopwatch.bot import charts
from coopwatch.bot.answers.hens import all_hens
from coopwatch.bot.asking import Asked, Desk, Reply
from coopwatch.bot.the_day import told_in_short
from coopwatch.core.day import day_in_turn
from coopwatch.core.phrases import moment
from coopwatch.core.statistics import Period, day_bounds, egg_columns
from coopwatch.core.wording import sentence

USUAL_EVENTS, MOST_EVENTS = 10, 30  # in one message

_DAYS = {Period.WEEK: 7, Period.MONTH: 30, Period.YEAR: 366}


async def today(desk: Desk, asked: Asked) -> Reply:
    """What happened today, in turn."""
    day = desk.today(asked.voice)
    events = await desk.store.events_between(*day_bounds(day, asked.voice.zone))
    return Reply(text=day_in_turn(events, day, asked.voice))


async def digest(desk: Desk, asked: Asked) -> Reply:
    """The day in short, beside the weeks before."""
    return Reply(text=await told_in_short(desk.store, desk.coop, desk.now(), asked.voice))


async def events(desk: Desk, asked: Asked) -> Reply:
    """The newest events, newest first."""
    now, voice, wanted = desk.now(), asked.voice, asked.argument or str(USUAL_EVENTS)
    if not (wanted.isascii() and wanted.isdigit()):
        how = voice.say("I do not understand “{what}”. Write /events, or /events with a number.", what=wanted[:40])
        return Reply(text=how)
    newest = await desk.store.newest_events(max(1, min(int(wanted), MOST_EVENTS)))
    lines = [f"{moment(event.at, voice, seen_from=now)}  {sentence(event, voice)}" for event in newest]
    return Reply(text="\n".join(lines) or voice.say("Nothing happened yet."))


async def eggs(desk: Desk, asked: Asked) -> Reply:
    """Eggs a day or a month, as a chart."""
    period, voice = _period(asked.argument), asked.voice
    if period is None:
        how = voice.say(
            "I do not understand “{what}”. Write /eggs week, /eggs month or /eggs year.", what=asked.argument[:40]
        )
        return Reply(text=how)
    told = await desk.last_days(_DAYS[period], voice)
    columns = egg_columns(told, period, desk.today(voice), voice.zone)
    total = sum(column.total for column in columns)
    number = voice.count("{number} egg", "{number} eggs", total)
    text = voice.say("{what}: {why}", what=voice.say(charts.TITLES[period]), why=number)
    if not total:
        return Reply(text=text)  # a chart of nothing is worth no look
    return Reply(
        text=text, photo=await asyncio.to_thread(charts.draw_eggs, columns, period, all_hens(desk, told), voice)
    )


def _period(argument: str) -> Period | None:
    """The period of this name or first letters: "m" is a month; of nothing, a week; None: there is no such period."""
    wanted = argument.lower() or Period.WEEK
    return next((period for period in Period if period.startswith(wanted)), None)
