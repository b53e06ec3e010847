"""`coopwatch collect` turns recorded pictures, or what cameras show, into pictures of nests."""

import json
from pathlib import Path

import numpy as np
import pytest
from fakes.command_line import runner
from PIL import Image

from coopwatch.cli.collect import register
from coopwatch.errors import UserMustActError

run = runner(register)

DEMO = (
    Path(__file__).resolve().parents[2] / "models" / "demo"
)  # `setup` names it, until there is one of the keeper's own

CONFIG = f"""\
timezone: Europe/Berlin
data_dir: data
model: {DEMO}
cameras:
  - {{name: one, source: photos, every_seconds: 0.1, nests: [{{name: left}}]}}
  - {{name: two, source: photos, every_seconds: 0.1, nests: [{{name: right}}]}}
chat: {{terminal: true}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Two cameras that give the same three photos, of a box with laths."""
    (tmp_path / "photos").mkdir()
    for hour in (6, 7, 8):
        pixels = np.random.default_rng(hour).integers(90, 94, (48, 48, 3)).astype(np.uint8)
        pixels[::8] = 200
        Image.fromarray(pixels).save(tmp_path / "photos" / f"2026-05-01_0{hour}00.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "coopwatch.yaml").write_text(CONFIG)
    return tmp_path / "coopwatch.yaml"


def test_recorded_pictures_become_pictures_of_the_nests_of_one_camera(config: Path, tmp_path: Path) -> None:
    result = run(tmp_path / "photos", "--config", config, "--camera", "one", "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["pictures"] == {"left": 1}
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["2026-05-01T04-00-00Z_one_left.jpg"]


@pytest.mark.parametrize(("pause", "count"), [("0", 3), ("5400", 2)])
def test_a_pause_leaves_out_what_looks_new_too_soon(config: Path, tmp_path: Path, pause: str, count: int) -> None:
    for hour in (6, 7, 8):
        place = tmp_path / "photos" / f"2026-05-01_0{hour}00.png"
        pixels = np.array(Image.open(place))
        pixels[9 : 9 + 5 * (hour - 5)] = 20  # a hen that grows
        Image.fromarray(pixels).save(place)
    result = run(
        tmp_path / "photos",
        "--config",
        config,
        "--camera",
        "one",
        "--out",
        tmp_path / "out",
        "--pause",
        pause,
        "--json",
    )
    assert json.loads(result.stdout)["pictures"] == {"left": count}


def test_without_a_source_all_cameras_are_looked_through_until_they_end(config: Path, tmp_path: Path) -> None:
    result = run("--config", config, "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "  left: 1\n  right: 1\n" in result.stdout
    assert f"coopwatch label {tmp_path / 'out'}" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("missing", "--camera", "one"), "missing: received no such file or folder"),
        (("empty", "--camera", "one"), "empty: received no picture that could be used"),
        (("photos",), "camera: received nothing, expected one of one, two"),
        (("--camera", "three"), "received three, expected one of one, two"),
        (("photos", "--camera", "one", "--out", "coopwatch.yaml"), "expected a folder with room for pictures"),
        (("photos", "--camera", "one", "--out", "photos/nests"), "expected one outside it"),
    ],
)
def test_what_cannot_be_is_refused(
    config: Path, tmp_path: Path, arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("--config", config, "--out", "out", *arguments)
    assert isinstance(result.exception, UserMustActError)
    assert words in str(result.exception)


@pytest.mark.parametrize("pause", ["-1", "nan", "inf", "1e300"])
def test_a_pause_that_is_none_is_refused(config: Path, tmp_path: Path, pause: str) -> None:
    assert run("--config", config, "--out", tmp_path / "out", "--pause", pause).exit_code == 2
