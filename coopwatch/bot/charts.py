"""Charts for the chat: figures and a voice in, a picture for a phone out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from PIL import Image

from coopwatch.bot.canvas import FAINT, HENS, INK, MARGIN, QUIET, UNKNOWN, WIDTH, Canvas
from coopwatch.core.phrases import MONTHS, called, capital, day_called, moment, span
from coopwatch.core.statistics import Column, Habits, Period
from coopwatch.core.voice import ENGLISH, Voice, marked
from coopwatch.vision.lettering import Colour, Lettering

TITLES = {
    Period.WEEK: marked("Eggs of the last 7 days"),
    Period.MONTH: marked("Eggs of the last 30 days"),
    Period.YEAR: marked("Eggs of the last 12 months"),
}
_HEAD = (marked("Hen"), marked("Last visit"), marked("7 days"), marked("30 days"), marked("Stays"))
_COLUMNS = (MARGIN, 372, 676, 850, WIDTH - MARGIN)  # of the hens' table: where each begins or, after the second, ends
_ROW = 92
_TALLEST = 810  # of a hen's photo; a taller one is cut
_FIGURES = {Period.WEEK: 40, Period.MONTH: 22, Period.YEAR: 30}  # size of the number above a column

Palette = Mapping[str | None, Colour]


@dataclass(frozen=True, slots=True, kw_only=True)
class HenRow:
    """A hen's row in the table of hens."""

    habits: Habits
    eggs_week: int
    eggs_month: int


def legible(voice: Voice) -> Voice:
    """The voice; where this machine lacks letters, in English, and a hen by her label."""
    lettering = Lettering(16)
    labels = (*TITLES.values(), *_HEAD, *MONTHS, marked("unknown hen"), marked("on the nest now"))
    words = voice.words if all(lettering.shows(voice.say(label)) for label in labels) else ENGLISH
    names = {label: name for label, name in voice.names.items() if lettering.shows(name)}
    return Voice(names=names, zone=voice.zone, words=words)


def palette(hens: Sequence[str]) -> Palette:
    """A colour for every hen, the same in every chart of a coop; grey for nobody."""
    colours: dict[str | None, Colour] = {hen: HENS[number % len(HENS)] for number, hen in enumerate(hens)}
    return colours | {None: UNKNOWN}


