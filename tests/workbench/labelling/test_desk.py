"""What a person says of pictures is saved at once, known again later, and can be taken back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest

from coopwatch.errors import DatasetError, PictureError
from coopwatch.values import Role
from coopwatch.workbench.labelling.desk import Desk
from coopwatch.workbench.pictures.check_record import check_record
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.pictures.record import RECORD_FILE, read_facts
from coopwatch.workbench.pictures.shelf import Shelf
from coopwatch.workbench.pictures.unlabelled import list_unlabelled
from coopwatch.workbench.progress import Silent

Draw = Callable[..., Path]


@pytest.fixture
def sit(draw: Draw, tmp_path: Path) -> Callable[[], Desk]:
    """`sit()` opens a desk for 18 drawn photos of three labels, whose colours are their features."""
    found = list_unlabelled([draw(days=2)], UTC, Silent())
    seen = np.array([["red_twin", "egg", "empty"].index(one.path.parent.name) for one in found.pictures])
    features = np.eye(3, dtype=np.float32)[seen] + np.linspace(0, 0.01, 3 * len(seen), dtype=np.float32).reshape(-1, 3)
    return lambda: Desk(found.pictures, features, Shelf(tmp_path / "set"), ["egg"])


def truth(desk: Desk, row: int) -> str:
    return desk.picture(row).path.parent.name


def name_all(desk: Desk) -> int:
    """Say what is true of each batch; how many times that took."""
    times = 0
    while desk.batch is not None:
        label = truth(desk, desk.batch.rows[0])
        desk.say([row for row in desk.batch.rows if truth(desk, row) == label], label)
        times += 1
    return times


def test_alike_pictures_are_named_together_and_become_a_data_set(sit: Callable[[], Desk], tmp_path: Path) -> None:
    desk = sit()
    assert name_all(desk) <= 6
    read = read_dataset([tmp_path / "set"])
    assert read.counts == {"egg": 6, "empty": 6, "red_twin": 6}
    assert all(one.name.startswith(f"{one.label}/") for one in read.pictures)
    assert all(one.taken_at for one in read.pictures)
    assert check_record(tmp_path / "set", Silent()) == []
    assert [(one.label, one.pictures, one.days) for one in desk.counts()] == [
        ("egg", 6, 2), ("empty", 6, 2), ("red_twin", 6, 2)
    ]  # fmt: skip
    assert desk.left == 0


def test_another_session_goes_on_where_the_last_one_ended(sit: Callable[[], Desk]) -> None:
    first = sit()
    assert first.batch is not None
    rows = first.batch.rows
    first.say(rows, "egg")
    second = sit()
    assert second.said == dict.fromkeys(rows, "egg")
    assert second.batch is not None
    assert not set(second.batch.rows) & set(rows)


def test_the_last_saying_can_be_taken_back_and_is_asked_again(sit: Callable[[], Desk], tmp_path: Path) -> None:
    desk = sit()
    assert desk.batch is not None
    first = desk.batch.rows
    desk.say(first, "egg")
    desk.put_aside(desk.batch.rows)
    desk.undo()
    assert desk.left == 18 - len(first)
    desk.undo()
    assert desk.batch is not None
    assert (desk.batch.rows, desk.said, desk.left) == (first, {}, 18)
    assert not (tmp_path / "set" / RECORD_FILE).exists()
    assert list((tmp_path / "set" / "pictures").iterdir()) == []
    desk.undo()  # nothing is left to take back
    desk.say(first, "empty")
    assert set(desk.said.values()) == {"empty"}


def test_taking_back_removes_no_file_that_is_not_the_data_sets_own(sit: Callable[[], Desk], tmp_path: Path) -> None:
    desk, shelf = sit(), Shelf(tmp_path / "set")
    assert desk.batch is not None
    photo = desk.picture(desk.batch.rows[0]).path
    desk.say(desk.batch.rows[:1], "egg")
    shelf.write([row.model_copy(update={"file": str(photo)}) for row in shelf.rows()], {})  # edited by hand
    desk.undo()
    assert shelf.rows() == []
    assert photo.exists()


def test_what_was_edited_by_hand_meanwhile_stays(sit: Callable[[], Desk], tmp_path: Path) -> None:
    desk = sit()
    assert desk.batch is not None
    desk.say(desk.batch.rows, "egg")
    record = tmp_path / "set" / RECORD_FILE
    record.write_text(record.read_text().replace(",egg,", ",hand,", 1))
    assert desk.batch is not None
    desk.say(desk.batch.rows, "empty")
    assert {one.label: one.pictures for one in desk.counts()}["hand"] == 1


def test_roles_that_were_written_down_by_hand_stay(sit: Callable[[], Desk], tmp_path: Path) -> None:
    desk, shelf = sit(), Shelf(tmp_path / "set")
    assert desk.batch is not None
    desk.say(desk.batch.rows, "sparrow")
    shelf.write(shelf.rows(), {"sparrow": Role.OTHER})
    assert desk.batch is not None
    desk.say(desk.batch.rows, "egg")
    assert read_facts(shelf.folder).roles == {"sparrow": Role.OTHER}


def test_a_guess_by_chance_is_judged_also_by_what_was_left_out_and_the_newest_count(
    sit: Callable[[], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sit()
    for label in ("egg", "empty"):
        assert desk.batch is not None
        desk.say(desk.batch.rows[:2], label)
    while desk.batch is not None and not desk.batch.is_by_chance:
        desk.say(desk.batch.rows[:1], str(desk.batch.guess))
    assert desk.lately == (0, 0)
    assert desk.batch is not None
    assert desk.batch.guess is not None
    shown = len(desk.batch.rows)
    desk.say(desk.batch.rows[1:], desk.batch.guess)
    assert desk.lately == (shown - 1, shown)
    monkeypatch.setattr("coopwatch.workbench.labelling.desk.LATELY", 1)
    assert desk.lately == (0, 1)


@pytest.mark.parametrize("label", ["", "Henne Berta", "a" * 65, "../egg", "ei\n"])
def test_what_is_no_name_of_a_label_is_refused_and_nothing_is_saved(
    sit: Callable[[], Desk], tmp_path: Path, label: str
) -> None:
    desk = sit()
    assert desk.batch is not None
    with pytest.raises(DatasetError, match="expected letters from a to z"):
        desk.say(desk.batch.rows, label)
    assert not (tmp_path / "set").exists()
    assert desk.said == {}


def test_a_second_label_of_eggs_is_refused(sit: Callable[[], Desk]) -> None:
    desk = sit()
    assert desk.batch is not None
    desk.say(desk.batch.rows, "egg")
    assert desk.batch is not None
    with pytest.raises(DatasetError, match="2 labels of eggs"):
        desk.say(desk.batch.rows, "egg_2")


def test_an_answer_to_another_question_is_refused(sit: Callable[[], Desk]) -> None:
    desk = sit()
    assert desk.batch is not None
    shown = desk.batch.rows
    desk.say(shown, "egg")
    for rows in (shown, [99], [-1]):
        with pytest.raises(DatasetError, match="another question"):
            desk.say(rows, "empty")


def test_an_answer_that_leaves_all_pictures_out_is_refused_with_what_to_do(sit: Callable[[], Desk]) -> None:
    with pytest.raises(DatasetError, match="click one"):
        sit().say([], "egg")


def test_a_picture_that_vanished_meanwhile_is_an_error_and_nothing_is_said(sit: Callable[[], Desk]) -> None:
    desk = sit()
    assert desk.batch is not None
    desk.picture(desk.batch.rows[0]).path.unlink()
    with pytest.raises(PictureError):
        desk.say(desk.batch.rows, "egg")
    assert desk.said == {}


def test_pictures_labelled_by_a_model_are_no_answer_of_a_person(sit: Callable[[], Desk], tmp_path: Path) -> None:
    desk = sit()
    assert desk.batch is not None
    desk.say(desk.batch.rows, "egg")
    shelf = Shelf(tmp_path / "set")
    shelf.write([row.model_copy(update={"origin": "pseudo", "probability": 0.99}) for row in shelf.rows()], {})
    assert [one.pictures for one in desk.counts()] == [0]
    again, labelled = sit(), shelf.rows()
    assert again.said == {}
    assert again.batch is not None
    again.say(again.batch.rows, "empty")
    assert [row.origin for row in shelf.rows()] == ["human"] * len(labelled)
    again.undo()
    assert shelf.rows() == labelled
    assert check_record(shelf.folder, Silent()) == []


def test_a_row_without_a_hash_is_known_by_the_name_of_its_file(sit: Callable[[], Desk], tmp_path: Path) -> None:
    desk, shelf = sit(), Shelf(tmp_path / "set")
    assert desk.batch is not None
    desk.say(desk.batch.rows, "egg")
    shelf.write([row.model_copy(update={"sha256": None}) for row in shelf.rows()], {})
    assert sit().said == desk.said


def test_a_picture_is_known_by_its_bytes_and_not_by_its_name(sit: Callable[[], Desk], tmp_path: Path) -> None:
    desk = sit()
    assert desk.batch is not None
    row = desk.batch.rows[0]
    desk.say([row], "egg")
    moved = replace(desk.picture(row), path=desk.picture(row).path.rename(tmp_path / "moved.jpg"))
    again = Desk([moved], np.zeros((1, 3), np.float32), Shelf(tmp_path / "set"), [])
    assert (again.said, again.batch) == ({0: "egg"}, None)
