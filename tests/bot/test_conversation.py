"""Rules of the conversation: who may do what in which chat, for every command and button; and nothing makes it stumble.

Updates are read by the real library and answered by a real bot, whose calls go no further than a fake line.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, product
from pathlib import Path
from typing import Any

import pytest
from fakes.coop import FakeCoop
from fakes.line import FakeLine, Said
from fakes.store import FakeStore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Update

from coopwatch.bot.asking import KEEPERS_ONLY, Desk
from coopwatch.bot.buttons import corrected_buttons, event_buttons, name_buttons
from coopwatch.bot.commands import COMMANDS, Command
from coopwatch.bot.conversation import STRANGER, Conversation
from coopwatch.bot.door import SENTENCES, Door
from coopwatch.bot.limits import TEXT_LIMIT
from coopwatch.bot.pace import Limits
from coopwatch.bot.pairing import hash_code
from coopwatch.bot.presses import NEEDED
from coopwatch.clock import ScaledClock
from coopwatch.core.voice import FOR_LOGS
from coopwatch.locale.catalogue import load_languages
from coopwatch.subscriber import Invitation, Subscriber, SubscriberRole
from coopwatch.values import Event, EventKind

NOW = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)
KEEPER, VIEWER, NOBODY = 5, 6, 7
GROUP, FORUM, CHANNEL = -70, -1001, -1002
BOT_NAME = "coop_bot"
SECRETS = ("Red Twin", "red_twin", "Psycho", "psycho", "nest", "Person 5", "tiny")
"""What no stranger may read."""

NESTING = Event(
    kind=EventKind.HEN_NESTING, camera="cam", nest="left", at=NOW, told_at=NOW, hens=("red_twin",), certainty=0.9
)

WORDS = load_languages()

_counter = count(1)


class Talk:
    """A conversation with a past of one visit, known to a keeper and a viewer."""

    def __init__(self, folder: Path) -> None:
        self.line, self.store, self.coop = FakeLine(), FakeStore(), FakeCoop()
        self.menus: list[Mapping[str, Any]] = []
        self.now = ScaledClock(start=NOW, speed=1)
        desk = Desk(
            coop=self.coop,
            store=self.store,
            clock=self.now,
            data_dir=folder,
            names={"red_twin": "Red Twin", "psycho": "Psycho"},
            zone=UTC,
            languages=WORDS,
        )
        self.conversation = Conversation(self.line.bot(), desk, Door(self.store))

    async def begin(self) -> "Talk":
        for person, role in ((KEEPER, SubscriberRole.KEEPER), (VIEWER, SubscriberRole.VIEWER)):
            await self.let_in(person, role)
        await self.store.tell([NESTING])
        return self

    async def let_in(self, chat: int, role: SubscriberRole, **more: Any) -> None:
        one = Subscriber(chat=f"telegram:{chat}", name=f"Person {chat}", since=NOW, role=role, **more)
        await self.store.subscribe(one)
        await self.store.set_preferences(one)

    async def take(self, update: Mapping[str, object]) -> list[Said]:
        read = Update.de_json(dict(update) | {"update_id": next(_counter)}, self.line.bot())
        await self.conversation.handle(read, BOT_NAME)
        said = self.line.take()
        self.menus += [one.fields for one in said if one.method == "setMyCommands"]
        return [one for one in said if one.method != "setMyCommands"]

    async def write(self, text: str, *, by: int, chat: int | None = None, **more: object) -> list[Said]:
        return await self.take(written(text, by=by, chat=by if chat is None else chat, **more))

    async def press(self, data: str, *, by: int, chat: int | None = None) -> list[Said]:
        message = written("x", by=by, chat=by if chat is None else chat)
        (message,) = message.values()
        query = {"id": str(next(_counter)), "from": person(by), "chat_instance": "1", "data": data, "message": message}
        return await self.take({"callback_query": query})


def person(number: int) -> dict[str, object]:
    return {"id": number, "is_bot": False, "first_name": f"Person {number}", "language_code": "en"}


def written(text: str, *, by: int, chat: int, **more: object) -> dict[str, dict[str, object]]:
    """A message as Telegram sends it; in a channel it is the channel's."""
    kind = {GROUP: "group", FORUM: "supergroup", CHANNEL: "channel"}.get(chat, "private")
    place = {"id": chat, "type": kind, "first_name" if chat > 0 else "title": f"Chat {chat}"}
    sender = {"sender_chat": place} if kind == "channel" else {"from": person(by)}
    message = {"message_id": next(_counter), "date": 1, "chat": place, "text": text, **sender, **more}
    return {"channel_post" if kind == "channel" else "message": message}


