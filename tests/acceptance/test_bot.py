"""The bot as its keeper meets it: a real, independent Bot API server, with every fault that a network has."""

import asyncio
import io
import json
import logging
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
from fakes.coop import FakeCoop
from peers.bot_api import BotApi, Fault, arrive_and_drop, bot_api, drop, hang, portal, refuse, swallow
from PIL import Image

from coopwatch.bot.api import BotApiRequest
from coopwatch.bot.commands import COMMANDS
from coopwatch.bot.outbox import Outbox
from coopwatch.bot.pairing import make_invitation
from coopwatch.bot.telegram import TelegramBot
from coopwatch.clock import SystemClock
from coopwatch.core.memory import Memory
from coopwatch.errors import UserMustActError
from coopwatch.store.database import Database
from coopwatch.subscriber import SubscriberRole
from coopwatch.values import Event, EventKind
from coopwatch.vision.picture import decode_picture

KEEPER, STRANGER, GROUP = 5, 6, -77
NAMES = {"red_twin": "Red Twin", "psycho": "Psycho"}
LAID = Event(
    kind=EventKind.EGG_LAID,
    camera="nestcam",
    nest="left",
    at=datetime(2026, 6, 21, 12, 2, tzinfo=UTC),
    told_at=datetime(2026, 6, 21, 12, 4, tzinfo=UTC),
    hens=("red_twin",),
    certainty=0.94,
    photo="photos/left.jpg",
)
LAID_TEXT = "Egg laid by Red Twin in the left nest (94 %)\n14:02 on 21 June"


class Ear(logging.Handler):
    """Hears a text in the log."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.heard = asyncio.Event()
        self._text = text

    def emit(self, record: logging.LogRecord) -> None:
        if self._text in record.getMessage():
            self.heard.set()


class Chat:
    """A bot and an outbox at work against the server, and a coop that a test can let things happen in."""

    def __init__(self, api: BotApi, data_dir: Path, *, token: str | None = None) -> None:
        self.api = api
        self.store = Database(data_dir)
        self.jpeg = _jpeg()
        self.data_dir = data_dir
        (data_dir / "photos").mkdir()
        (data_dir / "photos" / "left.jpg").write_bytes(self.jpeg)
        self.coop = FakeCoop({"left": self.jpeg})
        self.bot = TelegramBot(
            token=token or api.token,
            api_url=api.url,
            store=self.store,
            coop=self.coop,
            names=NAMES,
            zone=ZoneInfo("Europe/Berlin"),
            data_dir=data_dir,
            clock=SystemClock(),
        )
        self.outbox = Outbox(self.store, {"telegram": self.bot}, SystemClock(), zone=lambda: UTC)
        self._happened = 0

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Chat"]:
        async with self.store, self.bot, asyncio.TaskGroup() as owner:
            tasks = [owner.create_task(self.bot.run(), name="bot"), owner.create_task(self.outbox.run(), name="outbox")]
            yield self
            for task in tasks:
                task.cancel()

    async def happen(self, event: Event = LAID) -> None:
        await self.store.save(Memory(camera="nestcam", nest="left"), [event])
        self.outbox.wake()

    async def invite(self, role: SubscriberRole = SubscriberRole.KEEPER) -> str:
        code, invitation = make_invitation(role, SystemClock().now())
        await self.store.invite(invitation)
        return code

    async def pair(self, chat_id: int = KEEPER, role: SubscriberRole = SubscriberRole.KEEPER) -> None:
        await self.api.send_text(chat_id, f"/start {await self.invite(role)}")
        await self.api.wait_for("sendMessage", chat_id=chat_id)


def _jpeg() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((320, 240), 80).convert("RGB").save(file, "JPEG", quality=90)
    return file.getvalue()


@pytest.fixture
def listen() -> Iterator[Callable[[str], Ear]]:
    """Make an ear for a text in the bot's log."""
    logger, ears = logging.getLogger("coopwatch.bot"), list[Ear]()

    def make(text: str) -> Ear:
        ears.append(Ear(text))
        logger.addHandler(ears[-1])
        return ears[-1]

    before = logger.level
    logger.setLevel(logging.INFO)
    yield make
    logger.setLevel(before)
    for ear in ears:
        logger.removeHandler(ear)


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with bot_api() as running:
        yield running


