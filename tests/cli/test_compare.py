import importlib.util
import json
from pathlib import Path

import pytest
from fakes.command_line import runner
from fakes.photos import draw_photos

from coopwatch.cli.compare import register
from coopwatch.errors import DatasetError, UserMustActError

run = runner(register)


@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="the extra `torch` is not installed")
def test_mynet_learns_on_both_backends_and_both_are_exported(tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos")
    out = tmp_path / "compared"
    result = run(
        photos, "--networks", "mynet", "--backends", "torch,tensorflow", "--epochs", "2", "--out", out, "--json"
    )
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)
    assert [row["backend"] for row in rows] == ["tensorflow", "torch"]
    assert {row["parameters"] for row in rows} == {28 * 28 * 3 * 200 + 200 + 200 * 3 + 3}
    assert len({row["exported_bytes"] for row in rows}) == 1
    assert [row["count"] for row in rows] == [9, 9]
    assert all(row["peak_mb"] is None or row["peak_mb"] > 100 for row in rows)
    assert json.loads((out / "table.json").read_text()) == rows
    assert (out / "answers.png").is_file()


def test_a_network_that_does_not_fit_is_a_row_with_its_reason(tmp_path: Path) -> None:
    result = run(draw_photos(tmp_path / "photos"), "--networks", "neurocoop", "--size", "8x8", "--epochs", "1")
    assert result.exit_code == 1
    assert "neurocoop-tensorflow failed: " in result.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--networks", "mynet,alexnet"], "received alexnet"),
        (["--networks", ","], "expected names of networks"),
        (["--networks", "mynet", "--backends", "jax"], "--backends 'jax'"),
        (["--networks", "mynet", "--merge", "egg"], "--merge: received egg"),
        (["--networks", "mynet", "--split", "day", "--test", "photos"], "received --split and --test"),
        (["--networks", "mynet", "--out", "file"], "--out: "),
        (["--networks", "mynet", "--out", "."], "which is not empty"),
        (["--networks", "mynet", "--out", "photos/compared"], "which is read"),
    ],
)
def test_a_wrong_option_is_named_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    result = run(draw_photos(tmp_path / "photos", days=1), *options)
    assert isinstance(result.exception, UserMustActError)
    assert said in str(result.exception)


def test_without_torch_its_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    result = run(draw_photos(tmp_path / "photos", days=1), "--networks", "mynet", "--backends", "torch")
    assert isinstance(result.exception, UserMustActError)
    assert "pip install 'coopwatch[torch]'" in str(result.exception)


def test_a_data_set_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path / "nowhere", "--networks", "mynet").exception, DatasetError)
