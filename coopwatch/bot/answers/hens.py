"""Answers about hens: all of them in a table, or one of them on a card."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from PIL import Image

from coopwatch.bot import charts
from coopwatch.bot.asking import Asked, Desk, Reply
from coopwatch.core.phrases import called, listed, moment, span
from coopwatch.core.statistics import Habits, habits, hens_of, sat_last
from coopwatch.core.voice import Voice
from coopwatch.errors import PictureError
from coopwatch.values import Event
from coopwatch.vision.photo import read_photo

log = logging.getLogger(__name__)

MOST_ROWS = 24  # Telegram shrinks what is longer until nobody can read it
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


async def hens(desk: Desk, asked: Asked) -> Reply:
    """All hens in a table."""
    told, now = await desk.last_days(MONTH.days, asked.voice), desk.now()
    names = all_hens(desk, told)
    if not names:
        return Reply(text=asked.voice.say("The model knows no hens yet."))
    rows = [
        charts.HenRow(habits=one, eggs_week=one.laid_since(now - WEEK), eggs_month=one.laid_since(now - MONTH))
        for one in sat_last([habits(told, hen, asked.voice.zone) for hen in names], MOST_ROWS)
    ]
    picture = await asyncio.to_thread(charts.draw_hens, rows, names, asked.voice, now=now)
    lines = [asked.voice.say("/hen and a name tells more about one hen.")]
    if len(rows) < len(names):
        lines.append(
            asked.voice.say(
                "The picture shows the hens that sat last: {number} of {all}.", number=len(rows), all=len(names)
            )
        )
    return Reply(text="\n".join(lines), photo=picture)


async def hen(desk: Desk, asked: Asked) -> Reply:
    """One hen on a card: her last visit, her habits, her best photo."""
    voice, now = asked.voice, desk.now()
    told = await desk.last_days(MONTH.days, voice)
    names = all_hens(desk, told)
    meant = _hen_meant(asked.argument, names, voice)
    if meant is None:
        known = listed([called(one, voice) for one in names], voice) or voice.say("none")
        return Reply(text=voice.say("Which hen? Write /hen and a name. The hens are: {hens}.", hens=known))
    hers = habits(told, meant, voice.zone)
    drawn = charts.legible(voice)
    facts = _facts(hers, drawn, now)
    portrait = await asyncio.to_thread(_portrait, desk, hers.portrait)
    picture = await asyncio.to_thread(charts.draw_hen, hers, portrait, facts, charts.palette(names)[meant], drawn)
    last_visit = voice.say("{what}: {why}", what=voice.say("Last visit"), why=charts.last_visit(hers, voice, now))
    return Reply(text=f"{called(meant, voice)}\n{last_visit}", photo=picture)


def all_hens(desk: Desk, events: Sequence[Event]) -> Sequence[str]:
    """The hens that the model knows, and those that the events name."""
    return sorted({*desk.coop.hens(), *hens_of(events)})


def _hen_meant(argument: str, names: Sequence[str], voice: Voice) -> str | None:
    """The hen of this name or label; the beginning of a name is enough where one hen alone has it."""
    wanted = argument.strip().casefold()
    known = {name.casefold(): hen for hen in names for name in (hen, called(hen, voice))}
    begun = {hen for name, hen in known.items() if wanted and name.startswith(wanted)}
    return known.get(wanted) or (begun.pop() if len(begun) == 1 else None)


def _facts(hers: Habits, voice: Voice, now: datetime) -> Sequence[tuple[str, str]]:
    """What her card says, title and value; a line without a value is left out."""
    stay, pause = hers.usual_stay, hers.usual_pause
    last_egg = moment(hers.eggs[-1], voice, seen_from=now) if hers.eggs else None
    facts = [
        (voice.say("Last visit"), charts.last_visit(hers, voice, now)),
        (voice.say("Last egg"), last_egg),
        (voice.say("Eggs in 7 days"), str(hers.laid_since(now - WEEK))),
        (voice.say("Eggs in 30 days"), str(hers.laid_since(now - MONTH))),
        (voice.say("Usually stays"), span(stay, voice) if stay else None),
        (voice.say("From egg to egg"), span(pause, voice) if pause else None),
    ]
    return [(title, value) for title, value in facts if value is not None]


def _portrait(desk: Desk, photo: str | None) -> Image.Image | None:
    if photo is None:
        return None
    try:
        return Image.fromarray(read_photo(desk.data_dir / photo).framed)
    except PictureError as error:
        log.info("A hen's card goes out without her photo: %s", error)
        return None
