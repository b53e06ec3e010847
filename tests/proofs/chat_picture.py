"""Draws a conversation with the bot for the documentation: pictures of the simulated coop in, what a phone shows out.

    coopwatch simulate --seed 7 --days 1 --every 20m --out build/day
    PYTHONPATH=tests python -m proofs.chat_picture build/day docs/images/chat.png

Every text, button and picture is what the bot sent to a real Bot API server.
"""

import asyncio
import io
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fakes.coop import FakeCoop
from peers.bot_api import BotApi, Call, bot_api
from PIL import Image, ImageDraw

from coopwatch.bot.outbox import Outbox
from coopwatch.bot.telegram import TelegramBot
from coopwatch.clock import ScaledClock
from coopwatch.core.memory import Memory
from coopwatch.store.database import Database
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import Event, EventKind, Region
from coopwatch.vision.lettering import Lettering
from coopwatch.vision.photo import encode_photo
from coopwatch.vision.picture import encode_jpeg, read_picture

KEEPER = 5
CAME, WENT = datetime(2026, 5, 1, 4, 36, tzinfo=UTC), datetime(2026, 5, 1, 5, 10, tzinfo=UTC)
PICTURE = "2026-05-01T04-40-00Z.jpg"  # of seed 7: Red Twin on the left nest
LEFT = Region(left=0.0125, top=0.0, right=0.4875, bottom=1.0)
HENS = ("red_twin", "ordinary", "back_spot")
WIDTH, ROOM, GAP = 900, 640, 16  # pixels of the phone, of a bubble, between two
WALL, THEIRS, OURS, KEY, INK = (214, 226, 205), (255, 255, 255), (225, 250, 205), (146, 168, 136), (40, 44, 48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A message as it stands in the chat."""

    text: str
    picture: bytes | None = None
    buttons: Sequence[Sequence[str]] = ()
    is_keepers: bool = False


async def converse(days: Path) -> Sequence[Bubble]:
    """A visit that ends with an egg, then two questions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        picture = read_picture(days / PICTURE)
        (folder / "photos").mkdir()
        for photo in ("came", "best"):
            (folder / "photos" / f"{photo}.jpg").write_bytes(encode_photo(picture, LEFT))
        coop = FakeCoop({None: encode_jpeg(picture)})
        async with bot_api() as api, Database(folder) as store:
            now = ScaledClock(start=WENT, speed=1)
            names = {hen: hen.replace("_", " ").title() for hen in HENS}
            bot = TelegramBot(
                token=api.token,
                api_url=api.url,
                store=store,
                coop=coop,
                names=names,
                zone=UTC,
                data_dir=folder,
                clock=now,
            )
            async with bot, asyncio.TaskGroup() as owner:
                outbox = Outbox(store, {"telegram": bot}, now, zone=lambda: UTC)
                tasks = [owner.create_task(bot.run()), owner.create_task(outbox.run())]
                bubbles = await _talk(api, store, outbox)
                for task in tasks:
                    task.cancel()
    return bubbles


async def _talk(api: BotApi, store: Database, outbox: Outbox) -> Sequence[Bubble]:
    await _remember_a_week(store)
    await store.subscribe(Subscriber(chat=f"telegram:{KEEPER}", name="A", since=CAME, role=SubscriberRole.KEEPER))
    nesting = _event(EventKind.HEN_NESTING, CAME, "red_twin", photo="photos/came.jpg")
    await _happen(store, outbox, nesting)
    await api.wait_for("sendPhoto")
    left = replace(nesting, kind=EventKind.HEN_LEFT, at=WENT, told_at=WENT, began=CAME, photo="photos/best.jpg")
    laid = replace(left, kind=EventKind.EGG_LAID, began=None, certainty=0.97)
    await _happen(store, outbox, left, laid)
    bubbles = [_bubble(await api.wait_for("editMessageMedia"))]
    await api.wait_for("sendPhoto")
    for question in ("/today", "/eggs"):
        await api.send_text(KEEPER, question)
        answer = await api.wait_for("sendMessage" if question == "/today" else "sendPhoto")
        bubbles += [Bubble(text=question, is_keepers=True), _bubble(answer)]
    return bubbles


async def _remember_a_week(store: Database) -> None:
    laid = [
        _event(EventKind.EGG_LAID, CAME - timedelta(days=day, hours=-hour), hen)
        for day in range(1, 7)
        for hour, hen in enumerate(HENS)
        if (day + hour) % 4
    ]
    await store.save(Memory(camera="nestcam", nest="left"), laid)


async def _happen(store: Database, outbox: Outbox, *events: Event) -> None:
    await store.save(Memory(camera="nestcam", nest="left"), events)
    outbox.wake()


def _event(kind: EventKind, at: datetime, hen: str, photo: str | None = None) -> Event:
    return Event(kind=kind, camera="nestcam", nest="left", at=at, told_at=at, hens=(hen,), certainty=0.96, photo=photo)


def _bubble(call: Call) -> Bubble:
    media = json.loads(call.fields.get("media", "{}"))
    rows = json.loads(call.fields.get("reply_markup", "{}")).get("inline_keyboard", [])
    return Bubble(
        text=media.get("caption") or call.fields.get("caption") or call.fields["text"],
        picture=next(iter(call.files.values()), None),
        buttons=[[button["text"] for button in row] for row in rows],
    )


def draw(bubbles: Sequence[Bubble]) -> Image.Image:
    """The chat on a phone, top to bottom."""
    parts = [_drawn(bubble) for bubble in bubbles]
    sheet = Image.new("RGB", (WIDTH, sum(part.height + GAP for part in parts) + GAP), WALL)
    top = GAP
    for bubble, part in zip(bubbles, parts, strict=True):
        sheet.paste(part, (WIDTH - part.width - GAP if bubble.is_keepers else GAP, top))
        top += part.height + GAP
    return sheet


def _drawn(bubble: Bubble) -> Image.Image:
    letters, bold = Lettering(26), Lettering(24, bold=True)
    lines = [part for line in bubble.text.splitlines() for part in _wrapped(line, letters)]
    picture = None
    if bubble.picture is not None:
        picture = Image.open(io.BytesIO(bubble.picture)).convert("RGB")
        picture = picture.resize((ROOM, round(picture.height * ROOM / picture.width)))
    width = ROOM if picture or bubble.buttons else round(max(map(letters.width, lines))) + 40
    body = (picture.height if picture else 0) + 36 * len(lines) + 24
    image = Image.new("RGB", (width, body + 62 * len(bubble.buttons)), WALL)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, width - 1, body - 1), 18, OURS if bubble.is_keepers else THEIRS)
    if picture:
        image.paste(picture, (0, 0))
    for number, line in enumerate(lines):
        letters.write(pen, (20, body - 36 * (len(lines) - number) + 6), line, INK)
    for number, row in enumerate(bubble.buttons):
        share = (width + 8) / len(row)
        for place, text in enumerate(row):
            box = (place * share, body + 8 + 62 * number, (place + 1) * share - 8, body + 62 * (number + 1))
            pen.rounded_rectangle(box, 14, KEY)
            bold.write(pen, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), text, THEIRS, "m")
    return image


def _wrapped(line: str, letters: Lettering) -> Sequence[str]:
    lines = [""]
    for word in line.split():
        longer = f"{lines[-1]} {word}".strip()
        if letters.width(longer) > ROOM - 40:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


if __name__ == "__main__":
    draw(asyncio.run(converse(Path(sys.argv[1])))).quantize(256).save(sys.argv[2], optimize=True)