def draw_eggs(columns: Sequence[Column], period: Period, hens: Sequence[str], voice: Voice) -> bytes:
    """A column for each day or month, built of the hens' colours, its number above it."""
    voice = legible(voice)
    colours = palette(hens)
    laying: list[str | None] = [hen for hen in hens if any(hen in column.eggs for column in columns)]
    laying += [None] if any(None in column.eggs for column in columns) else []
    legend = -(-len(laying) // 3)
    canvas = Canvas(900 + 62 * legend)
    total = sum(column.total for column in columns)
    canvas.text((MARGIN, 80), voice.say(TITLES[period]), 52, bold=True, room=WIDTH - 2 * MARGIN)
    canvas.text((MARGIN, 146), _egg_count(total, voice), 38, colour=QUIET)
    _draw_columns(canvas, columns, period, laying, colours)
    for number, hen in enumerate(laying):
        left, middle = MARGIN + number % 3 * 330, 900 + number // 3 * 62
        canvas.block((left, middle - 17, left + 34, middle + 17), colours[hen], radius=9)
        name = voice.say("unknown hen") if hen is None else called(hen, voice)
        canvas.text((left + 50, middle), name, 34, room=270)
    return canvas.png()


def _draw_columns(
    canvas: Canvas,
    columns: Sequence[Column],
    period: Period,
    hens: Sequence[str | None],
    colours: Palette,
) -> None:
    top, base, left = 240, 770, MARGIN
    room = (WIDTH - 2 * MARGIN) / len(columns)
    gap = room * (0.28 if len(columns) < 20 else 0.18)
    most = max(4, *(column.total for column in columns))
    for share in (0.0, 0.5, 1.0):
        y = base - share * (base - top)
        canvas.block((left, y - 1, WIDTH - MARGIN, y + 1), FAINT)
    for number, column in enumerate(columns):
        x, y = left + number * room, float(base)
        for hen in hens:
            height = column.eggs.get(hen, 0) / most * (base - top)
            canvas.block((x + gap / 2, y - height, x + room - gap / 2, y - min(3, height)), colours[hen], radius=4)
            y -= height
        middle = x + room / 2
        if column.total:
            canvas.text((middle, y - 28), str(column.total), _FIGURES[period], bold=True, side="m", room=room * 1.4)
        _label_column(canvas, number, columns, period, middle)


def _label_column(canvas: Canvas, number: int, columns: Sequence[Column], period: Period, middle: float) -> None:
    first = columns[number].first
    if period is Period.YEAR:
        canvas.text((middle, 806), str(first.month), 32, colour=QUIET, side="m")
        return
    if period is Period.MONTH and (len(columns) - 1 - number) % 5:
        return
    last = number == len(columns) - 1
    canvas.text((middle, 806), str(first.day), 36, colour=INK if last else QUIET, bold=last, side="m")


def draw_hens(rows: Sequence[HenRow], hens: Sequence[str], voice: Voice, *, now: datetime) -> bytes:
    """A row for each hen: when she sat last, how many eggs, how long she stays."""
    voice = legible(voice)
    colours = palette(hens)
    canvas = Canvas(236 + _ROW * max(1, len(rows)) + 30)
    canvas.text((MARGIN, 80), voice.say("The hens"), 52, bold=True)
    canvas.text(((_COLUMNS[2] + _COLUMNS[3] - 90) / 2, 126), voice.say("Eggs"), 32, colour=QUIET, side="m", room=270)
    for place, title, side, room in zip(_COLUMNS, _HEAD, "llrrr", (290, 180, 110, 150, 160), strict=True):
        canvas.text((place, 172), voice.say(title), 32, colour=QUIET, side=side, room=room)
    for number, row in enumerate(rows):
        middle = 236 + _ROW * (number + 0.5)
        canvas.block((MARGIN, middle - _ROW / 2 - 1, WIDTH - MARGIN, middle - _ROW / 2 + 1), FAINT)
        canvas.block((MARGIN, middle - 20, MARGIN + 14, middle + 20), colours.get(row.habits.hen, UNKNOWN), radius=7)
        canvas.text((MARGIN + 32, middle), called(row.habits.hen, voice), 38, bold=True, room=270)
        _draw_cells(canvas, row, middle, voice, now)
    return canvas.png()


def _draw_cells(canvas: Canvas, row: HenRow, middle: float, voice: Voice, now: datetime) -> None:
    sits = row.habits.sits_since is not None
    canvas.text((_COLUMNS[1], middle), last_visit(row.habits, voice, now), 32, colour=INK if sits else QUIET, room=210)
    for place, eggs in ((_COLUMNS[2], row.eggs_week), (_COLUMNS[3], row.eggs_month)):
        canvas.text((place, middle), str(eggs) if eggs else "-", 40, bold=bool(eggs), side="r")
    stay = row.habits.usual_stay
    canvas.text((_COLUMNS[4], middle), span(stay, voice) if stay else "-", 32, colour=QUIET, side="r", room=170)


def draw_hen(
    habits: Habits, portrait: Image.Image | None, facts: Sequence[tuple[str, str]], colour: Colour, voice: Voice
) -> bytes:
    """A hen's card: her best photo, her name, facts about her (title, value), and when in the day she sits."""
    picture = min(_TALLEST, round(WIDTH * portrait.height / portrait.width)) if portrait else 0
    facts_top = picture + 150
    bars_top = facts_top + 66 * len(facts) + 60
    canvas = Canvas(bars_top + 330)
    if portrait:
        canvas.picture((0, 0, WIDTH, picture), portrait)
    canvas.block((MARGIN, picture + 50, MARGIN + 18, picture + 110), colour, radius=9)
    canvas.text((MARGIN + 40, picture + 80), called(habits.hen, voice), 60, bold=True, room=WIDTH - 3 * MARGIN)
    for number, (title, value) in enumerate(facts):
        y = facts_top + 66 * number + 33
        canvas.text((MARGIN, y), title, 36, colour=QUIET, room=400)
        canvas.text((WIDTH - MARGIN, y), value, 38, bold=True, side="r", room=540)
    _draw_day(canvas, habits.hours, bars_top, colour, voice)
    return canvas.jpeg() if portrait else canvas.png()


def _draw_day(canvas: Canvas, hours: Sequence[timedelta], top: float, colour: Colour, voice: Voice) -> None:
    """How she spreads her sitting over the hours of the day."""
    canvas.text((MARGIN, top + 10), voice.say("When she sits"), 36, colour=QUIET)
    base, room = top + 240, (WIDTH - 2 * MARGIN) / 24
    most = max(*hours, timedelta(minutes=1))
    canvas.block((MARGIN, base, WIDTH - MARGIN, base + 2), FAINT)
    for hour, sat in enumerate(hours):
        x = MARGIN + hour * room
        canvas.block((x + 4, base - sat / most * 170, x + room - 4, base), colour, radius=5)
        if hour % 6 == 0:
            canvas.text((x, base + 34), f"{hour}:00", 28, colour=QUIET)


def last_visit(habits: Habits, voice: Voice, now: datetime) -> str:
    """When she sat last, short enough for a table."""
    if habits.sits_since is not None:
        return voice.say("on the nest now")
    if not habits.visits:
        return voice.say("not seen yet")
    last = habits.visits[-1].began
    local, today = last.astimezone(voice.zone).date(), now.astimezone(voice.zone).date()
    return moment(last, voice, seen_from=now) if local == today else day_called(local, voice)


def _egg_count(total: int, voice: Voice) -> str:
    return capital(voice.count("{number} egg", "{number} eggs", total))
