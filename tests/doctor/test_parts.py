"""What the doctor finds of model and bot."""

from pathlib import Path

import pytest
from config.files import write_config
from fakes.models import TinyNetwork, tiny_card
from peers.bot_api import bot_api, refuse

from coopwatch.cli.serve import serve
from coopwatch.config.load import load_settings
from coopwatch.config.settings import TelegramSettings
from coopwatch.doctor.finding import Grade
from coopwatch.doctor.parts import check_bot, check_model, judge_answers
from coopwatch.vision.publish import publish_model


async def test_a_sound_model_answers_and_a_missing_network_is_ill(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    settings = load_settings(write_config(tmp_path))
    assert (await check_model(settings)).grade is Grade.ILL
    publish_model(tmp_path / "models" / "tiny", tiny_card(), {"model.tflite": tiny_network.whole}, serve=serve)
    sound = settings.model_copy(update={"model": tmp_path / "models" / "tiny"})
    found = await check_model(sound)
    assert (found.grade, found.seen.partition(":")[0]) == (Grade.WELL, "tiny 1")


@pytest.mark.parametrize(
    ("answers", "again", "grade", "word"),
    [
        ([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], [0.7, 0.2, 0.1], Grade.WELL, "as where it was made (to 0.000)"),
        ([[0.66, 0.24, 0.1], [0.1, 0.1, 0.8]], [0.66, 0.24, 0.1], Grade.WELL, "(to 0.040)"),  # rounds otherwise
        ([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], [0.7, 0.2, 0.1], Grade.ILL, "up to 0.20 from those"),
        ([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]], [0.7, 0.1, 0.2], Grade.ILL, "two answers for one picture"),
        ([[0.7, 0.2, 0.1]], [0.7, 0.2, 0.1], Grade.CARE, "is not known"),
    ],
)
def test_a_processor_must_answer_as_the_one_where_the_model_was_made(
    answers: list[list[float]], again: list[float], grade: Grade, word: str
) -> None:
    card = tiny_card().model_copy(update={"probe_answers": ((0.7, 0.2, 0.1), (0.1, 0.1, 0.8))})
    found = judge_answers(card, answers, again, 0.02)
    assert (found.grade, bool(found.remedy)) == (grade, grade is not Grade.WELL)
    assert word in found.seen


async def test_a_bot_is_let_in_refused_or_out_of_reach_and_no_token_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_api() as api:
        settings = TelegramSettings(token_env="BOT_TOKEN", api_url=api.url)
        grades = {}
        api.fail("getMe", refuse(502))
        told = (("ill itself", api.token), ("right", api.token), ("wrong", "1:wrong"), ("copied along", "Use it:\t1:x"))
        for name, token in told:
            monkeypatch.setenv("BOT_TOKEN", token)
            found = await check_bot(settings)
            grades[name] = found.grade
            assert token not in found.seen + found.remedy
        await api.down()
        monkeypatch.setenv("BOT_TOKEN", api.token)
        away = await check_bot(settings)
        assert api.token not in away.seen
    assert grades == {
        "ill itself": Grade.CARE, "right": Grade.WELL, "wrong": Grade.ILL, "copied along": Grade.ILL,
    }  # fmt: skip
    assert away.grade is Grade.CARE
