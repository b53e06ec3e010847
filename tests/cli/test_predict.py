import json
import re
from pathlib import Path

import numpy as np
import pytest
from fakes.command_line import runner
from fakes.models import TinyNetwork, tiny_card
from PIL import Image

from coopwatch.cli.predict import register
from coopwatch.errors import ModelError, UserMustActError
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.picture import read_picture


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    """A whole picture, one that does not decode, and another whole one."""
    for seed in (1, 3):
        pixels = np.random.default_rng(seed).integers(0, 256, (60, 80, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{seed}.png")
    (tmp_path / "2.png").write_bytes(b"<html>not found</html>")
    return [str(tmp_path / f"{number}.png") for number in (1, 2, 3)]


run = runner(register)


def test_json_has_the_shape_that_scripts_rely_on(pictures: list[str], tiny_model: ModelFolder) -> None:
    result = run(*pictures[::2], "--model", tiny_model.path, "--json")
    assert result.exit_code == 0
    answers = json.loads(result.stdout)
    assert [answer["file"] for answer in answers] == pictures[::2]
    for answer in answers:
        assert set(answer) == {"file", "label", "probability", "probabilities", "is_unknown"}
        assert set(answer["probabilities"]) == {label.name for label in tiny_model.card.labels}
        assert (
            answer["probability"] == answer["probabilities"][answer["label"]] == max(answer["probabilities"].values())
        )


def test_an_answer_below_the_models_bar_is_unknown_and_says_what_it_may_be(
    pictures: list[str], tiny_network: TinyNetwork, tmp_path: Path
) -> None:
    card = tiny_card().model_copy(update={"unknown_below": 1.0})
    model = tiny_network.publish(tmp_path / "model", card)
    shown = run(pictures[0], "--model", model.path).stdout
    assert re.match(r".*1\.png: unknown, (\w+: [\d.]+ %(, )?){1,3}$", shown)
    answer = json.loads(run(pictures[0], "--model", model.path, "--json").stdout)[0]
    assert answer["is_unknown"]
    assert f"{answer['label']}: {100 * answer['probability']:.1f} %" in shown


def test_a_picture_that_does_not_decode_is_named_and_the_others_are_answered(
    pictures: list[str], tiny_model: ModelFolder
) -> None:
    result = run(*pictures, "--model", tiny_model.path)
    assert result.exit_code == 1
    assert [line.split(": ")[0] for line in result.stdout.splitlines()] == pictures[::2]
    assert result.stderr.startswith(f"{pictures[1]}: received")


def test_annotated_copies_lie_beside_each_other_and_the_pictures_stay(
    pictures: list[str], tiny_model: ModelFolder
) -> None:
    folder = Path(pictures[0]).parent
    before = [Path(picture).read_bytes() for picture in pictures]
    run(*pictures, "--model", tiny_model.path, "--annotate", folder)
    assert {path.name for path in folder.glob("*.answer.jpg")} == {"1.png.answer.jpg", "3.png.answer.jpg"}
    assert [Path(picture).read_bytes() for picture in pictures] == before
    assert read_picture(folder / "1.png.answer.jpg").shape == (240, 320, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "reason"),
    [
        (["missing.png"], UserMustActError, "missing.png: received no such file"),
        (["."], UserMustActError, ".: received a folder, expected a picture; name files"),
        (["1.png", "--model", "."], ModelError, "expected a model folder"),
        (["1.png", "--annotate", "1.png"], UserMustActError, "--annotate: 1.png: received File exists"),
        (["1.png", "1.png", "--annotate", "out"], UserMustActError, "received 2 pictures called 1.png"),
    ],
)
def test_what_the_user_must_change_is_named(
    pictures: list[str],
    tiny_model: ModelFolder,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    error: type[UserMustActError],
    reason: str,
) -> None:
    monkeypatch.chdir(Path(pictures[0]).parent)
    result = run("--model", tiny_model.path, *arguments)
    assert isinstance(result.exception, error)
    assert reason in str(result.exception)
    assert result.exception.exit_code == 2
