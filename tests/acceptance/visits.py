"""A bot, a store and an outbox at work beside a Bot API server: visits of a hen go in, a keeper's chat comes out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from fakes.coop import FakeCoop
from peers.bot_api import BotApi, Fault, Shown, hang, refuse
from PIL import Image

from coopwatch.bot.outbox import Outbox
from coopwatch.bot.telegram import TelegramBot
from coopwatch.clock import SystemClock
from coopwatch.store.database import Database
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import Event, EventKind

KEEPER, VIEWER, GROUP = 5, 6, -7
CAME = datetime(2026, 6, 21, 12, 2, tzinfo=UTC)
WENT = CAME + timedelta(minutes=34)
NESTING = Event(
    kind=EventKind.HEN_NESTING,
    camera="nestcam",
    nest="left",
    at=CAME,
    told_at=CAME,
    hens=("red_twin",),
    certainty=0.96,
    photo="photos/first.jpg",
)
LEFT = replace(NESTING, kind=EventKind.HEN_LEFT, at=WENT, told_at=WENT, began=CAME, photo="photos/best.jpg")
LAID = replace(NESTING, kind=EventKind.EGG_LAID, at=WENT, told_at=WENT, photo="photos/egg.jpg")


class Chat:
    """A store, a bot and an outbox at work; events go in, messages come out at the server."""

    def __init__(self, api: BotApi, folder: Path) -> None:
        self.api = api
        self.store = Database(folder)
        self.folder = folder
        self.bot = TelegramBot(
            token=api.token,
            api_url=api.url,
            store=self.store,
            coop=FakeCoop(),
            names={"red_twin": "Red Twin"},
            zone=ZoneInfo("Europe/Berlin"),
            data_dir=folder,
            clock=SystemClock(),
        )
        self.outbox = Outbox(self.store, {"telegram": self.bot}, SystemClock(), zone=lambda: UTC)
        (folder / "photos").mkdir(parents=True)
        for name, size in (("first", 320), ("best", 640), ("egg", 2000)):
            Image.effect_noise((size, size // 2), 80).convert("RGB").save(folder / "photos" / f"{name}.jpg")

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Chat"]:
        """While it is entered, what is due is sent."""
        async with self.store, self.bot:
            running = asyncio.create_task(self.outbox.run(), name="outbox")
            try:
                yield self
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    async def subscribe(self, chat_id: int = KEEPER, **more: object) -> None:
        """Let a chat in."""
        since = datetime(2026, 1, 1, tzinfo=UTC)
        one = Subscriber(chat=f"telegram:{chat_id}", name="Ann", since=since, **{"role": SubscriberRole.KEEPER} | more)
        await self.store.subscribe(one)
        await self.store.set_preferences(one)

    async def happen(self, *events: Event) -> None:
        """Tell of these."""
        await self.store.tell(events)
        self.outbox.wake()

    def messages(self, chat_id: int = KEEPER) -> list[Shown]:
        """What stands in the chat now."""
        return [shown for (chat, _), shown in sorted(self.api.chats.items()) if chat == chat_id]


def one_blocked_and_one_hanging(blocked: int, hanging: int) -> Callable[[str, Mapping[str, str]], Fault | None]:
    """The server refuses the one chat for good and never answers calls to the other."""
    refused = refuse(403, "Forbidden: bot was blocked by the user")
    troubles = {str(blocked): refused, str(hanging): hang}
    return lambda _, fields: troubles.get(fields.get("chat_id", ""))
