"""One visit is one message: what a keeper's chat looks like while hens come, lay and go."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes.coop import FakeCoop
from peers.bot_api import BotApi, Shown, bot_api, refuse
from PIL import Image

from coopwatch.bot.outbox import Outbox
from coopwatch.bot.telegram import TelegramBot
from coopwatch.bot.uploads import Photo
from coopwatch.clock import SystemClock
from coopwatch.core.memory import Memory
from coopwatch.ports import Subscriber, SubscriberRole
from coopwatch.store.database import Database
from coopwatch.values import NOTHING, Event, EventKind

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
        (folder / "photos").mkdir()
        for name, size in (("first", 320), ("best", 640), ("egg", 2000)):
            Image.effect_noise((size, size // 2), 80).convert("RGB").save(folder / "photos" / f"{name}.jpg")

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Chat"]:
        async with self.store, self.bot:
            running = asyncio.create_task(self.outbox.run(), name="outbox")
            try:
                yield self
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    async def subscribe(self, chat_id: int = KEEPER, **more: object) -> None:
        since = datetime(2026, 1, 1, tzinfo=UTC)
        one = Subscriber(chat=f"telegram:{chat_id}", name="Ann", since=since, **{"role": SubscriberRole.KEEPER} | more)
        await self.store.subscribe(one)
        await self.store.set_preferences(one)

    async def happen(self, *events: Event) -> None:
        await self.store.tell(events)
        self.outbox.wake()

    def messages(self, chat_id: int = KEEPER) -> list[Shown]:
        """What stands in the chat now."""
        return [shown for (chat, _), shown in sorted(self.api.chats.items()) if chat == chat_id]


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with bot_api() as api, Chat(api, tmp_path / "data").at_work() as at_work:
        yield at_work


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()


async def test_a_visit_is_one_silent_message_that_changes_and_the_egg_a_loud_one(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING)
    await chat.api.wait_for("sendPhoto")
    (nesting,) = chat.messages()
    assert nesting.text == "Red Twin is nesting in the left nest (96 %)\n14:02 on 21 June"
    assert nesting.is_silent

    await chat.happen(LEFT, LAID)
    await chat.api.wait_for("editMessageMedia")
    await chat.api.wait_for("sendPhoto")
    visit, egg = chat.messages()
    assert visit.text == "Red Twin nested 34 min in the left nest and laid an egg\n14:02 to 14:36 on 21 June"
    assert visit.photo != nesting.photo, "the best photo of the visit is in the place of the first"
    assert egg.text.startswith("Egg laid by Red Twin in the left nest (96 %)")
    assert not egg.is_silent


async def test_an_egg_that_is_seen_later_is_added_to_the_message_of_its_visit(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING, LEFT)
    await chat.api.wait_for("sendPhoto")
    await chat.happen(replace(LAID, told_at=WENT + timedelta(minutes=9)))
    await chat.api.wait_for("editMessageCaption")
    visit, egg = chat.messages()
    assert visit.text.startswith("Red Twin nested 34 min in the left nest and laid an egg")
    assert egg.text.startswith("Egg laid by Red Twin")


async def test_a_message_that_someone_deleted_is_sent_anew_when_the_visit_ends(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING)
    await chat.api.wait_for("sendPhoto")
    chat.api.chats.clear()
    await chat.happen(LEFT)
    await chat.api.wait_for("sendPhoto")
    (visit,) = chat.messages()
    assert visit.text.startswith("Red Twin nested 34 min")


async def test_a_photo_goes_up_once_and_is_small(chat: Chat) -> None:
    for chat_id in (KEEPER, VIEWER, GROUP):
        await chat.subscribe(chat_id)
    await chat.happen(LAID)
    sent = [await chat.api.wait_for("sendPhoto") for _ in range(3)]
    uploads = [call.files["photo"] for call in sent if call.files]
    assert len(uploads) == 1
    assert Image.open(io.BytesIO(uploads[0])).size == (1280, 640)
    assert len({call.fields["photo"] for call in sent if not call.files}) == 1


async def test_a_name_that_telegram_forgot_makes_the_photo_go_up_again(chat: Chat) -> None:
    await chat.subscribe()
    await chat.store.keep_file_id(Photo(path="photos/egg.jpg", answer="egg").key, "of-another-bot")
    await chat.happen(LAID)
    refused, taken = await chat.api.wait_for("sendPhoto"), await chat.api.wait_for("sendPhoto")
    assert (refused.status, taken.status) == (400, 200)
    assert taken.files


async def test_a_damaged_photo_is_no_photo(chat: Chat) -> None:
    await chat.subscribe()
    (chat.folder / "photos" / "egg.jpg").write_bytes((chat.folder / "photos" / "egg.jpg").read_bytes()[:3000])
    await chat.happen(LAID)
    await chat.api.wait_for("sendMessage")
    assert chat.api.calls("sendPhoto") == []


async def test_quiet_hours_hold_everything_and_then_one_message_tells_it_all(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = SystemClock().now() + timedelta(seconds=2)
    monkeypatch.setattr("coopwatch.bot.outbox.POLL", timedelta(seconds=0.2))
    await chat.subscribe(muted_until=until)
    await chat.happen(NESTING, LEFT, LAID)
    digest = await chat.api.wait_for("sendMessage")
    assert SystemClock().now() >= until
    assert digest.fields["text"].splitlines()[1:] == [
        "14:36 Egg laid by Red Twin in the left nest (96 %)",
        "14:36 Red Twin nested 34 min in the left nest",
    ]
    assert chat.api.calls("sendPhoto") == []


async def test_the_daily_digest_tells_the_day(chat: Chat) -> None:
    """It said "The day" and no more."""
    await chat.subscribe()
    await chat.store.save(Memory(camera="nestcam", nest="left"), [NESTING, LEFT, LAID])
    await chat.store.mark_muted(1, 2, 3)
    evening = CAME.replace(hour=18)
    await chat.happen(Event(kind=EventKind.DAILY_DIGEST, camera=None, nest=None, at=evening, told_at=evening))
    assert (await chat.api.wait_for("sendMessage")).fields["text"].splitlines() == [
        "21 June: 1 egg (Red Twin)",
        "1 visit to the nests, 34 min together.",
    ]


async def test_a_topic_gets_the_groups_messages_and_when_it_is_gone_the_group_does(chat: Chat) -> None:
    await chat.subscribe(GROUP, thread=12)
    await chat.happen(LAID)
    assert (await chat.api.wait_for("sendPhoto")).fields["message_thread_id"] == "12"
    chat.api.fail("sendPhoto", refuse(400, "Bad Request: message thread not found"))
    await chat.happen(replace(LAID, at=WENT + timedelta(hours=1)))
    await chat.api.wait_for("sendPhoto")
    assert "message_thread_id" not in (await chat.api.wait_for("sendPhoto")).fields


@pytest.mark.parametrize(
    ("chat_id", "role", "has_buttons"),
    [
        (KEEPER, SubscriberRole.KEEPER, True),
        (VIEWER, SubscriberRole.VIEWER, False),
        (GROUP, SubscriberRole.VIEWER, True),  # a keeper may be among them
    ],
)
async def test_who_may_correct_gets_buttons(
    chat: Chat, chat_id: int, role: SubscriberRole, *, has_buttons: bool
) -> None:
    await chat.subscribe(chat_id, role=role)
    await chat.happen(NESTING)
    call = await chat.api.wait_for("sendPhoto")
    markup = json.loads(call.fields.get("reply_markup", "{}"))
    assert bool(markup) == has_buttons


async def test_a_visit_corrected_before_it_ends_is_told_by_its_right_name(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING)
    await chat.api.wait_for("sendPhoto")
    await chat.store.correct(1, "psycho", by="telegram:5", at=WENT)
    await chat.happen(LEFT)
    await chat.api.wait_for("editMessageMedia")
    assert chat.messages()[0].text.startswith("Psycho nested 34 min")


async def test_a_correction_changes_the_messages_of_all_chats_silently_and_what_is_drawn_on_photos(chat: Chat) -> None:
    for chat_id, role in ((KEEPER, SubscriberRole.KEEPER), (VIEWER, SubscriberRole.VIEWER), (GROUP, None)):
        await chat.subscribe(chat_id, **({"role": role} if role else {}))
    await chat.happen(NESTING, LEFT, LAID)
    for _ in range(6):
        await chat.api.wait_for("sendPhoto")
    photos = {chat_id: [one.photo for one in chat.messages(chat_id)] for chat_id in (KEEPER, VIEWER, GROUP)}
    await chat.store.correct(1, "psycho", by="telegram:5", at=WENT)
    chat.outbox.wake()
    for _ in range(6):
        await chat.api.wait_for("editMessageMedia")
    for chat_id in (KEEPER, VIEWER, GROUP):
        visit, egg = chat.messages(chat_id)
        assert visit.text.startswith("Psycho nested 34 min in the left nest and laid an egg")
        assert egg.text.startswith("Egg laid by psycho in the left nest (100 %)")
        assert ("change" in visit.markup, bool(egg.markup)) == (chat_id != VIEWER, chat_id != VIEWER)
        assert visit.photo != photos[chat_id][0]
        assert egg.photo == photos[chat_id][1], "an egg is an egg"
    assert len([call for call in chat.api.calls("editMessageMedia") if call.files]) == 1, "it goes up once"
    assert len(chat.api.calls("sendPhoto")) == 6, "nothing new, so that nothing rings"


async def test_a_message_that_someone_deleted_is_not_sent_anew_for_a_correction(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(LAID)
    await chat.api.wait_for("sendPhoto")
    chat.api.chats.clear()
    await chat.store.correct(1, "psycho", by="telegram:5", at=WENT)
    chat.outbox.wake()
    assert (await chat.api.wait_for("editMessageMedia")).status == 400
    await chat.happen(NESTING)
    await chat.api.wait_for("sendPhoto")
    assert [one.text.partition(" in ")[0] for one in chat.messages()] == ["Red Twin is nesting"]


async def test_nothing_there_is_told_also_where_the_egg_was(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING, LEFT, LAID)
    for _ in range(2):
        await chat.api.wait_for("sendPhoto")
    await chat.store.correct(3, NOTHING, by="telegram:5", at=WENT)
    chat.outbox.wake()
    for _ in range(2):
        await chat.api.wait_for("editMessageMedia")
    visit, egg = chat.messages()
    assert visit.text.startswith("Red Twin nested 34 min in the left nest\n")
    assert egg.text == "Nothing was there"


async def test_a_blocked_and_a_hanging_chat_delay_nobody(chat: Chat) -> None:
    """The aim of the proof: of all others, 95 in 100 messages arrive within 3 s."""
    loop = asyncio.get_running_loop()
    people = range(100, 120)
    for person in people:
        await chat.subscribe(person)

    async def hang(*_: object) -> None:
        await asyncio.Event().wait()

    blocked, hanging = refuse(403, "Forbidden: bot was blocked by the user"), hang
    chat.api.weather = lambda _, fields: {"100": blocked, "101": hanging}.get(fields.get("chat_id", ""))
    delays = []
    for minute in range(10):
        began = loop.time()
        laid = replace(LAID, at=WENT + timedelta(minutes=minute))
        await chat.happen(laid)
        for person in people[2:]:
            await chat.api.wait_for("sendPhoto", chat_id=person)
            delays.append(loop.time() - began)
        await asyncio.sleep(max(0.0, began + 1 - loop.time()))  # an event a second, as each chat may get
    delays.sort()
    assert delays[int(len(delays) * 0.95)] < 3, delays[-40:]