@pytest.fixture
async def chat(api: BotApi, tmp_path: Path) -> AsyncIterator[Chat]:
    async with Chat(api, tmp_path).at_work() as at_work:
        yield at_work


async def test_a_keeper_starts_asks_and_gets_events_with_their_photos(api: BotApi, chat: Chat) -> None:
    menu = await api.wait_for("setMyCommands")
    assert '"status"' in menu.fields["commands"]
    assert '"invite"' not in menu.fields["commands"]

    await api.send_text(KEEPER, f"/start {await chat.invite()}")
    keepers = await api.wait_for("setMyCommands", scope=json.dumps({"chat_id": KEEPER, "type": "chat"}))
    assert '"invite"' in keepers.fields["commands"]
    welcome = await api.wait_for("sendMessage", chat_id=KEEPER)
    assert "gets a message whenever something happens" in welcome.fields["text"]
    assert [subscriber.chat for subscriber in await chat.store.subscribers()] == [f"telegram:{KEEPER}"]

    asked = monotonic()
    await api.send_text(KEEPER, "/status")
    status = await api.wait_for("sendMessage", chat_id=KEEPER)
    assert monotonic() - asked < 1
    assert status.fields["text"].startswith("Left nest: Red Twin since 14:00")

    await api.send_text(KEEPER, "/Photo@Coop_Test_Bot left")
    photo = await api.wait_for("sendPhoto", chat_id=KEEPER)
    assert photo.files["photo"] == chat.jpeg
    assert photo.fields["caption"].startswith("Left nest, 14:00")

    await chat.happen()
    told = await api.wait_for("sendPhoto", chat_id=KEEPER)
    assert told.fields["caption"] == LAID_TEXT
    assert told.files["photo"] != chat.jpeg, "what it shows is drawn on it"
    assert decode_picture(told.files["photo"]).size

    await api.send_text(KEEPER, "/stop")
    await api.wait_for("sendMessage", chat_id=KEEPER)
    assert await chat.store.subscribers() == []
    verdict = await api.verdict("sendMessage", "sendPhoto", "setMyCommands")
    assert verdict["ok"], verdict


async def test_while_nobody_is_paired_the_log_shows_a_code_that_makes_a_keeper(
    api: BotApi, tmp_path: Path, caplog: pytest.LogCaptureFixture, listen: Callable[[str], Ear]
) -> None:
    caplog.set_level(logging.INFO)
    ear = listen("Nobody is paired")
    async with Chat(api, tmp_path).at_work() as chat:
        await asyncio.wait_for(ear.heard.wait(), 10)
        link = re.search(r"https://t\.me/coop_test_bot\?start=(\w+)", caplog.text)
        assert link is not None
        await api.send_text(KEEPER, f"/start {link[1]}")
        await api.wait_for("sendMessage", chat_id=KEEPER)
        assert [one.role for one in await chat.store.subscribers()] == [SubscriberRole.KEEPER]
    caplog.clear()
    async with chat.bot, chat.store:
        await chat.bot._welcome("coop_test_bot")
    assert "Nobody is paired" not in caplog.text