@pytest.fixture
async def talk(tmp_path: Path) -> Talk:
    return await Talk(tmp_path).begin()


def shown(said: list[Said]) -> str:
    """All that people read."""
    return "\n".join([json.dumps(dict(one.fields)) for one in said])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize(
    ("by", "chat"),
    [(VIEWER, VIEWER), (KEEPER, KEEPER), (VIEWER, GROUP), (KEEPER, GROUP), (NOBODY, FORUM), (KEEPER, FORUM)],
)
async def test_a_command_is_for_those_whom_the_table_names(talk: Talk, command: Command, by: int, chat: int) -> None:
    await talk.let_in(GROUP, SubscriberRole.VIEWER)
    await talk.let_in(FORUM, SubscriberRole.VIEWER)
    *_, answer = await talk.write(f"/{command.name}", by=by, chat=chat)
    is_refused = command.role is SubscriberRole.KEEPER and by is not KEEPER
    assert (answer.text == KEEPERS_ONLY) == is_refused
    assert answer.fields["chat_id"] == chat
    assert answer.text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize("chat", [NOBODY, GROUP, FORUM, CHANNEL])
async def test_a_stranger_gets_one_polite_sentence_for_any_command(talk: Talk, command: Command, chat: int) -> None:
    before = (dict(talk.store.everyone), dict(talk.store.invitations), set(talk.store.suspended))
    texts = [f"/{command.name}", f"/{command.name} red_twin", f"/{command.name}@{BOT_NAME} 2h"]
    said = [one for text in texts for one in await talk.write(text, by=NOBODY, chat=chat)]
    assert [one.text for one in said] == [STRANGER]
    assert not any(secret in shown(said) for secret in SECRETS)
    assert (talk.store.everyone, talk.store.invitations, talk.store.suspended) == before


async def test_many_strangers_together_get_few_sentences(talk: Talk) -> None:
    said = [one for stranger in range(1000, 1100) for one in await talk.write("/status", by=stranger)]
    assert len(said) == SENTENCES


async def every_button(talk: Talk) -> list[str]:
    """What all buttons that there are send back: those of events, of the settings, and of the subscribers."""
    (event,) = await talk.store.events_between(NOW, NOW + timedelta(days=1))
    await talk.store.correct(event.number, "psycho", by="telegram:5", at=NOW)
    (corrected,) = await talk.store.events_between(NOW, NOW + timedelta(days=1))
    keyboards = [
        event_buttons(event.number, event.event, FOR_LOGS),
        name_buttons(event.number, talk.coop.hens(), FOR_LOGS),
        corrected_buttons(corrected, FOR_LOGS),
    ]
    talk.store.words.clear()
    data = [button.data for rows in keyboards for row in rows for button in row]
    unseen = ["/settings", "/subscribers"]
    while unseen:
        one = unseen.pop()
        said = await (talk.write(one, by=KEEPER) if one.startswith("/") else talk.press(one, by=KEEPER))
        fresh = [found for answer in said for found in _data(answer) if found not in data]
        data += fresh
        unseen += [found for found in fresh if not found.startswith("p1:remove")]
    return data


def _data(said: Said) -> Iterator[str]:
    markup = said.fields.get("reply_markup") or {"inline_keyboard": []}
    rows = (json.loads(markup) if isinstance(markup, str) else markup)["inline_keyboard"]
    return (button["callback_data"] for row in rows for button in row)


