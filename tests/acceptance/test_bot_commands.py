"""Every command and every button, through real updates, against an independent Bot API server."""

import asyncio
import io
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import av
import pytest
from fakes.coop import FakeCoop
from peers.bot_api import BotApi, Call, bot_api
from PIL import Image

from coopwatch.bot.buttons import event_buttons
from coopwatch.bot.commands import COMMANDS, allowed
from coopwatch.bot.pairing import make_invitation
from coopwatch.bot.telegram import TelegramBot
from coopwatch.clock import ScaledClock
from coopwatch.core.lesson import CANNOT, Lesson, lesson_text
from coopwatch.core.memory import Memory
from coopwatch.core.voice import FOR_LOGS
from coopwatch.locale.catalogue import LANGUAGES
from coopwatch.store.database import Database
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import NOTHING, Event, EventKind, StoredEvent

KEEPER, VIEWER, STRANGER = 5, 7, 6
PHOTO = "photos/left.jpg"
NOW = datetime(2026, 6, 21, 12, 10, tzinfo=UTC)
CLOCK = ScaledClock(start=NOW, speed=1)


def event(kind: EventKind, *, ago: float, hen: str = "red_twin", **more: object) -> Event:
    at = NOW - timedelta(minutes=ago)
    values = {"nest": "left", "hens": (hen,), "certainty": 0.96, "photo": PHOTO} | more
    return Event(kind=kind, camera="nestcam", at=at, told_at=at, **values)


VISIT = (
    event(EventKind.HEN_NESTING, ago=60),
    event(EventKind.HEN_LEFT, ago=26, began=NOW - timedelta(minutes=60)),
    event(EventKind.EGG_LAID, ago=25),
    event(EventKind.HEN_NESTING, ago=5, hen="psycho"),
)


SAYS = (
    ("/today", "Red Twin nested 34 min in the left nest and laid an egg"),
    ("/digest", "1 egg (Red Twin)"),
    ("/eggs decade", "I do not understand “decade”. Write /eggs week, /eggs month or /eggs year."),
    ("/events left", "I do not understand “left”. Write /events, or /events with a number."),
    ("/events 2", "Psycho is nesting in the left nest (96 %)"),
    ("/model", "The model tiny 1 names the hens."),
    ("/model", "Learnt from 7 photos that people named: 6 of 7 right, before 3 of 7"),
    ("/model", "It cannot learn from corrections; coopwatch train makes a model that can."),
    ("/hen", "The hens are: Beauty, Psycho, Red Twin."),
    ("/hen nobody", "Which hen?"),
    ("/photo roof", "I know no nest “roof”. The nests are: Left nest, Right nest."),
    ("/timelapse", "There are no pictures of these hours yet."),
    ("/mute", "No messages until"),
    ("/mute eggs", "No more messages of the kind “Eggs”"),
    ("/mute tomorrow", "Write /mute 2h, /mute until 18:00, or /mute with a kind: visits, eggs"),
    ("/unmute", "All messages are on again."),
    ("/settings", "Language: English"),
    ("/invite", "https://t.me/coop_test_bot?start="),
    ("/invite queen", "Write /invite viewer or /invite keeper."),
    ("/subscribers", "Person 5: keeper, since"),
    ("/weather", "I do not know /weather."),
    ("good morning", "/photo [nest]: the newest picture"),
)
ODD = (
    "c1",
    "c1:1",
    "c1:x:is:",
    "c1:99999:is:abc",
    "c1:1:fly:",
    "c1:1:is:0123456789",
    "s1:mute",
    "s1:language:xx",
    "p1:ask:",
)