async def test_a_rival_with_the_same_token_is_told_to_the_keeper(
    api: BotApi, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopwatch.bot.updates.FIRST_PAUSE", timedelta(seconds=0.1))
    monkeypatch.setattr("coopwatch.bot.outbox.POLL", timedelta(seconds=0.2))
    await chat.pair()
    chat.outbox.wake()
    conflict = refuse(409, "Conflict: terminated by other getUpdates request")
    api.fail("getUpdates", conflict, conflict, conflict)
    await api.send_text(KEEPER, "/help")  # ends the long request that is under way
    async with asyncio.timeout(10):
        while "another program uses the same bot token" not in (await api.wait_for("sendMessage")).fields["text"]:
            pass


async def test_a_stranger_gets_one_polite_sentence_and_no_data(api: BotApi, chat: Chat) -> None:
    await chat.pair()
    await api.send_text(KEEPER, "/stop")
    await api.wait_for("sendMessage", chat_id=KEEPER)
    commands = [f"/{command.name}" for command in COMMANDS]
    for text in (*commands, "/start WRONGONE", "/photo left", "/hen red_twin", "/mute 2h", "/x", "hello"):
        await api.send_text(STRANGER, text)
    await api.send_text(KEEPER, "/status")
    await api.wait_for("sendMessage", chat_id=KEEPER)
    (answer,) = [call for call in api.calls("sendMessage") if call.fields["chat_id"] == str(STRANGER)]
    assert answer.fields["text"].startswith("This bot looks after somebody's hens")
    assert api.calls("sendPhoto") == []
    assert await chat.store.subscribers() == []


async def test_a_keeper_may_bring_the_bot_into_a_group(api: BotApi, chat: Chat) -> None:
    await chat.pair()
    await api.send_text(GROUP, "/start", sender=STRANGER)
    assert "looks after" in (await api.wait_for("sendMessage", chat_id=GROUP)).fields["text"]
    await api.send_text(GROUP, "/start@coop_test_bot", sender=KEEPER)
    assert "gets a message" in (await api.wait_for("sendMessage", chat_id=GROUP)).fields["text"]
    await api.send_text(GROUP, "/status", sender=STRANGER)
    assert "Red Twin" in (await api.wait_for("sendMessage", chat_id=GROUP)).fields["text"]
    await chat.happen()
    for chat_id in (KEEPER, GROUP):
        await api.wait_for("sendPhoto", chat_id=chat_id)


async def test_in_a_group_what_is_meant_for_others_is_not_answered(api: BotApi, chat: Chat) -> None:
    await chat.pair()
    for text in ("good morning", "/status@other_bot", "/weather"):
        await api.send_text(GROUP, text, sender=KEEPER)
    await api.send_text(GROUP, "/help", sender=KEEPER)
    await api.wait_for("sendMessage", chat_id=GROUP)
    assert len([call for call in api.calls("sendMessage") if call.fields["chat_id"] == str(GROUP)]) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(refuse(429, "Too Many Requests: retry after 1", retry_after=1), id="told to wait"),
        pytest.param(refuse(500, "Internal Server Error"), id="error of the server"),
        pytest.param(drop, id="dropped connection"),
        pytest.param(portal, id="a portal answers"),
    ],
)
async def test_a_message_that_did_not_arrive_is_sent_again(
    api: BotApi, chat: Chat, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopwatch.bot.retry.FIRST_PAUSE", timedelta(seconds=0.2))
    await chat.pair()
    api.fail("sendPhoto", fault)
    await chat.happen()
    first = await api.wait_for("sendPhoto")
    began = monotonic()
    second = await api.wait_for("sendPhoto")
    assert second.fields == first.fields
    assert second.files["photo"] == first.files["photo"]
    assert second.status == 200
    if first.status == 429:
        assert monotonic() - began >= 1


async def test_a_refused_photo_does_not_hold_back_the_text(api: BotApi, chat: Chat) -> None:
    await chat.pair()
    api.fail("sendPhoto", refuse(400, "Bad Request: IMAGE_PROCESS_FAILED"))
    await chat.happen()
    assert (await api.wait_for("sendMessage")).fields["text"] == LAID_TEXT


@pytest.mark.parametrize("status", [400, 502])
async def test_an_answer_comes_as_text_where_its_photo_does_not_go_out(api: BotApi, chat: Chat, status: int) -> None:
    await chat.pair()
    api.fail("sendPhoto", refuse(status))
    await api.send_text(KEEPER, "/photo left")
    await api.wait_for("sendMessage", text="Left nest, 14:00 on 21 June")


async def test_a_missing_or_empty_photo_does_not_hold_back_the_text(api: BotApi, chat: Chat) -> None:
    await chat.pair()
    (chat.data_dir / "photos" / "left.jpg").write_bytes(b"")
    await chat.happen()
    assert (await api.wait_for("sendMessage")).fields["text"] == LAID_TEXT
    (chat.data_dir / "photos" / "left.jpg").unlink()
    await chat.happen(Event(**(_fields(LAID) | {"at": LAID.at + timedelta(hours=1)})))
    assert (await api.wait_for("sendMessage")).fields["text"].endswith("15:02 on 21 June")
    assert api.calls("sendPhoto") == []


def _fields(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in Event.__slots__}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(refuse(403, "Forbidden: bot was blocked by the user"), id="blocked"),
        pytest.param(refuse(400, "Bad Request: chat not found"), id="deleted"),
    ],
)
async def test_a_chat_that_is_gone_is_suspended(
    api: BotApi, chat: Chat, fault: Fault, listen: Callable[[str], Ear]
) -> None:
    ear = listen("is gone and gets no more messages")
    await chat.pair()
    api.fail("sendPhoto", fault)
    await chat.happen()
    await api.wait_for("sendPhoto")
    await asyncio.wait_for(ear.heard.wait(), 10)
    assert await chat.store.subscribers() == []
    assert len(api.calls("sendMessage")) == 1  # the welcome; no text went after the photo


