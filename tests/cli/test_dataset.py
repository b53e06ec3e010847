import json
import sys
from pathlib import Path

import numpy as np
import pytest
from fakes.command_line import runner
from fakes.photos import draw_photos
from PIL import Image

from coopwatch.cli.dataset import register
from coopwatch.errors import DatasetError, UserMustActError
from coopwatch.vision.card import ModelFolder

run = runner(register, before=("dataset",))


def answer(*arguments: str | Path) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_keepers_way_from_photos_to_a_checked_split(tmp_path: Path) -> None:
    photos, whole, parts = draw_photos(tmp_path / "photos"), tmp_path / "set", tmp_path / "parts"
    assert answer("import", photos, "--out", whole)["added"] == {"egg": 12, "empty": 12, "red_twin": 12}
    split = answer("split", whole, "--out", parts, "--by", "day", "--seed", "2")
    assert {part: sum(labels.values()) for part, labels in split["parts"].items()} == {
        "train": 18,
        "validation": 9,
        "test": 9,
    }
    assert (parts / "test" / "egg").is_dir()
    verified = answer("verify", parts)
    assert verified["recorded"]
    assert verified["faults"] == []
    assert answer("stats", parts)["labels"]["egg"]["pictures"] == 12


def test_people_are_told_the_same(tmp_path: Path) -> None:
    photos, whole, parts = draw_photos(tmp_path / "photos"), tmp_path / "set", tmp_path / "parts"
    assert run("import", photos, "--out", whole).stdout.endswith("36 pictures added, 0 known already, 36 in all\n")
    said = run("split", whole, "--out", parts, "--by", "random").stdout
    assert "note: split at random although times are known" in said
    assert "36 files, each exactly once, all hashes as in the originals" in said
    assert "every file is there exactly once" in run("verify", parts).stdout
    table = run("stats", parts, "--sheets", tmp_path / "sheets").stdout
    assert table.splitlines()[0].split()[:3] == ["label", "role", "pictures"]
    assert "3 sheets" in table
    with Image.open(tmp_path / "sheets" / "egg.png") as sheet:
        assert np.asarray(sheet).shape[0] > 100


def test_verify_exits_with_1_and_names_what_is_not_as_it_was(tmp_path: Path) -> None:
    run("split", draw_photos(tmp_path / "photos"), "--out", tmp_path / "parts")
    lost = next((tmp_path / "parts" / "train" / "egg").iterdir())
    lost.unlink()
    result = run("verify", tmp_path / "parts")
    assert result.exit_code == 1
    assert f"lost: {lost}; put it back" in result.stdout
    faults = json.loads(run("verify", tmp_path / "parts", "--json").stdout)["faults"]
    assert [(fault["kind"], fault["file"]) for fault in faults] == [("lost", str(lost))]


def test_a_folder_without_a_record_is_looked_at_all_the_same(tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos")
    (photos / "egg" / "cut.jpg").write_bytes(b"no picture")
    result = run("verify", photos)
    assert result.exit_code == 0
    assert "cut.jpg" in result.stdout
    assert "has no labels.csv: nothing to compare with" in result.stdout


def test_a_file_whose_name_is_no_text_is_named_in_valid_json(tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos")
    odd = photos / "egg" / b"h\xfchner.jpg".decode("utf-8", "surrogateescape")
    odd.write_bytes(b"no picture")
    assert answer("stats", photos)["unreadable"] == [str(odd)]
    assert answer("import", photos, "--out", tmp_path / "set")["unreadable"] == [str(odd)]


def test_lint_exits_with_1_for_errors_alone(tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos", days=1)
    warned = run("lint", photos)
    assert warned.exit_code == 0
    assert "warning: few pictures" in warned.stdout
    (photos / "empty" / "wrong.jpg").write_bytes((photos / "egg" / "2026-05-01_0600.jpg").read_bytes())
    result = run("lint", photos, "--json")
    assert result.exit_code == 1
    first = json.loads(result.stdout)[0]
    assert (first["check"], first["grade"]) == ("contradiction", "error")
    assert [Path(file).name for file in first["files"]] == ["2026-05-01_0600.jpg", "wrong.jpg"]


def test_a_model_labels_what_it_is_sure_of(tmp_path: Path, tiny_model: ModelFolder) -> None:
    photos, table = draw_photos(tmp_path / "photos", days=1), tmp_path / "sure.csv"
    said = answer("pseudo-label", photos, "--model", tiny_model.path, "--above", "0", "--out", table)
    assert sum(said["labels"].values()) == 9
    assert answer("stats", table)["all"]["pseudo"] == 9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "empty/egg", "--out", "set"], "received no picture with a label, expected a folder a label"),
        (["stats", "lone/egg/2026-05-01_0600.jpg"], "received a file, expected a folder"),
        (["stats", "lone", "--sheets", "lone/sheets"], "--sheets lone/sheets: received a place in lone, which is read"),
        (["import", "nowhere", "--out", "set"], "received no such folder"),
        (["stats", "empty"], "received no pictures, expected at least one"),
        (["split", "lone", "--out", "parts"], "received 1 label(s) (egg)"),
        (["split", "lone", "--out", "parts", "--train-until", "May"], "--train-until: received May"),
        (["lint", "lone", "--timezone", "Coop/Yard"], "--timezone: received Coop/Yard"),
        (["import", "lone", "--out", "set", "--merge", "egg"], "--merge: received egg"),
        (["import", "lone", "--out", "set", "--exclude", "eg"], "--exclude: received eg, expected of the labels"),
    ],
)
def test_what_a_person_must_change_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    draw_photos(tmp_path / "lone", labels=("egg",))
    (tmp_path / "empty" / "egg").mkdir(parents=True)
    error = run(*arguments).exception
    assert isinstance(error, UserMustActError)
    assert said in str(error)
    assert not (tmp_path / "set").exists()
    assert not (tmp_path / "parts").exists()


def test_one_label_alone_can_be_looked_at(tmp_path: Path) -> None:
    result = run("lint", draw_photos(tmp_path / "lone", labels=("egg",)))
    assert result.exit_code == 1
    assert "error: lone label: egg is the only label" in result.stdout


def test_a_record_that_is_damaged_is_named_by_its_line(tmp_path: Path) -> None:
    photos = draw_photos(tmp_path / "photos")
    (photos / "labels.csv").write_text("file,label\negg/2026-05-01_0600.jpg,egg\nx.jpg,\n")
    for command in ("verify", "lint", "stats"):
        error = run(command, photos).exception
        assert isinstance(error, DatasetError)
        assert "labels.csv:3: label: received nothing" in str(error)


def test_without_the_extra_for_training_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("imagehash", "coopwatch.workbench.pictures.looks", "coopwatch.workbench.pictures.lint"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "imagehash", None)
    error = run("lint", draw_photos(tmp_path / "photos")).exception
    assert isinstance(error, UserMustActError)
    assert "without imagehash, expected the extra for training; pip install 'coopwatch[train]'" in str(error)