@dataclass(slots=True)
class Chat:
    """A bot with a small past, and people who talk with it."""

    api: BotApi
    store: Database
    coop: FakeCoop
    spoken: dict[int, int] = field(default_factory=dict)

    async def ask(self, text: str, *, sender: int = KEEPER, method: str = "sendMessage") -> Call:
        await self.api.send_text(sender, text)
        return await self.api.wait_for(method, chat_id=sender)

    async def pair(self, who: int, role: SubscriberRole) -> None:
        code, invitation = make_invitation(role, CLOCK.now())
        await self.store.invite(invitation)
        await self.ask(f"/start {code}", sender=who)

    async def press(self, data: str, *, sender: int = KEEPER, caption: str | None = "x") -> None:
        """Press a button; `caption` None: under a message that is a text."""
        self.spoken[sender] = self.spoken.get(sender, 0) + 1
        message = {
            "message_id": 700,
            "date": 1,
            "chat": {"id": sender, "type": "private", "first_name": "P"},
            **({"text": "x"} if caption is None else {"caption": caption}),
        }
        person = {"id": sender, "is_bot": False, "first_name": f"Person {sender}"}
        query = {"id": f"{sender}-{self.spoken[sender]}", "from": person, "chat_instance": "1", "data": data}
        await self.api.send_update({"callback_query": {**query, "message": message}})

    async def stored(self, kind: EventKind, hen: str | None = None) -> StoredEvent:
        told = await self.store.events_between(NOW - timedelta(days=1), NOW + timedelta(days=1))
        return next(one for one in told if one.event.kind is kind and (hen is None or one.event.hens == (hen,)))

    async def quiesce(self) -> None:
        """Until everything sent so far is answered: the bot takes updates in turn."""
        await self.ask("/help")


def buttons(call: Call) -> dict[str, str]:
    """Text -> data of the buttons under a message."""
    rows = json.loads(call.fields.get("reply_markup", '{"inline_keyboard": []}'))["inline_keyboard"]
    return {button["text"]: button["callback_data"] for row in rows for button in row}


def size(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture)) as image:
        image.load()
        return image.size


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    picture = io.BytesIO()
    Image.effect_noise((320, 240), 80).convert("RGB").save(picture, "JPEG")
    (tmp_path / "photos").mkdir()
    (tmp_path / PHOTO).write_bytes(picture.getvalue())
    coop = FakeCoop({None: picture.getvalue(), "left": picture.getvalue()})
    lesson = Lesson(photos=7, judged=7, right=6, before=3)
    coop.lessons = (lesson_text(lesson, FOR_LOGS), CANNOT)
    async with bot_api() as api, Database(tmp_path) as store:
        await store.save(Memory(camera="nestcam", nest="left"), VISIT)
        bot = TelegramBot(
            token=api.token,
            api_url=api.url,
            store=store,
            coop=coop,
            names={"red_twin": "Red Twin", "psycho": "Psycho", "beauty": "Beauty"},
            zone=ZoneInfo("Europe/Berlin"),
            data_dir=tmp_path,
            clock=CLOCK,
        )
        async with bot, asyncio.TaskGroup() as owner:
            task = owner.create_task(bot.run(), name="bot")
            chat = Chat(api, store, coop)
            await chat.pair(KEEPER, SubscriberRole.KEEPER)
            yield chat
            task.cancel()


async def test_every_command_is_answered_and_the_server_finds_no_fault(chat: Chat) -> None:
    for number in range(6):
        picture = chat.coop.photos[None]
        file = Path(chat.store._data_dir) / f"{number}.jpg"
        file.write_bytes(picture)
        chat.coop.pictures = (*chat.coop.pictures, file)
    expected = {"status": "sendPhoto", "photo": "sendPhoto", "eggs": "sendPhoto", "hens": "sendPhoto"}
    arguments = {"hen": "red", "invite": "viewer", "mute": "2h", "eggs": "month", "events": "3"}
    for command in COMMANDS:
        method = "sendVideo" if command.name == "timelapse" else expected.get(command.name, "sendMessage")
        method = "sendPhoto" if command.name == "hen" else method
        if command.name not in ("start", "stop"):
            call = await chat.ask(f"/{command.name} {arguments.get(command.name, '')}", method=method)
            assert call.status == 200, command.name
            assert call.fields.get("text") or call.fields.get("caption"), command.name
    await chat.ask("/stop")
    await chat.ask("/start")
    verdict = await chat.api.verdict("sendMessage", "sendPhoto", "sendVideo", "setMyCommands")
    assert verdict["ok"], verdict


async def test_a_command_says_what_the_table_says(chat: Chat) -> None:
    for text, told in SAYS:
        assert told in (await chat.ask(text)).fields["text"], text