async def test_a_group_that_became_a_supergroup_gets_its_message_there(
    api: BotApi, chat: Chat, listen: Callable[[str], Ear]
) -> None:
    ear = listen("is telegram:-100123 now")
    await chat.pair()
    api.fail("sendPhoto", refuse(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100123))
    await chat.happen()
    moved = await api.wait_for("sendPhoto", chat_id=-100123)
    assert moved.status == 200
    await asyncio.wait_for(ear.heard.wait(), 10)
    assert [one.chat for one in await chat.store.subscribers()] == ["telegram:-100123"]


async def test_a_refused_token_ends_the_bot_with_a_remedy(api: BotApi, tmp_path: Path) -> None:
    chat = Chat(api, tmp_path, token="123:not-the-token")
    async with chat.bot:
        with pytest.raises(UserMustActError, match=r"refused by the Bot API.*token_file or token_env") as refused:
            await asyncio.wait_for(chat.bot.run(), 10)
    assert "not-the-token" not in str(refused.value)
    assert refused.value.__suppress_context__  # the library's own error quotes the token


async def test_without_a_network_the_bot_starts_and_goes_on_when_it_comes(
    api: BotApi,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    listen: Callable[[str], Ear],
) -> None:
    caplog.set_level(logging.INFO)
    ear = listen("cannot be reached")
    monkeypatch.setattr("coopwatch.bot.updates.FIRST_PAUSE", timedelta(seconds=0.1))
    await api.down()
    async with Chat(api, tmp_path).at_work() as chat:
        await asyncio.wait_for(ear.heard.wait(), 10)
        await api.up()
        api.fail("getMe", portal)  # first the portal of the network answers, then the Bot API
        await chat.pair()
        assert caplog.text.count("cannot be reached") == 1
        assert "is reached again" in caplog.text
        assert "Traceback" not in caplog.text


