"""Rules of the table of commands: how people write them, and what everyone is told of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.asking import Asked
from coopwatch.bot.commands import COMMANDS, allowed, help_text, read_command
from coopwatch.bot.door import Visitor
from coopwatch.core.voice import FOR_LOGS
from coopwatch.subscriber import SubscriberRole

KEEPER = Visitor(chat="telegram:5", name="Ann", person="telegram:5")


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
    read = read_command(text, visitor=KEEPER, bot_name="coop_bot")
    assert read == Asked(visitor=KEEPER, name=name, argument=argument, bot_name="coop_bot")


def test_a_command_for_another_bot_is_none_of_ours() -> None:
    assert read_command("/status@other_bot", visitor=KEEPER, bot_name="coop_bot") is None


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    read_command(text, visitor=KEEPER, bot_name="coop_bot")


def test_a_keeper_may_send_every_command_and_a_viewer_not_those_about_people() -> None:
    assert list(allowed(SubscriberRole.KEEPER)) == list(COMMANDS)
    kept_back = set(COMMANDS) - set(allowed(SubscriberRole.VIEWER))
    assert {command.name for command in kept_back} == {"invite", "subscribers"}


@pytest.mark.parametrize("role", SubscriberRole)
def test_help_lists_what_one_may_send(role: SubscriberRole) -> None:
    told = help_text(FOR_LOGS, role)
    assert [line.partition(":")[0].split()[0] for line in told.splitlines()] == [
        f"/{one.name}" for one in allowed(role)
    ]
    assert "/photo [nest]: the newest picture" in told


def test_names_and_descriptions_are_what_the_bot_api_takes_in_its_menu() -> None:
    for command in COMMANDS:
        assert command.name.isascii()
        assert command.name.islower()
        assert len(command.name) <= 32
        assert 3 <= len(command.does) <= 256
