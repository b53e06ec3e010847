"""Rules of inviting, listing and removing chats from the command line."""

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from config.files import GOOD, write_config

from coopwatch.bot.pairing import hash_code
from coopwatch.cli import main
from coopwatch.config.load import load_settings
from coopwatch.store.database import Database
from coopwatch.subscriber import Subscriber, SubscriberRole

CHAT = """chat:
  telegram:
    token_env: BOT_TOKEN
    api_url: http://127.0.0.1:1
"""
ANN = Subscriber(chat="telegram:5", name="Ann", since=datetime(2026, 6, 21, 12, 0, tzinfo=UTC))


class Line:
    """The command line with a config, and what it prints."""

    def __init__(self, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = config
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def run(self, *arguments: str) -> tuple[int, str, str]:
        command = ["coopwatch", "subscribers", *arguments, "--config", str(self.config)]
        self._monkeypatch.setattr("sys.argv", command)
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = self._capsys.readouterr()
        return int(ended.value.code or 0), out, err

    def redeem(self, code: str, subscriber: Subscriber = ANN) -> Subscriber | None:
        async def work() -> Subscriber | None:
            async with Database(load_settings(self.config).data_dir) as store:
                return await store.redeem(hash_code(code), subscriber)

        return asyncio.run(work())


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Line:
    monkeypatch.setenv("BOT_TOKEN", "123:abc")
    return Line(write_config(tmp_path, GOOD.partition("chat:")[0] + CHAT), monkeypatch, capsys)


def test_an_invitation_says_what_to_do_also_without_a_network(line: Line) -> None:
    status, out, err = line.run("invite")
    assert (status, err) == (0, "")
    code = re.search(r"send /start (\w{8}) to the bot", out)
    assert code is not None
    let_in = line.redeem(code[1])
    assert let_in is not None
    assert let_in.role is SubscriberRole.KEEPER, "somebody must be the first keeper"


def test_with_a_keeper_there_the_next_ones_are_viewers_unless_told_otherwise(line: Line) -> None:
    roles = []
    for number, arguments in enumerate(((), (), ("--role", "keeper"))):
        invited = json.loads(line.run("invite", "--json", *arguments)[1])
        let_in = line.redeem(invited["code"], Subscriber(chat=f"telegram:{number}", name="", since=ANN.since))
        roles.append((invited["role"], let_in.role if let_in else None))
    assert roles == [("keeper", "keeper"), ("viewer", "viewer"), ("keeper", "keeper")]


def test_the_list_names_everyone_and_a_removed_chat_is_gone(line: Line) -> None:
    assert "Nobody is subscribed yet" in line.run("list")[1]
    line.redeem(json.loads(line.run("invite", "--json")[1])["code"])
    assert line.run("list")[1] == "telegram:5  keeper  since 2026-06-21  Ann\n"
    assert [one["chat"] for one in json.loads(line.run("list", "--json")[1])] == ["telegram:5"]
    assert line.run("remove", "telegram:5")[:2] == (0, "telegram:5 is removed.\n")
    assert json.loads(line.run("list", "--json")[1]) == []


def test_removing_somebody_unknown_says_what_to_do(line: Line) -> None:
    status, _, err = line.run("remove", "telegram:404")
    assert status == 2
    assert "`coopwatch subscribers list` shows them" in err


def test_without_a_bot_nobody_can_be_invited(line: Line) -> None:
    line.config.write_text(GOOD)
    status, _, err = line.run("invite")
    assert status == 2
    assert "@BotFather" in err