async def test_a_server_that_fails_while_it_is_listened_to_is_waited_for(
    api: BotApi, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopwatch.bot.updates.FIRST_PAUSE", timedelta(seconds=0.1))
    await api.wait_for("setMyCommands")
    api.fail("getUpdates", refuse(502), drop, refuse(409, "Conflict: terminated by other getUpdates request"), portal)
    await chat.pair()  # ends the long request that is under way
    await api.send_text(KEEPER, "/status")
    await api.wait_for("sendMessage", chat_id=KEEPER)


async def test_updates_that_nobody_expects_do_not_end_the_listening(api: BotApi, chat: Chat) -> None:
    await chat.pair()
    person = {"id": KEEPER, "is_bot": False, "first_name": "K"}
    private = {"id": KEEPER, "type": "private"}
    for message in (
        {},
        {"message_id": 1},
        {"message_id": 1, "date": "yesterday", "chat": 7},
        {"message_id": 1, "date": 1, "chat": private},
        {"message_id": 1, "date": 1, "chat": private, "from": person, "photo": []},
        {"message_id": 1, "date": 1, "chat": private, "from": person, "text": "/"},
        {"message_id": 1, "date": 1, "chat": private, "from": person, "text": "/photo \N{EGG} \0 " + "x" * 4000},
    ):
        await api.send_update({"message": message})
    await api.send_text(KEEPER, "/status")
    async with asyncio.timeout(10):
        while "Red Twin" not in (await api.wait_for("sendMessage", chat_id=KEEPER)).fields["text"]:
            pass


async def test_updates_of_rubbish_crash_nothing(api: BotApi, chat: Chat) -> None:
    """A keeper's updates with anything in the place of anything: the next question is answered as ever."""
    await chat.pair()
    rng = random.Random(6)
    person = {"id": KEEPER, "is_bot": False, "first_name": "K", "language_code": "de"}
    message = {
        "message_id": 9,
        "date": 1,
        "chat": {"id": KEEPER, "type": "private", "first_name": "K"},
        "from": person,
        "text": "/status",
        "entities": [{"type": "bot_command", "offset": 0, "length": 7}],
    }
    press = {"id": "1", "from": person, "chat_instance": "1", "data": "c1:1:which:", "message": message}
    kinds = {"message": message, "callback_query": press}  # the emulator lets no other come
    for _ in range(200):
        kind = rng.choice(list(kinds))
        await api.send_update({kind: {key: _spoilt(one, rng) for key, one in kinds[kind].items()}})
    before = len(api.calls("sendPhoto")) + len(api.calls("sendMessage"))
    await api.send_text(KEEPER, "/help")
    async with asyncio.timeout(30):
        while "/photo [nest]" not in (await api.wait_for("sendMessage", chat_id=KEEPER, timeout=30)).fields["text"]:
            pass
    assert len(api.calls("sendPhoto")) + len(api.calls("sendMessage")) >= before


def _spoilt(value: object, rng: random.Random) -> object:
    """The value with something in it changed, missing or of another kind."""
    if rng.random() < 0.15:
        return rng.choice([None, 0, -1, 2**70, "", "x" * 5000, "\N{EGG}\0", [], {}, True, 1.5, [[]], {"id": {}}])
    if isinstance(value, dict):
        return {key: _spoilt(one, rng) for key, one in value.items() if rng.random() > 0.05}
    if isinstance(value, list):
        return [_spoilt(one, rng) for one in value]
    return value


async def test_a_mistake_in_an_answer_does_not_end_the_listening(
    api: BotApi, chat: Chat, monkeypatch: pytest.MonkeyPatch, listen: Callable[[str], Ear]
) -> None:
    await chat.pair()
    ear = listen("could not be handled")
    with monkeypatch.context() as broken:
        broken.setattr(chat.coop, "status", lambda: 1 / 0)
        await api.send_text(KEEPER, "/status")
        await asyncio.wait_for(ear.heard.wait(), 10)
    await api.send_text(KEEPER, "/status")
    assert "Red Twin" in (await api.wait_for("sendMessage", chat_id=KEEPER)).fields["text"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the bot wait for answers, and between attempts, only a moment."""
    monkeypatch.setattr("coopwatch.bot.retry.FIRST_PAUSE", timedelta(seconds=0.1))
    monkeypatch.setattr("coopwatch.bot.telegram.BotApiRequest", partial(BotApiRequest, answer_seconds=0.5))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", [swallow, arrive_and_drop])
async def test_a_message_that_arrived_though_the_answer_did_not_is_found_and_not_sent_again(
    api: BotApi, tmp_path: Path, fault: Fault, listen: Callable[[str], Ear]
) -> None:
    ear = listen("of which nobody knew had arrived")
    async with Chat(api, tmp_path).at_work() as chat:
        await chat.pair()
        api.fail("sendPhoto", fault)
        await chat.happen()
        await asyncio.wait_for(ear.heard.wait(), 10)
    assert len(api.calls("sendPhoto")) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_message_that_gets_no_answer_and_is_not_found_is_sent_twice_at_most(
    api: BotApi, tmp_path: Path, listen: Callable[[str], Ear]
) -> None:
    ear = listen("was given up: no answer in time")
    async with Chat(api, tmp_path).at_work() as chat:
        await chat.pair()
        api.fail("sendPhoto", hang, hang, hang)
        await chat.happen()
        await asyncio.wait_for(ear.heard.wait(), 10)
    assert len(api.calls("sendPhoto")) == 2


async def test_the_token_stands_in_no_log(api: BotApi, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "telegram"):
        caplog.set_level(logging.DEBUG, logger=name)
    await api.down()
    async with Chat(api, tmp_path).at_work() as chat:
        await api.up()
        await chat.pair()
        api.fail("sendPhoto", drop, refuse(500))
        await chat.happen()
        await api.wait_for("sendPhoto")
        logging.getLogger("anything").error("https://api.telegram.org/bot%s/getMe", api.token)
    assert "<bot token>" in caplog.text
    assert api.token not in caplog.text
