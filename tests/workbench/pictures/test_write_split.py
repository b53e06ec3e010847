import errno
import shutil
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest

from coopwatch.errors import DatasetError
from coopwatch.vision.card import file_hash
from coopwatch.workbench.pictures.check_record import check_record
from coopwatch.workbench.pictures.contact_sheets import write_sheets
from coopwatch.workbench.pictures.dataset import read_dataset
from coopwatch.workbench.pictures.looks import look_at
from coopwatch.workbench.pictures.split import SplitRule, split_pictures
from coopwatch.workbench.pictures.write_split import WrittenSplit, write_split
from coopwatch.workbench.progress import Silent

Draw = Callable[..., Path]


def divide(photos: Path, out: Path, rule: SplitRule | None = None) -> WrittenSplit:
    return write_split(read_dataset([photos]), rule or SplitRule(), out, Silent())


def files(folder: Path) -> dict[str, str]:
    """File below the folder -> hash."""
    return {str(path.relative_to(folder)): file_hash(path) for path in folder.rglob("*") if path.is_file()}


def test_every_file_is_copied_exactly_once_into_the_part_that_the_rule_says(draw: Draw, tmp_path: Path) -> None:
    photos, out = draw(), tmp_path / "split"
    before = files(photos)
    done = divide(photos, out)
    copies = {name: sha256 for name, sha256 in files(out).items() if name.endswith(".jpg")}
    assert sorted(copies.values()) == sorted(before.values())
    assert files(photos) == before
    split = split_pictures(read_dataset([photos]).pictures, SplitRule())
    for part, pictures in (("train", split.train), ("validation", split.validation), ("test", split.test)):
        expected = {f"{part}/{picture.label}/{picture.path.name}" for picture in pictures}
        assert {name for name in copies if name.startswith(part)} == expected
    assert not done.was_there
    assert check_record(out, Silent()) == []


def test_what_is_read_again_is_divided_as_it_was_written(draw: Draw, tmp_path: Path) -> None:
    photos = draw()
    written = divide(photos, tmp_path / "split", SplitRule(method="random", seed=3)).split
    read = split_pictures(read_dataset([tmp_path / "split"]).pictures, SplitRule())
    assert read.method == "folders"
    for part in ("train", "validation", "test"):
        assert {one.sha256 for one in getattr(read, part)} == {one.sha256 for one in getattr(written, part)}


def test_twice_the_same_is_the_same_and_another_split_is_refused(draw: Draw, tmp_path: Path) -> None:
    photos, out = draw(), tmp_path / "split"
    divide(photos, out)
    before = files(out)
    assert divide(photos, out).was_there
    with pytest.raises(DatasetError, match="already holds something else"):
        divide(photos, out, SplitRule(method="random", seed=1))
    assert files(out) == before
    divide(photos, tmp_path / "again")
    assert files(tmp_path / "again") == before


def test_names_that_meet_in_a_label_are_told_apart(draw: Draw, tmp_path: Path) -> None:
    photos = draw()
    for number, nested in enumerate(("first", "second")):
        (photos / "egg" / nested).mkdir()
        for name in ("2026-05-01_0600.jpg", "2026-05-01_0600.JPG"):
            shutil.copy(photos / "empty" / f"2026-05-0{number + 1}_0600.jpg", photos / "egg" / nested / name)
    divide(photos, tmp_path / "split")
    assert sorted(read_dataset([tmp_path / "split"]).counts.items()) == [("egg", 16), ("empty", 12), ("red_twin", 12)]
    assert check_record(tmp_path / "split", Silent()) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyboardInterrupt(), None),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "No space left on device, expected a readable picture and room to",
        ),
    ],
)
def test_a_copy_that_is_broken_off_leaves_nothing_of_its_name(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, said: str | None
) -> None:
    photos, out, copied = draw(), tmp_path / "split", []
    original = shutil.copy2

    def stop_at_the_fifth(source: Path, target: Path) -> None:
        copied.append(source)
        if len(copied) == 5:
            raise error
        original(source, target)

    monkeypatch.setattr(shutil, "copy2", stop_at_the_fifth)
    with pytest.raises(DatasetError if said else KeyboardInterrupt, match=said):
        divide(photos, out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos"]


def test_a_copy_with_other_bytes_is_noticed(draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "copy2", lambda _, target: target.write_bytes(b"bits have turned"))
    with pytest.raises(DatasetError, match="a copy with other bytes than the picture had"):
        divide(draw(), tmp_path / "split")
    assert not (tmp_path / "split").exists()


@pytest.mark.parametrize("place", ["photos/split", "full", "file"])
def test_places_that_hold_something_else_are_refused(draw: Draw, tmp_path: Path, place: str) -> None:
    photos = draw()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    before = files(tmp_path)
    with pytest.raises(DatasetError, match=r"--out .*expected"):
        divide(photos, tmp_path / place)
    assert files(tmp_path) == before


def test_a_picture_that_cannot_be_opened_is_named_and_left_out(draw: Draw, tmp_path: Path) -> None:
    photos = draw()
    (photos / "egg" / "lost.jpg").symlink_to("/nowhere/lost.jpg")
    assert divide(photos, tmp_path / "split").left_out == (photos / "egg" / "lost.jpg",)


@pytest.mark.parametrize(
    ("damage", "kinds"),
    [
        (lambda file, folder: file.unlink(), ["lost"]),
        (lambda file, folder: file.write_bytes(b"other bytes"), ["changed"]),
        (lambda file, folder: file.rename(folder / "test" / "empty" / "moved.jpg"), ["moved"]),
        (lambda file, folder: shutil.copy(file, folder / "test" / "empty" / "twice.jpg"), ["twice"]),
        (lambda file, folder: (folder / "train" / "egg" / "new.jpg").write_bytes(b"new"), ["unrecorded"]),
    ],
    ids=["lost", "changed", "moved", "twice", "unrecorded"],
)
def test_every_file_that_is_not_as_the_record_says_is_named(
    draw: Draw, tmp_path: Path, damage: Callable[[Path, Path], object], kinds: list[str]
) -> None:
    out = tmp_path / "split"
    divide(draw(), out)
    damage(next((out / "train" / "egg").iterdir()), out)
    faults = check_record(out, Silent())
    assert [fault.kind for fault in faults] == kinds
    assert all(fault.remedy for fault in faults)


def test_a_row_that_is_there_twice_is_named(draw: Draw, tmp_path: Path) -> None:
    out = tmp_path / "split"
    divide(draw(), out)
    table = out / "labels.csv"
    table.write_text(table.read_text() + table.read_text().splitlines()[-1] + "\n")
    (fault,) = check_record(out, Silent())
    assert (fault.kind, fault.remedy[:15]) == ("twice", "delete 1 of its")


def test_a_sheet_a_label_is_drawn_even_of_many(draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coopwatch.workbench.pictures.contact_sheets.MOST_PICTURES", 5)
    looks = look_at(read_dataset([draw()]).pictures, Silent()).looks
    drawn = write_sheets(looks, tmp_path / "sheets", UTC, Silent())
    assert [path.name for path in drawn] == ["egg.png", "empty.png", "red_twin.png"]
    with pytest.raises(DatasetError, match=r"--sheets .*expected a folder"):
        write_sheets(looks, drawn[0], UTC, Silent())
