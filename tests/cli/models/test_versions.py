import json
from pathlib import Path

import pytest
from fakes.command_line import runner
from fakes.models import tiny_card

from coopwatch.cli.models import register
from coopwatch.errors import ModelError
from coopwatch.vision.publish import publish_model

run = runner(register, before=("models",))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for version, right in (("1", 3), ("2", 4)):
        card = tiny_card(version).model_copy(
            update={"metrics": {"count": 4, "right": right, "calibration_error": 0.1}, "network": "mynet"}
        )
        publish_model(tmp_path / "nest", card, {"model.tflite": b"weights"})
    return tmp_path / "nest"


def test_the_table_shows_figures_and_which_version_is_in_use(model: Path) -> None:
    head, first, second = run("list", model).stdout.splitlines()
    assert head.split() == ["model", "version", "made", "network", "right", "calibration", "error", "MB"]
    assert first.split() == ["nest", "1", "2026-05-01", "00:00", "mynet", "3", "of", "4", "(75.0", "%)", "0.100", "0.0"]
    assert second.split()[:3] == ["*", "nest", "2"]


def test_going_back_and_choosing_move_the_star(model: Path) -> None:
    assert "1 is in use" in run("rollback", model).stdout
    assert json.loads(run("activate", model, "2", "--json").stdout) == {"model": str(model), "active": "2"}
    assert [row["active"] for row in json.loads(run("list", model, "--json").stdout)] == [False, True]


def test_a_damaged_version_is_listed_as_such_and_cannot_be_chosen(model: Path) -> None:
    (model / "1" / "model.tflite").write_bytes(b"other")
    listed = run("list", model)
    assert "damaged" in listed.stdout
    assert "copy the folder again" in listed.stderr
    assert isinstance(run("activate", model, "1").exception, ModelError)


def test_a_folder_without_models_is_named(tmp_path: Path) -> None:
    assert isinstance(run("list", tmp_path / "nowhere").exception, ModelError)
