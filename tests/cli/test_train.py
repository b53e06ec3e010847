import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.command_line import runner
from fakes.models import TinyNetwork
from fakes.networks import SMALL, SMALL_BACKBONE
from fakes.photos import draw_photos

from coopwatch.cli.train import register
from coopwatch.errors import DatasetError, UserMustActError
from coopwatch.vision.card import load_model_folder
from coopwatch.workbench.networks.registry import NETWORKS


@pytest.fixture(autouse=True)
def small_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of a few weights under the names of real ones, which take their time."""
    monkeypatch.setitem(NETWORKS, "efficientnet_lite0", SMALL_BACKBONE)
    monkeypatch.setitem(NETWORKS, "neurocoop", replace(SMALL, name="neurocoop"))


run = runner(register)


def test_a_folder_of_photos_becomes_the_active_model(tmp_path: Path) -> None:
    result = run(draw_photos(tmp_path / "photos"), "--out", tmp_path / "models" / "nest", "--no-keras")
    assert result.exit_code == 0, result.exception
    card = load_model_folder(tmp_path / "models" / "nest").card
    assert card.metrics["accuracy"] == 1.0
    assert result.stdout.startswith("right: 9 of 9 pictures (100.0 %)")
    assert result.stdout.splitlines()[-1].endswith("now active")
    assert "split by day: " in result.stderr
    assert (tmp_path / "models" / "nest" / "runs" / card.version / "report.html").is_file()


def test_the_model_that_was_active_before_is_named_with_the_way_back(tmp_path: Path, tiny_network: TinyNetwork) -> None:
    old = tiny_network.publish(tmp_path / "nest")
    result = run(draw_photos(tmp_path / "photos"), "--out", tmp_path / "nest", "--no-keras")
    assert f"{old.card.version} was active before; to have it again: coopwatch models rollback" in result.stdout


def test_the_learning_curve_is_told_and_stands_in_the_report(tmp_path: Path) -> None:
    result = run(draw_photos(tmp_path / "photos"), "--out", tmp_path / "nest", "--no-keras", "--learning-curve")
    assert result.exit_code == 0, result.exception
    assert "right answers by number of photos:" in result.stdout
    (report,) = (tmp_path / "nest" / "runs").glob("*/report.json")
    points = json.loads(report.read_text())["learning_curve"]
    assert [point["photos"] for point in points] == [1, 2, 3, 5, 9]
    assert points[-1]["right"] == [9]


def test_a_script_gets_the_figures_the_model_and_its_report(tmp_path: Path) -> None:
    told = json.loads(run(draw_photos(tmp_path / "photos"), "--out", tmp_path / "nest", "--json").stdout)
    assert (told["right"], told["count"]) == (9, 9)
    assert load_model_folder(Path(told["model"])).path == load_model_folder(tmp_path / "nest").path
    assert Path(told["report"]).is_file()


def test_a_network_can_be_named_and_sized_and_tested_on_other_folders(tmp_path: Path) -> None:
    result = run(
        draw_photos(tmp_path / "photos"), "--out", tmp_path / "nest", "--test", draw_photos(tmp_path / "later", days=1),
        "--network", "neurocoop", "--size", "16x24", "--epochs", "1", "--no-keras",
    )  # fmt: skip
    assert result.exit_code == 0, result.exception
    card = load_model_folder(tmp_path / "nest").card
    assert (card.input.height, card.input.width) == (16, 24)
    assert card.data["split"] == "folders"
    assert card.metrics["count"] == 9


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--network", "neuroccop"], "--network: received neuroccop, expected one of"),
        (["--size", "big"], "--size: received big, expected HEIGHTxWIDTH"),
        (["--size", "0x64"], "--size: received 0x64"),
        (["--train-until", "June"], "--train-until: received June, expected a date"),
        (["--split", "day", "--test", "photos"], "received --split and --test, expected one of them"),
        (["--train-until", "2026-05-01", "--test", "photos"], "received --train-until and --test, expected one of"),
        (["--train-until", "2026-05-01", "--split", "day"], "received --split and --train-until, expected one of"),
        (["--timezone", "Coop/Yard"], "--timezone: received Coop/Yard"),
        (["--roles", "egg=food"], "--roles: received food, expected one of hen, egg, empty, other"),
        (["--roles", "egg"], "--roles: received egg, expected two names joined by '='"),
        (["--network", "neurocoop", "--learning-curve"], "--learning-curve: received neurocoop"),
        (["--network", "neurocoop", "--augmentation", "wild"], "--augmentation: received wild"),
        (["--network", "neurocoop", "--way", "frozen"], "--way: received frozen for neurocoop"),
        (["--size", "8x30"], "--size: received 8x30, expected at least 9x9 for efficientnet_lite0"),
        (["--weights", "nowhere.h5"], "--weights nowhere.h5: received"),
        (["--network", "neurocoop", "--weights", "photo.jpg"], "--weights: received photo.jpg, expected imagenet"),
        (["--network", "neurocoop", "--weights", "nowhere.keras"], "--weights nowhere.keras: received no such file"),
        (["--exclude", "emtpy"], "--exclude: received emtpy, expected of the labels there are: egg, empty, red_twin"),
        (["--merge", "egg_1=egg"], "--merge: received egg_1, expected of the labels there are: egg, empty"),
        (["--merge", "empty=straw", "--exclude", "empty"], "--exclude: received empty, expected of the labels there"),
        (["--weights", "photo.jpg"], "--weights: received photo.jpg, expected imagenet, random or a file"),
        (["--pseudo", "nowhere"], "nowhere: received no such folder"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_written(tmp_path: Path, options: list[str], said: str) -> None:
    result = run(draw_photos(tmp_path / "photos", days=1, pictures=1), "--out", tmp_path / "nest", *options)
    assert isinstance(result.exception, UserMustActError)
    assert said in str(result.exception)
    assert not (tmp_path / "nest").exists()


def test_a_model_is_never_written_among_the_pictures_it_is_made_from(tmp_path: Path) -> None:
    # Its folders would be read as labels by the next training.
    photos = draw_photos(tmp_path / "photos", days=1, pictures=1)
    for out in (photos, photos / "models" / "nest"):
        assert "which is read" in str(run(photos, "--out", out).exception)
    assert sorted(path.name for path in photos.iterdir()) == ["egg", "empty", "red_twin"]


def test_a_data_set_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", "--out", tmp_path / "nest")
    assert isinstance(result.exception, DatasetError)