async def test_a_button_is_for_those_whom_the_table_names_and_strangers_get_nothing(talk: Talk) -> None:
    data = await every_button(talk)
    assert {one.partition(":")[0] for one in data} == set(NEEDED)
    assert len(data) > 30
    talk.store.everyone[f"telegram:{VIEWER}"] = Subscriber(chat=f"telegram:{VIEWER}", name="V", since=NOW)
    for one, chat in product(data, (NOBODY, GROUP, CHANNEL)):
        assert await talk.press(one, by=NOBODY, chat=chat) == [], one
    await talk.let_in(GROUP, SubscriberRole.VIEWER)
    for one, (by, chat) in product(data, ((VIEWER, VIEWER), (VIEWER, GROUP), (NOBODY, GROUP))):
        first, *_ = await talk.press(one, by=by, chat=chat)
        assert first.method == "answerCallbackQuery", "the waiting sign ends at once"
        assert (first.fields.get("text") == KEEPERS_ONLY) == (not one.startswith("s1:")), one
    assert talk.coop.corrected == []
    assert f"telegram:{KEEPER}" in talk.store.everyone


@pytest.mark.parametrize("chat", [GROUP, CHANNEL])
async def test_a_keeper_corrects_also_in_a_group_or_channel_that_may_only_look(talk: Talk, chat: int) -> None:
    await talk.let_in(chat, SubscriberRole.VIEWER)
    (event,) = await talk.store.events_between(NOW, NOW + timedelta(days=1))
    right = event_buttons(event.number, event.event, FOR_LOGS)[0][0]
    for _ in range(2):
        await talk.press(right.data, by=KEEPER, chat=chat)
    assert [label for _, label in talk.coop.corrected] == ["red_twin"]


@pytest.mark.parametrize(
    ("method", "refusal"),
    [
        ("answerCallbackQuery", "Bad Request: query is too old and response timeout expired or query ID is invalid"),
        ("editMessageText", "Bad Request: message to edit not found"),
        ("editMessageText", "Bad Request: message is not modified"),
    ],
)
async def test_a_press_under_an_old_message_counts(talk: Talk, method: str, refusal: str) -> None:
    (event,) = await talk.store.events_between(NOW, NOW + timedelta(days=1))
    talk.line.refusals[method] = refusal
    await talk.press(event_buttons(event.number, event.event, FOR_LOGS)[0][0].data, by=KEEPER)
    assert [label for _, label in talk.coop.corrected] == ["red_twin"]


async def test_a_channel_comes_in_by_a_code_that_is_posted_there(talk: Talk) -> None:
    code = Invitation(
        code_hash=hash_code("ABCD"), role=SubscriberRole.VIEWER, made_at=NOW, expires_at=NOW + timedelta(days=1)
    )
    await talk.store.invite(code)
    (welcome,) = await talk.write("/start abcd", by=NOBODY, chat=CHANNEL)
    assert "gets a message" in welcome.text
    assert talk.store.everyone[f"telegram:{CHANNEL}"].role is SubscriberRole.VIEWER


async def test_a_viewer_cannot_bring_the_bot_into_a_group(talk: Talk) -> None:
    """They read that the group gets messages, which it did not."""
    (answer,) = await talk.write("/start", by=VIEWER, chat=GROUP)
    assert answer.text == KEEPERS_ONLY
    assert f"telegram:{GROUP}" not in talk.store.everyone


@pytest.mark.parametrize(("who", "told"), [(KEEPER, "A keeper may do everything."), (VIEWER, "A viewer may look")])
async def test_who_starts_reads_what_they_may_do_also_where_the_code_is_wrong(talk: Talk, who: int, told: str) -> None:
    (answer,) = await talk.write("/start WRONGWRONG", by=who)
    assert told in answer.text


async def test_a_topic_is_answered_in_the_topic_and_gets_the_groups_messages(talk: Talk) -> None:
    topic = {"message_thread_id": 12, "is_topic_message": True}
    (welcome,) = await talk.write("/start", by=KEEPER, chat=FORUM, **topic)
    assert welcome.fields["message_thread_id"] == 12
    assert talk.store.everyone[f"telegram:{FORUM}"].thread == 12
    (answer,) = await talk.write("/today", by=NOBODY, chat=FORUM, message_thread_id=13, is_topic_message=True)
    assert answer.fields["message_thread_id"] == 13