async def test_pictures_are_for_a_phone(chat: Chat) -> None:
    for text in ("/eggs week", "/eggs month", "/eggs year", "/hens", "/hen psycho", "/hen Red Twin"):
        width, height = size((await chat.ask(text, method="sendPhoto")).files["photo"])
        assert width == 1080, text
        assert height < 2 * width, text


async def test_a_film_shows_the_hours_in_order(chat: Chat, tmp_path: Path) -> None:
    files = []
    for shade in range(0, 250, 10):
        files.append(tmp_path / f"{shade:03}.jpg")
        Image.new("RGB", (641, 361), (shade, shade, shade)).save(files[-1])
    (tmp_path / "torn.jpg").write_bytes(b"torn")
    chat.coop.pictures = (*files, tmp_path / "torn.jpg")
    film = (await chat.ask("/timelapse left 3", method="sendVideo")).files["video"]
    assert chat.api.calls("sendChatAction")[0].fields["action"] == "upload_video"
    with av.open(io.BytesIO(film)) as container:
        shades = [frame.to_ndarray(format="gray").mean() for frame in container.decode(video=0)]
    assert len(shades) == len(files)
    assert shades == sorted(shades)


async def test_status_is_answered_within_a_second_while_everything_is_broken(chat: Chat, tmp_path: Path) -> None:
    """The camera gives nothing, the worker died, thousands of messages wait, and another program locks the database."""
    await chat.ask("/status", method="sendPhoto")
    chat.coop.trouble, chat.coop.photos = "no answer", {}
    for number in range(100, 120):
        await chat.store.subscribe(Subscriber(chat=f"telegram:{number}", name="P", since=NOW))
    await chat.store.tell([event(EventKind.EGG_LAID, ago=ago) for ago in range(-50, 0)])
    with closing(sqlite3.connect(tmp_path / "coopwatch.db", isolation_level=None)) as rival:
        rival.execute("BEGIN IMMEDIATE")
        stuck = asyncio.create_task(chat.store.tell([event(EventKind.EGG_LAID, ago=-100)]))
        await asyncio.sleep(0)
        began = monotonic()
        status = await chat.ask("/status")
        assert monotonic() - began < 1
        rival.execute("ROLLBACK")
    await stuck
    for told in ("Left nest: Red Twin since 14:00", "nestcam: no answer", "does not answer. It was restarted 4 times."):
        assert told in status.fields["text"]
    assert "unknown right now" in status.fields["text"]
    assert "100 messages are waiting" in (await chat.ask("/status")).fields["text"]


async def test_mute_and_unmute_are_kept(chat: Chat) -> None:
    await chat.ask("/mute 2h")
    await chat.ask("/mute eggs")
    (keeper,) = await chat.store.subscribers()
    assert keeper.muted_until is not None
    assert abs(keeper.muted_until - CLOCK.now() - timedelta(hours=2)) < timedelta(minutes=1)
    assert keeper.muted_kinds == (EventKind.EGG_LAID, EventKind.EGGS_COLLECTED)
    await chat.ask("/unmute")
    (keeper,) = await chat.store.subscribers()
    assert (keeper.muted_until, keeper.muted_kinds) == (None, ())


async def test_settings_are_changed_by_buttons_also_when_tapped_twice(chat: Chat) -> None:
    page = buttons(await chat.ask("/settings"))
    await chat.press(page["Which messages"], caption=None)
    kinds = buttons(await chat.api.wait_for("editMessageText"))
    assert kinds["✓ Eggs"] == "s1:mute:eggs"
    for _ in range(2):
        await chat.press(kinds["✓ Eggs"], caption=None)
        await chat.api.wait_for("editMessageText")
    await chat.press("s1:quiet:22-7", caption=None)
    await chat.api.wait_for("editMessageText")
    (keeper,) = await chat.store.subscribers()
    assert keeper.muted_kinds == (EventKind.EGG_LAID, EventKind.EGGS_COLLECTED)
    assert (keeper.quiet_from, keeper.quiet_to) == (
        datetime(2026, 1, 1, 22, tzinfo=UTC).time(),
        datetime(2026, 1, 1, 7, tzinfo=UTC).time(),
    )
    assert len(chat.api.calls("answerCallbackQuery")) == 4


