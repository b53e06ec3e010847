import json
from pathlib import Path

from fakes.command_line import runner
from fakes.models import TINY_LABELS, TinyNetwork, tiny_card
from fakes.photos import draw_photos

from coopwatch.cli.evaluate import register as register_evaluate
from coopwatch.cli.models import register
from coopwatch.errors import ModelError

run = runner(register, register_evaluate)


def test_an_ensemble_is_one_more_model(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    one = tiny_network.publish(tmp_path / "one").path
    two = tiny_network.publish(tmp_path / "two", tiny_card("2")).path
    made = json.loads(run("models", "ensemble", one, two, "--out", tmp_path / "all", "--json").stdout)
    assert made["members"] == ["tiny 1", "tiny 2"]
    assert made["labels"] == list(TINY_LABELS)
    measured = run("evaluate", tmp_path / "all", draw_photos(tmp_path / "photos", days=1), "--json")
    assert json.loads(measured.stdout)["count"] == 9
    listed = run("models", "list", tmp_path / "all").stdout
    assert "tiny+tiny" in listed
    assert "not measured" in listed


def test_one_model_makes_no_ensemble(tiny_network: TinyNetwork, tmp_path: Path) -> None:
    one = tiny_network.publish(tmp_path / "one").path
    result = run("models", "ensemble", one, "--out", tmp_path / "all")
    assert isinstance(result.exception, ModelError)
    assert not (tmp_path / "all").exists()
