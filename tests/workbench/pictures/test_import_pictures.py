import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from coopwatch.errors import DatasetError
from coopwatch.values import Role
from coopwatch.workbench.pictures import shelf as module
from coopwatch.workbench.pictures.check_record import check_record
from coopwatch.workbench.pictures.dataset import Reading, read_dataset
from coopwatch.workbench.pictures.import_pictures import Imported, import_pictures
from coopwatch.workbench.pictures.record import read_rows
from coopwatch.workbench.progress import Silent

Draw = Callable[..., Path]


def bring(out: Path, *folders: Path, reading: Reading | None = None) -> Imported:
    return import_pictures(folders, reading or Reading(), out, Silent())


def test_an_imported_data_set_is_the_same_data_set(draw: Draw, tmp_path: Path) -> None:
    photos = draw()
    done = bring(tmp_path / "set", photos)
    assert (len(done.added), done.total, done.known) == (36, 36, 0)
    there, here = read_dataset([photos]), read_dataset([tmp_path / "set"])
    assert here.hash == there.hash
    assert here.labels == there.labels
    assert sorted(map(str, (one.taken_at for one in here.pictures))) == sorted(
        map(str, (one.taken_at for one in there.pictures))
    )
    assert check_record(tmp_path / "set", Silent()) == []


def test_importing_again_changes_nothing_and_new_pictures_are_added(draw: Draw, tmp_path: Path) -> None:
    photos, out = draw("may", days=2), tmp_path / "set"
    bring(out, photos)
    before = (out / "labels.csv").read_bytes()
    assert bring(out, photos).known == 18
    assert (out / "labels.csv").read_bytes() == before
    done = bring(out, draw("june_", days=1))
    assert (len(done.added), done.total) == (9, 27)
    assert (out / "labels.csv").read_bytes().startswith(before)


def test_a_label_is_changed_by_editing_its_row_and_stays_changed(draw: Draw, tmp_path: Path) -> None:
    photos, out = draw(days=2), tmp_path / "set"
    bring(out, photos)
    table = out / "labels.csv"
    rows = table.read_text()
    table.write_text(rows.replace(",egg,", ",psycho,", 1))
    bring(out, photos)
    assert read_dataset([out]).counts == {"egg": 5, "empty": 6, "psycho": 1, "red_twin": 6}
    assert check_record(out, Silent()) == []


def test_given_roles_and_merged_labels_are_kept(draw: Draw, tmp_path: Path) -> None:
    photos = draw()
    (photos / "egg").rename(photos / "egg_1")
    bring(tmp_path / "set", photos, reading=Reading(merge={"egg_1": "egg"}, roles={"red_twin": Role.OTHER}))
    roles = {label.name: label.role for label in read_dataset([tmp_path / "set"]).labels}
    assert roles == {"egg": Role.EGG, "empty": Role.EMPTY, "red_twin": Role.OTHER}


def test_what_does_not_decode_is_named_and_left_where_it_is(draw: Draw, tmp_path: Path) -> None:
    photos = draw(days=1)
    bad = photos / "egg" / "bad.jpg"
    bad.write_bytes(b"no picture")
    done = bring(tmp_path / "set", photos)
    assert done.unreadable == (bad,)
    assert done.total == 9
    assert bad.exists()


def test_a_picture_under_two_labels_keeps_both_rows_for_a_person_to_decide(draw: Draw, tmp_path: Path) -> None:
    photos, out = draw(days=1), tmp_path / "set"
    shutil.copy(photos / "egg" / "2026-05-01_0600.jpg", photos / "empty" / "again.jpg")
    done = bring(out, photos)
    assert list(done.contradictions.values()) == [("egg", "empty")]
    assert done.total == 10
    assert len(list((out / "pictures").iterdir())) == 9


def test_an_import_that_stops_half_way_is_no_data_set_and_can_be_done_again(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos, out = draw(days=1), tmp_path / "set"
    copied = []

    def stop_at_the_fifth(picture: object, target: Path) -> None:
        copied.append(target)
        if len(copied) == 5:
            raise KeyboardInterrupt
        original(picture, target)

    original = module.copy_picture
    monkeypatch.setattr(module, "copy_picture", stop_at_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        bring(out, photos)
    assert len(list((out / "pictures").iterdir())) == 4
    with pytest.raises(DatasetError, match="received 1 label"):
        read_dataset([out])
    monkeypatch.undo()
    assert bring(out, photos).total == 9
    assert check_record(out, Silent()) == []


def test_places_that_hold_something_else_are_refused(draw: Draw, tmp_path: Path) -> None:
    photos = draw()
    (tmp_path / "notes.txt").write_text("mine")
    for out, said in (
        (photos / "set", "a place in .*photos, which is read"),
        (tmp_path, "a place that holds notes.txt"),
        (tmp_path / "notes.txt", "a place that holds notes.txt"),
        (tmp_path / "notes.txt" / "set", "received Not a directory, expected a folder that can be written"),
    ):
        with pytest.raises(DatasetError, match=said):
            bring(out, photos)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "photos"]


def test_a_role_of_no_label_is_refused_before_anything_is_written(draw: Draw, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="--roles: received sparrow"):
        bring(tmp_path / "set", draw(), reading=Reading(roles={"sparrow": Role.OTHER}))
    assert list((tmp_path / "set").iterdir()) == []


def test_the_time_and_the_old_name_go_with_the_picture(draw: Draw, tmp_path: Path) -> None:
    bring(tmp_path / "set", draw(days=1, pictures=1))
    row = next(row for row in read_rows(tmp_path / "set" / "labels.csv") if row.label == "egg")
    assert row.name == "egg/2026-05-01_0600.jpg"
    assert str(row.taken_at) == "2026-05-01 06:00:00+00:00"
