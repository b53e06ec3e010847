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

MOST_EVENTS = 30  # in one message

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
    wanted = int(asked.argument) if asked.argument.isascii() and asked.argument.isdigit() else 10
    now, voice = desk.now(), asked.voice
    newest = await desk.store.newest_events(max(1, min(wanted, MOST_EVENTS)))
    lines = [f"{moment(event.at, voice, seen_from=now)}  {sentence(event, voice)}" for event in newest]
    return Reply(text="\n".join(lines) or voice.say("Nothing happened yet."))


async def eggs(desk: Desk, asked: Asked) -> Reply:
    """Eggs a day or a month, as a chart."""
    period, voice = _period(asked.argument), asked.voice
    told = await desk.last_days(_DAYS[period], voice)
    columns = egg_columns(told, period, desk.today(voice), voice.zone)
    total = sum(column.total for column in columns)
    number = voice.count("{number} egg", "{number} eggs", total)
    text = f"{voice.say(charts.TITLES[period])}: {number}"
    if not total:
        return Reply(text=text)  # a chart of nothing is worth no look
    return Reply(
        text=text, photo=await asyncio.to_thread(charts.draw_eggs, columns, period, all_hens(desk, told), voice)
    )


def _period(argument: str) -> Period:
    """The period of this name, also as its first letters: "m" is a month."""
    wanted = argument.strip().lower()
    return next((period for period in Period if wanted and period.value.startswith(wanted)), Period.WEEK)