async def test_the_language_is_chosen_by_a_button(chat: Chat) -> None:
    said = set()
    for code in LANGUAGES:
        await chat.press(f"s1:language:{code}", caption=None)
        await chat.api.wait_for("editMessageText")
        said.add((await chat.ask("/unmute")).fields["text"])
    assert len(said) == len(LANGUAGES)


async def test_a_colon_stands_as_the_language_writes_it(chat: Chat) -> None:
    await chat.press("s1:language:ja", caption=None)
    await chat.api.wait_for("editMessageText")
    for text, told in (("/hen red twin", "最後の訪問\uff1a"), ("/eggs", "この7日間の卵\uff1a卵")):
        assert told in (await chat.ask(text, method="sendPhoto")).fields["caption"]


async def test_a_new_chat_is_greeted_in_the_language_of_its_app(chat: Chat) -> None:
    code, invitation = make_invitation(SubscriberRole.VIEWER, CLOCK.now())
    await chat.store.invite(invitation)
    person = {"id": VIEWER, "is_bot": False, "first_name": "Eva", "language_code": "de-AT"}
    private = {"id": VIEWER, "type": "private", "first_name": "Eva"}
    said = {"message_id": 1, "date": 1, "chat": private, "from": person, "text": f"/start {code}"}
    await chat.api.send_update({"message": said})
    greeting = await chat.api.wait_for("sendMessage", chat_id=VIEWER)
    assert greeting.fields["text"].startswith("Dieser Chat bekommt eine Nachricht")
    assert (
        "Nest links: Red Twin seit 14:00"
        in (await chat.ask("/status", sender=VIEWER, method="sendPhoto")).fields["caption"]
    )


async def test_in_a_channel_only_commands_are_answered(chat: Chat) -> None:
    channel = {"id": -1009, "type": "channel", "title": "Eggs"}
    for number, text in enumerate(("good morning", "/weather")):
        post = {"message_id": number + 1, "date": 1, "chat": channel, "sender_chat": channel, "text": text}
        await chat.api.send_update({"message": post})
    await chat.quiesce()
    assert [call for call in chat.api.journal if call.fields.get("chat_id") == "-1009"] == []


async def test_right_keeps_the_name_and_says_who_confirmed_it(chat: Chat) -> None:
    egg = await chat.stored(EventKind.EGG_LAID)
    data = _data(egg, "✓ Right")
    for _ in range(2):  # a double tap
        await chat.press(data)
        changed = await chat.api.wait_for("editMessageCaption")
        assert changed.fields["caption"].startswith("Egg laid by Red Twin in the left nest (100 %)")
        assert list(buttons(changed)) == ["✓ Red Twin · change"]
    assert (await chat.stored(EventKind.EGG_LAID)).correction == "red_twin"


async def test_wrong_offers_the_names_and_a_name_repairs_event_statistics_and_state(chat: Chat) -> None:
    nesting = await chat.stored(EventKind.HEN_NESTING, "psycho")
    await chat.press(_data(nesting, "✗ Wrong"))
    names = buttons(await chat.api.wait_for("editMessageReplyMarkup"))
    assert list(names) == ["Red Twin", "Beauty", "Psycho", "Nothing there", "« Back"]
    await chat.press(names["Beauty"])
    changed = await chat.api.wait_for("editMessageCaption")
    assert changed.fields["caption"].startswith("Beauty is nesting in the left nest (100 %)")
    assert "Beauty is nesting" in (await chat.ask("/events 1")).fields["text"]
    assert [(told.kind, label) for told, label in chat.coop.corrected] == [(EventKind.HEN_NESTING, "beauty")]


async def test_an_old_message_still_says_what_it_showed(chat: Chat) -> None:
    egg = await chat.stored(EventKind.EGG_LAID)
    old = _data(egg, "✓ Right")
    await chat.store.correct(egg.number, "beauty", by="telegram:5", at=NOW)
    await chat.press(old)
    await chat.api.wait_for("editMessageCaption")
    assert (await chat.stored(EventKind.EGG_LAID)).event.hens == ("red_twin",)


