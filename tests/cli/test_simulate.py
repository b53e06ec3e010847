import json
from pathlib import Path

import pytest
from fakes.command_line import runner
from PIL import Image

from coopwatch.cli.simulate import register
from coopwatch.errors import UserMustActError

SMALL = ("--seed", "7", "--days", "1", "--every", "4h")


run = runner(register)


def test_a_day_is_written_and_counted(tmp_path: Path) -> None:
    result = run(*SMALL, "--out", tmp_path, "--crops", "--json")
    assert result.exit_code == 0
    written = json.loads(result.stdout)
    assert written["pictures"] == len(list(tmp_path.glob("*.jpg"))) == 6
    assert sum(written["crops"].values()) == 12
    assert "drawing: 6 of 6" in result.stderr


def test_a_limit_of_crops_asks_for_crops(tmp_path: Path) -> None:
    result = run(*SMALL, "--out", tmp_path, "--crops-per-label", "1", "--no-pictures")
    assert result.exit_code == 0
    assert "0 pictures" in result.stdout
    assert all(len(list(label.iterdir())) == 1 for label in (tmp_path / "crops").iterdir())


def test_the_sheet_is_a_picture_of_its_own(tmp_path: Path) -> None:
    assert run("--sheet", tmp_path / "hens.png").exit_code == 0
    with Image.open(tmp_path / "hens.png") as sheet:
        assert sheet.size == (1152, 608)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--every", "10 parrots", "--out", "{}"), "--every: received '10 parrots'"),
        (("--every", "0s", "--out", "{}"), "--every: received '0s'"),
        (("--start", "today", "--out", "{}"), "start=today"),
        (("--sheet", "{}/none/hens.png"), "--sheet"),
        (("--sheet", "{}/hens.xyz"), "--sheet"),
        ((), "neither --out nor --sheet"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_written(
    arguments: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    result = run(*(argument.format(tmp_path) for argument in arguments))
    assert isinstance(result.exception, UserMustActError)
    assert named in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_command_is_refused(tmp_path: Path) -> None:
    assert run(*SMALL, "--out", tmp_path).exit_code == 0
    assert run(*SMALL, "--out", tmp_path).exit_code == 0
    assert isinstance(run("--seed", "8", *SMALL[2:], "--out", tmp_path).exception, UserMustActError)
