"""A data set that grows has one writer at a time, and what a killed one left does not matter."""

import os
from pathlib import Path

import pytest

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.shelf import Shelf


def test_a_place_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DatasetError, match="coopwatch label"):
        Shelf(tmp_path)


def test_what_a_killed_writer_left_half_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / f".{'0' * 32}.part").write_bytes(b"file,la")
    assert Shelf(tmp_path).rows() == []


def test_a_second_writer_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "set"
    with Shelf(folder).alone(), pytest.raises(DatasetError, match="expected to write alone"), Shelf(folder).alone():
        pass
    with Shelf(folder).alone():
        assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with (
        pytest.raises(DatasetError, match="expected a folder that can be written"),
        Shelf(tmp_path / "file/set").alone(),
    ):
        pass


def test_a_folder_that_may_not_be_written_is_refused_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # as on a disk that is mounted to be read alone
    with pytest.raises(DatasetError, match="expected a folder that can be written"), Shelf(tmp_path).alone():
        pass