async def test_nothing_there_takes_the_event_out_of_the_statistics(chat: Chat) -> None:
    egg = await chat.stored(EventKind.EGG_LAID)
    assert "1 egg" in (await chat.ask("/digest")).fields["text"]
    await chat.press(_data(egg, "Nothing there"))
    changed = await chat.api.wait_for("editMessageCaption")
    assert changed.fields["caption"] == "Nothing was there"
    assert list(buttons(changed)) == ["✓ nothing there · change"]
    assert "0 eggs" in (await chat.ask("/digest")).fields["text"]
    assert (await chat.stored(EventKind.EGG_LAID)).correction == NOTHING


async def test_a_keeper_removes_a_subscriber_after_being_asked_and_never_the_last_keeper(chat: Chat) -> None:
    await chat.pair(VIEWER, SubscriberRole.VIEWER)
    page = buttons(await chat.ask("/subscribers"))
    await chat.press(page["Remove Person 7"], caption=None)
    asked = await chat.api.wait_for("editMessageText")
    assert asked.fields["text"].endswith("Remove Person 7?")
    await chat.press(buttons(asked)["Yes, remove"], caption=None)
    await chat.api.wait_for("editMessageText")
    await chat.press(f"p1:remove:telegram:{KEEPER}", caption=None)
    await chat.api.wait_for("editMessageText")
    assert [one.chat for one in await chat.store.subscribers()] == [f"telegram:{KEEPER}"]


async def test_the_last_keeper_stays_also_when_its_messages_were_stopped(chat: Chat) -> None:
    await chat.ask("/stop")
    await chat.press(f"p1:remove:telegram:{KEEPER}", caption=None)
    await chat.api.wait_for("editMessageText")
    assert [one.chat for one in await chat.store.subscribers(suspended=True)] == [f"telegram:{KEEPER}"]


async def test_a_viewer_may_look_but_neither_correct_nor_invite(chat: Chat) -> None:
    await chat.pair(VIEWER, SubscriberRole.VIEWER)
    for command in set(COMMANDS) - set(allowed(SubscriberRole.VIEWER)):
        said = await chat.ask(f"/{command.name}", sender=VIEWER)
        assert said.fields["text"] == "Only keepers may do this."
    egg = await chat.stored(EventKind.EGG_LAID)
    for data in (_data(egg, "Nothing there"), "p1:remove:telegram:5"):
        await chat.press(data, sender=VIEWER)
        assert (await chat.api.wait_for("answerCallbackQuery")).fields["text"] == "Only keepers may do this."
    assert (await chat.stored(EventKind.EGG_LAID)).correction is None
    assert "/invite" not in (await chat.ask("/help", sender=VIEWER)).fields["text"]


async def test_a_strangers_forged_press_gets_nothing_at_all(chat: Chat) -> None:
    egg = await chat.stored(EventKind.EGG_LAID)
    real = _data(egg, "Nothing there")
    for data in (real, "s1:language:de", "p1:list:", f"p1:remove:telegram:{KEEPER}", "c1:1:which:", "", "x"):
        await chat.press(data, sender=STRANGER)
    await chat.quiesce()
    assert [call for call in chat.api.journal if call.fields.get("chat_id") == str(STRANGER)] == []
    assert chat.api.calls("answerCallbackQuery") == []
    assert (await chat.stored(EventKind.EGG_LAID)).correction is None


async def test_a_keepers_odd_presses_harm_nothing(chat: Chat) -> None:
    before = await chat.store.events_between(NOW - timedelta(days=1), NOW + timedelta(days=1))
    for data in ODD:
        await chat.press(data)
    await chat.quiesce()
    assert await chat.store.events_between(NOW - timedelta(days=1), NOW + timedelta(days=1)) == before
    (keeper,) = await chat.store.subscribers()
    assert (keeper.language, keeper.muted_kinds) == ("en", ())


def _data(stored: StoredEvent, text: str) -> str:
    """What the button with this text under the event's message sends back."""

    rows = event_buttons(stored.number, stored.event, FOR_LOGS)
    return next(button.data for row in rows for button in row if button.text == text)