async def test_a_group_that_becomes_a_supergroup_stays_let_in(talk: Talk) -> None:
    await talk.let_in(GROUP, SubscriberRole.VIEWER)
    told = written("", by=NOBODY, chat=GROUP, migrate_to_chat_id=FORUM)
    assert await talk.take(told) == []
    (answer,) = await talk.write("/today", by=NOBODY, chat=FORUM)
    assert answer.text != STRANGER


async def test_a_group_that_asks_too_much_leaves_room_for_its_events(talk: Talk) -> None:
    await talk.let_in(GROUP, SubscriberRole.VIEWER)
    said = [one for _ in range(30) for one in await talk.write("/today", by=VIEWER, chat=GROUP)]
    assert len(said) == Limits().answers_each_minute


@pytest.mark.parametrize("text", ["/mute", "/mute eggs", "/unmute", "/settings"])
async def test_who_stopped_the_messages_is_told_so_where_they_choose_messages(talk: Talk, text: str) -> None:
    """/mute promised that messages would come again."""
    await talk.write("/stop", by=VIEWER)
    (answer,) = await talk.write(text, by=VIEWER)
    assert answer.text == "This chat gets no messages. /start brings them."
    *_, page = await talk.press("s1:mute:eggs", by=VIEWER)
    assert page.text == answer.text
    assert talk.store.everyone[f"telegram:{VIEWER}"].muted_kinds == ()
    (status,) = await talk.write("/today", by=VIEWER)
    assert status.text not in (STRANGER, answer.text), "whoever was let in may still ask"


async def test_who_comes_back_reads_what_still_holds_messages_back(talk: Talk) -> None:
    for text in ("/mute 2h", "/mute eggs", "/stop"):
        await talk.write(text, by=VIEWER)
    (welcome,) = await talk.write("/start", by=VIEWER)
    assert "No messages until 14:00" in welcome.text
    assert "No more messages of the kind “Eggs”" in welcome.text
    await talk.write("/unmute", by=VIEWER)
    (welcome,) = await talk.write("/start", by=VIEWER)
    assert "No m" not in welcome.text


