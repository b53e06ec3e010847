"""What a keeper answers first is what the config says, whatever it looks like to YAML."""

from pathlib import Path

import pytest
from config.files import write_model

from coopwatch.config.first import FirstAnswers, FirstCamera, first_config, first_mistake
from coopwatch.config.load import load_settings


def answers(folder: Path, *, name: str = "nestcam", username: str = "") -> FirstAnswers:
    model = folder / "my model: demo"
    write_model(model)
    camera = FirstCamera(name=name, source="http://camera.local/snap.jpg?a=#1", username=username)
    return FirstAnswers(timezone="Europe/Berlin", data_dir=folder / "data", model=model, cameras=(camera,))


@pytest.mark.parametrize(
    "username", ["coop", "yes", "null", "1e3", "~", "a: b", "#1", "Zoë", '"quoted"', "back\\slash"]
)
def test_what_was_typed_is_read_again(tmp_path: Path, username: str) -> None:
    typed = answers(tmp_path, username=username)
    file = tmp_path / "coopwatch.yaml"
    file.write_text(first_config(typed, with_files=True), encoding="utf-8")
    settings = load_settings(file)
    assert (settings.cameras[0].username, settings.cameras[0].source) == (username, typed.cameras[0].source)
    assert (settings.model, settings.data_dir) == (typed.model, typed.data_dir)


@pytest.mark.parametrize(("name", "word"), [("no", None), ("on", None), ("Nest", "a name of a-z")])
def test_a_cameras_name_may_be_a_word_that_yaml_knows(tmp_path: Path, name: str, word: str | None) -> None:
    mistake = first_mistake(answers(tmp_path, name=name), "cameras[0].name")
    assert (mistake is None) if word is None else (word in (mistake or ""))
