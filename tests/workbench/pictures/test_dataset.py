from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.workbench.pictures.dataset import Reading, read_dataset

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
    assert [source.name for source in both.sources] == ["may", "june"]


def test_folders_named_for_testing_are_the_test_part(draw: Draw) -> None:
    dataset = read_dataset([draw("seen", days=1)], test=[draw("unseen", days=2)])
    parts = {part: sum(picture.part == part for picture in dataset.pictures) for part in ("train", "test")}
    assert parts == {"train": 9, "test": 18}


def test_a_labels_own_folder_is_nothing_to_test_on(draw: Draw) -> None:
    folder = draw(days=1)
    with pytest.raises(
        DatasetError, match=r"--test .*egg: received no picture with a label, expected a folder a label"
    ):
        read_dataset([folder], test=[folder / "egg"])


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


def test_a_table_of_labels_is_a_data_set_too(draw: Draw) -> None:
    """The same pictures, listed: a cell of the table is the label, wherever the picture lies."""
    folder = draw(days=1, pictures=2)
    at = "2026-05-01_0600.jpg"
    (folder / "labels.csv").write_text(
        f"file,label,part,taken_at,origin,probability\negg/{at},egg_1,train,2026-06-02 23:30,,\n"
        f"empty/{at},red_twin,,,pseudo,0.97\n"
    )
    (folder / "dataset.json").write_text('{"roles": {"red_twin": "other", "gone": "hen"}}')
    reading = Reading(merge={"egg_1": "egg"}, zone=ZoneInfo("Europe/Berlin"))
    for place in (folder, folder / "labels.csv"):
        egg, twin = read_dataset([place], reading).pictures
        assert (egg.label, egg.part, egg.origin) == ("egg", "train", "human")
        assert (egg.taken_at, egg.day) == (datetime(2026, 6, 2, 21, 30, tzinfo=UTC), date(2026, 6, 2))
        assert (twin.label, twin.origin, twin.probability) == ("red_twin", "pseudo", 0.97)
        assert twin.taken_at == datetime(2026, 5, 1, 4, tzinfo=UTC)  # from the name, of the keeper's zone
    roles = {label.name: label.role for label in read_dataset([folder], reading).labels}
    assert roles == {"egg": Role.EGG, "red_twin": Role.OTHER}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("egg/gone.jpg,egg,", r"the row of egg/gone.jpg, which is not there.*dataset verify"),
        (f"egg/2026-05-01_0600.jpg,egg,{'0' * 64}", r"another picture than the one that labels.csv knows"),
    ],
)
def test_a_record_that_is_not_true_is_refused(draw: Draw, row: str, said: str) -> None:
    folder = draw(days=1, pictures=1)
    (folder / "labels.csv").write_text(f"file,label,sha256\n{row}\n")
    with pytest.raises(DatasetError, match=said):
        read_dataset([folder])


def test_what_a_model_labelled_is_never_tested_on(draw: Draw) -> None:
    folder = draw()
    (folder / "labels.csv").write_text("file,label,origin\negg/2026-05-01_0600.jpg,egg,pseudo\n")
    with pytest.raises(DatasetError, match=r"a label given by a model in the test part"):
        read_dataset([draw("seen")], test=[folder])


def test_a_picture_that_cannot_be_opened_is_listed_so_that_it_can_be_named(draw: Draw) -> None:
    folder = draw(days=1, pictures=1)
    (folder / "egg" / "ring.jpg").symlink_to("ring.jpg")
    (folder / "egg" / "lost.jpg").symlink_to("/nowhere/lost.jpg")
    eggs = [picture for picture in read_dataset([folder]).pictures if picture.label == "egg"]
    assert {picture.path.name: bool(picture.sha256) for picture in eggs} == {
        "2026-05-01_0600.jpg": True,
        "lost.jpg": False,
        "ring.jpg": False,
    }


def test_a_ring_of_folders_is_refused(draw: Draw) -> None:
    folder = draw(days=1, pictures=1)
    (folder / "egg" / "again").symlink_to(folder)  # within a label, links to folders are passed over
    assert read_dataset([folder]).counts["egg"] == 1
    (folder / "again").symlink_to(folder)
    with pytest.raises(DatasetError, match=r"again: received a link to a folder that it lies in"):
        read_dataset([folder])


def test_a_folder_that_may_not_be_read_is_named(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run as root, whom no rights stop; so the system's refusal is put in its place."""
    folder = draw(days=1, pictures=1)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(DatasetError, match=r"Permission denied, expected a readable folder; change its rights"):
        read_dataset([folder])