async def test_two_wishes_at_once_both_count(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The later one was written from what stood before the earlier one."""
    read = FakeStore.subscribers

    async def read_slowly(store: FakeStore, **more: bool) -> Sequence[Subscriber]:
        everyone = await read(store, **more)
        await asyncio.sleep(0)
        return everyone

    monkeypatch.setattr(FakeStore, "subscribers", read_slowly)
    await asyncio.gather(*(talk.write(text, by=VIEWER) for text in ("/mute 2h", "/mute eggs", "/mute visits")))
    viewer = talk.store.everyone[f"telegram:{VIEWER}"]
    assert viewer.muted_until is not None
    assert len(viewer.muted_kinds) == 4


async def test_what_cannot_be_read_after_mute_is_shown_and_changes_nothing(talk: Talk) -> None:
    before = dict(talk.store.everyone)
    (answer,) = await talk.write("/mute 5 months", by=VIEWER)
    assert answer.text.startswith("I do not understand “5 months”. Write /mute 2h")
    assert talk.store.everyone == before


async def test_of_very_many_subscribers_one_can_be_removed_too(talk: Talk) -> None:
    """The list with the question was too long for a message, so that nothing happened."""
    for person in range(100, 300):
        await talk.let_in(person, SubscriberRole.VIEWER)
    for text in ("p1:list:", "p1:ask:telegram:101"):
        *_, page = await talk.press(text, by=KEEPER)
        assert len(page.text) <= TEXT_LIMIT
    assert page.text.endswith("Remove Person 101?")


async def test_a_keeper_finds_and_removes_also_who_stopped_the_messages(talk: Talk) -> None:
    """They could ask for pictures for ever."""
    await talk.write("/stop", by=VIEWER)
    (people,) = await talk.write("/subscribers", by=KEEPER)
    assert "Person 6: viewer, since 21 June, gets no messages" in people.text
    await talk.press(f"p1:remove:telegram:{VIEWER}", by=KEEPER)
    (answer,) = await talk.write("/today", by=VIEWER)
    assert answer.text == STRANGER


ARGUMENTS = st.text(max_size=30) | st.sampled_from(["red_twin", "2h", "until 18:00", "left 3", "99999999999999999999"])
TEXTS = st.builds("/{} {}".format, st.sampled_from([one.name for one in COMMANDS if not one.is_slow]), ARGUMENTS)
PRESSES = st.builds("{}:{}".format, st.sampled_from([*NEEDED, "x"]), st.text("0123:ismutewhcanglbk-", max_size=60))
IDS = st.sampled_from([KEEPER, VIEWER, NOBODY, GROUP, FORUM, CHANNEL]) | st.integers(-(2**52), 2**52)
PEOPLE = st.fixed_dictionaries(
    {"id": IDS, "is_bot": st.booleans(), "first_name": st.text(max_size=70)},
    optional={"language_code": st.text(max_size=9), "last_name": st.text(max_size=70), "username": st.text(max_size=9)},
)
CHATS = st.fixed_dictionaries(
    {"id": IDS, "type": st.sampled_from(["private", "group", "supergroup", "channel", "sky"])},
    optional={"title": st.text(max_size=70), "first_name": st.text(max_size=70), "is_forum": st.booleans()},
)
MESSAGES = st.fixed_dictionaries(
    {"message_id": st.integers(0, 2**40), "date": st.integers(0, 2**31), "chat": CHATS},
    optional={
        "from": PEOPLE,
        "sender_chat": CHATS,
        "text": TEXTS | st.text(max_size=50),
        "caption": st.text(max_size=50),
        "message_thread_id": st.integers(-1, 2**31),
        "is_topic_message": st.booleans(),
        "sticker": st.just({}),
    },
)
QUERIES = st.fixed_dictionaries(
    {"id": st.text(max_size=20), "from": PEOPLE, "chat_instance": st.text(max_size=20)},
    optional={"message": MESSAGES, "data": PRESSES | st.text(max_size=64), "inline_message_id": st.text(max_size=9)},
)
UPDATES = st.one_of(
    st.fixed_dictionaries({"message": MESSAGES}),
    st.fixed_dictionaries({"callback_query": QUERIES}),
    st.fixed_dictionaries({"channel_post": MESSAGES}),
    st.fixed_dictionaries({"edited_message": MESSAGES}),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(UPDATES)
async def test_no_update_of_the_right_form_makes_it_stumble(update: dict[str, object]) -> None:
    """Nothing is raised, whatever stands in it; those of a wrong form come in acceptance/test_bot.py."""
    talk = await Talk(Path("none")).begin()
    payload = json.dumps({"ok": True, "result": [{"update_id": 7, **update}]}).encode()
    (read,) = FakeLine.parse_json_payload(payload)["result"]
    await talk.take(read)
    (answer,) = await talk.write("/help", by=KEEPER)
    assert "/photo" in answer.text


async def test_a_keepers_menu_has_the_keepers_commands_in_the_language_that_the_chat_chose(talk: Talk) -> None:
    await talk.write("/start", by=VIEWER)
    await talk.press("s1:language:de", by=VIEWER)
    assert not talk.menus, "viewers have the menu of everybody"
    await talk.write("/start", by=KEEPER)
    await talk.press("s1:language:de", by=KEEPER)
    assert [menu["scope"]["chat_id"] for menu in talk.menus] == [KEEPER, KEEPER]
    invite, einladen = ([one for one in menu["commands"] if one["command"] == "invite"] for menu in talk.menus)
    assert invite[0]["description"] == "let somebody else in"
    assert einladen[0]["description"] == "jemanden einladen"


async def test_a_keeper_is_answered_though_the_menu_is_refused(talk: Talk) -> None:
    talk.line.refusals["setMyCommands"] = "Bad Request: too many commands"
    (answer,) = await talk.write("/start", by=KEEPER)
    assert "gets a message whenever something happens" in answer.text


async def test_a_picture_of_very_many_hens_says_that_it_shows_some(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk.coop, "hens", lambda: [f"hen_{number}" for number in range(60)])
    (answer,) = await talk.write("/hens", by=VIEWER)
    assert answer.text.endswith("The picture shows the hens that sat last: 24 of 61.")
