"""Rules of the commands: what someone writes, and what comes back."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from fakes.coop import SEEN_AT, FakeCoop
from fakes.store import FakeStore
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.commands import COMMANDS, STORE_BROKEN, STRANGER, Asked, Desk, help_text, read_command
from coopwatch.bot.door import Visitor
from coopwatch.bot.pairing import make_invitation
from coopwatch.clock import ManualClock
from coopwatch.ports import Subscriber, SubscriberRole

KEEPER = Visitor(chat="telegram:5", name="Ann", person="telegram:5")
STRANGER_AT_THE_DOOR = Visitor(chat="telegram:6", name="Eve", person="telegram:6")
GROUP = Visitor(chat="telegram:-7", name="Family", person="telegram:5")


def asked(text: str, visitor: Visitor = KEEPER) -> Asked:
    command = read_command(text, visitor=visitor, bot_name="coop_bot")
    assert command is not None
    return command


async def desk(*, store: FakeStore | None = None, coop: FakeCoop | None = None, paired: bool = True) -> Desk:
    store = store or FakeStore()
    if paired:
        await store.subscribe(Subscriber(chat=KEEPER.chat, name=KEEPER.name, since=SEEN_AT, role=SubscriberRole.KEEPER))
    return Desk(
        coop=coop or FakeCoop({None: b"whole", "left": b"left"}),
        store=store,
        names={"red_twin": "Red Twin"},
        zone=ZoneInfo("Europe/Berlin"),
        clock=ManualClock(SEEN_AT + timedelta(minutes=5)),
    )


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/status", "status", ""),
        ("/STATUS", "status", ""),
        ("  /status \n", "status", ""),
        ("/status@Coop_Bot", "status", ""),
        ("/photo left", "photo", "left"),
        ("/photo@coop_bot  Left Nest ", "photo", "Left Nest"),
        ("/photo\nleft", "photo", "left"),
        ("good morning", "", ""),
        ("/", "", ""),
        ("", "", ""),
    ],
)
def test_a_command_is_read_as_people_write_it(text: str, name: str, argument: str) -> None:
    assert asked(text) == Asked(visitor=KEEPER, name=name, argument=argument)


def test_a_command_for_another_bot_is_none_of_ours() -> None:
    assert read_command("/status@other_bot", visitor=KEEPER, bot_name="coop_bot") is None


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    read_command(text, visitor=KEEPER, bot_name="coop_bot")


@pytest.mark.parametrize(
    ("text", "photo", "told"),
    [
        ("/status", None, "Left nest: Red Twin since 14:00 (96 %)\nRight nest: empty since 14:00 (98 %)"),
        ("/photo", b"whole", "The coop, 14:00"),
        ("/photo left", b"left", "Left nest, 14:00"),
        ("/photo LEFT NEST", b"left", "Left nest, 14:00"),
        ("/photo roof", None, "I know no nest 'roof'. The nests are: left, right."),
        ("/help", None, help_text()),
        ("good morning", None, help_text()),
        ("/weather", None, f"I do not know /weather.\n\n{help_text()}"),
        ("/stop", None, "This chat gets no more messages. /start brings them back."),
    ],
)
async def test_a_keeper_gets_an_answer(text: str, photo: bytes | None, told: str) -> None:
    reply = await (await desk()).answer(asked(text))
    assert reply is not None
    assert (reply.photo, reply.text) == (photo, told)


async def test_without_a_picture_the_answer_says_why() -> None:
    reply = await (await desk(coop=FakeCoop(trouble="connection refused"))).answer(asked("/photo right"))
    assert reply is not None
    assert reply.photo is None
    assert reply.text.startswith("There is no picture yet.")
    assert "Camera nestcam: connection refused" in reply.text


async def test_a_code_lets_the_chat_in_and_stop_ends_its_messages_until_the_next_start() -> None:
    store = FakeStore()
    answering = await desk(store=store, paired=False)
    code, invitation = make_invitation(SubscriberRole.KEEPER, SEEN_AT)
    await store.invite(invitation)
    await answering.answer(asked(f"/start {code}"))
    assert [one.chat for one in await store.subscribers()] == [KEEPER.chat]
    await answering.answer(asked("/stop"))
    assert await store.subscribers() == []
    await answering.answer(asked("/start"))
    assert [one.chat for one in await store.subscribers()] == [KEEPER.chat]


@pytest.mark.parametrize("text", [f"/{command.name}" for command in COMMANDS] + ["/photo left", "/nonsense", "hello"])
async def test_a_stranger_gets_one_sentence_whatever_they_try(text: str) -> None:
    store = FakeStore()
    reply = await (await desk(store=store)).answer(asked(text, STRANGER_AT_THE_DOOR))
    assert reply is not None
    assert (reply.text, reply.photo) == (STRANGER, None)
    assert [one.chat for one in await store.subscribers()] == [KEEPER.chat]


async def test_a_stranger_who_goes_on_gets_silence() -> None:
    answering = await desk()
    assert await answering.answer(asked("/status", STRANGER_AT_THE_DOOR)) is not None
    assert await answering.answer(asked("/status", STRANGER_AT_THE_DOOR)) is None


@pytest.mark.parametrize("text", ["/start", "/status", "/photo", "/stop", "/help"])
async def test_before_anyone_is_paired_everyone_is_a_stranger(text: str) -> None:
    reply = await (await desk(paired=False)).answer(asked(text))
    assert reply is not None
    assert (reply.text, reply.photo) == (STRANGER, None)


@pytest.mark.parametrize("text", ["good morning", "/weather"])
async def test_in_a_group_the_bot_is_silent_about_what_is_not_its_own(text: str) -> None:
    assert await (await desk()).answer(asked(text, GROUP)) is None


async def test_a_broken_store_takes_the_commands_that_need_it_along_and_no_other() -> None:
    store = FakeStore()
    answering = await desk(store=store)
    await answering.answer(asked("/status"))
    store.broken = "the disk is full"
    status, stop = await answering.answer(asked("/status")), await answering.answer(asked("/stop"))
    assert status is not None
    assert status.text.startswith("Left nest")
    assert stop is not None
    assert stop.text == STORE_BROKEN


def test_help_lists_every_command() -> None:
    assert len(help_text().splitlines()) == len(COMMANDS)
    assert "/photo [nest]: the newest picture" in help_text()
