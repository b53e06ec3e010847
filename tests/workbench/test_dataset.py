from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.workbench.dataset import Reading, read_dataset

Draw = Callable[..., Path]


def test_a_folder_a_label_becomes_labelled_pictures_with_times(draw: Draw) -> None:
    dataset = read_dataset([draw(days=2, pictures=3)])
    assert dataset.counts == {"egg": 6, "empty": 6, "red_twin": 6}
    assert {label.name: label.role for label in dataset.labels} == {
        "egg": Role.EGG,
        "empty": Role.EMPTY,
        "red_twin": Role.HEN,
    }
    first = dataset.pictures[0]
    assert first.taken_at == datetime(2026, 5, 1, 6, tzinfo=UTC)
    assert first.day == date(2026, 5, 1)
    assert len(first.sha256) == 64


def test_a_day_is_the_keepers_day(draw: Draw) -> None:
    folder = draw(days=1, pictures=1)
    (folder / "egg" / "2026-05-01_2330Z.jpg").write_bytes((folder / "egg" / "2026-05-01_0600.jpg").read_bytes())
    dataset = read_dataset([folder], Reading(zone=ZoneInfo("Europe/Berlin")))
    days = {picture.path.stem: picture.day for picture in dataset.pictures if picture.label == "egg"}
    assert days == {"2026-05-01_0600": date(2026, 5, 1), "2026-05-01_2330Z": date(2026, 5, 2)}


def test_folders_merge_into_a_label_and_labels_can_be_left_out(draw: Draw) -> None:
    folder = draw()
    (folder / "egg").rename(folder / "egg_1")
    dataset = read_dataset([folder], Reading(merge={"egg_1": "egg"}, exclude=frozenset({"empty"})))
    assert set(dataset.counts) == {"egg", "red_twin"}


def test_several_folders_are_one_data_set(draw: Draw) -> None:
    both = read_dataset([draw("may"), draw("june")])
    assert both.counts == {"egg": 24, "empty": 24, "red_twin": 24}


def test_folders_named_for_testing_are_the_test_part(draw: Draw) -> None:
    dataset = read_dataset([draw("seen", days=1)], test=[draw("unseen", days=2)])
    parts = {part: sum(picture.part == part for picture in dataset.pictures) for part in ("train", "test")}
    assert parts == {"train": 9, "test": 18}


def test_a_tree_of_train_and_test_gives_the_parts(draw: Draw, tmp_path: Path) -> None:
    draw("tree/train")
    draw("tree/val", days=1)
    draw("tree/test", days=2)
    dataset = read_dataset([tmp_path / "tree"])
    parts = [picture.part for picture in dataset.pictures if picture.label == "egg"]
    assert (parts.count("train"), parts.count("validation"), parts.count("test")) == (12, 3, 6)


def test_what_programs_leave_beside_pictures_is_passed_over(draw: Draw) -> None:
    folder = draw(days=1, pictures=1)
    for name in (".DS_Store", "Thumbs.db", "notes.txt"):
        (folder / "egg" / name).write_text("no picture")
    assert read_dataset([folder]).counts["egg"] == 1


def test_the_hash_knows_pictures_and_labels_but_not_the_place(draw: Draw, tmp_path: Path) -> None:
    before = read_dataset([draw("here")]).hash
    (tmp_path / "here").rename(tmp_path / "there")
    assert read_dataset([tmp_path / "there"]).hash == before
    (tmp_path / "there" / "egg" / "2026-05-01_0600.jpg").rename(tmp_path / "there" / "empty" / "moved.jpg")
    assert read_dataset([tmp_path / "there"]).hash != before


def test_an_empty_label_folder_is_refused(draw: Draw) -> None:
    folder = draw()
    (folder / "psycho").mkdir()
    with pytest.raises(DatasetError, match=r"psycho: received no pictures.*--exclude psycho"):
        read_dataset([folder])


def test_a_single_label_is_refused(draw: Draw) -> None:
    with pytest.raises(DatasetError, match=r"received 1 label\(s\) \(egg\), expected .* at least two"):
        read_dataset([draw(labels=("egg",))])


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere: received no such folder"):
        read_dataset([tmp_path / "nowhere"])


def test_a_name_that_no_card_can_hold_is_refused(draw: Draw) -> None:
    folder = draw()
    (folder / "egg").rename(folder / "Röschen II")
    with pytest.raises(DatasetError, match=r"'Röschen II', expected letters.*rename"):
        read_dataset([folder])
