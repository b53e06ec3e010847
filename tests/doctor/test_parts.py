"""What the doctor finds of model and bot."""

from pathlib import Path

import pytest
from config.files import write_config
from fakes.models import TinyNetwork
from peers.bot_api import bot_api

from coopwatch.config.load import load_settings
from coopwatch.config.settings import TelegramSettings
from coopwatch.doctor.finding import Grade
from coopwatch.doctor.parts import check_bot, check_model


async def test_a_sound_model_answers_and_a_missing_network_is_ill(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    settings = load_settings(write_config(tmp_path))
    assert (await check_model(settings)).grade is Grade.ILL
    tiny_network.publish(tmp_path / "models" / "tiny")
    sound = settings.model_copy(update={"model": tmp_path / "models" / "tiny"})
    found = await check_model(sound)
    assert (found.grade, found.seen.partition(":")[0]) == (Grade.WELL, "tiny 1")


async def test_a_bot_is_let_in_refused_or_out_of_reach_and_no_token_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_api() as api:
        settings = TelegramSettings(token_env="BOT_TOKEN", api_url=api.url)
        grades = {}
        for name, token in (("right", api.token), ("wrong", "1:wrong")):
            monkeypatch.setenv("BOT_TOKEN", token)
            found = await check_bot(settings)
            grades[name] = found.grade
            assert token not in found.seen + found.remedy
        await api.down()
        monkeypatch.setenv("BOT_TOKEN", api.token)
        away = await check_bot(settings)
        assert api.token not in away.seen
    assert (grades, away.grade) == ({"right": Grade.WELL, "wrong": Grade.ILL}, Grade.CARE)
