"""Pictures that nobody labelled are listed once each, and names that are no text are set aside."""

import os
from datetime import UTC
from pathlib import Path

import pytest

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.unlabelled import list_unlabelled
from coopwatch.workbench.progress import Silent


def test_names_that_fit_in_no_table_are_set_aside_and_the_same_bytes_are_listed_once(tmp_path: Path) -> None:
    for number, name in enumerate((b"good.jpg", b"\xff\xfe.jpg", b"two\nlines.jpg", b'\xc3\xa4 b,"c.jpg')):
        (tmp_path / os.fsdecode(name)).write_bytes(bytes([number]))
    (tmp_path / "good again.jpg").write_bytes(bytes([0]))
    found = list_unlabelled([tmp_path, tmp_path / "good.jpg"], UTC, Silent())
    assert sorted(one.path.name for one in found.pictures) == ["good.jpg", '\u00e4 b,"c.jpg']
    assert len(found.nameless) == 2


def test_nothing_there_and_no_pictures_are_errors(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "missing", "nothing there"), (tmp_path, "no pictures")):
        with pytest.raises(DatasetError, match=words):
            list_unlabelled([path], UTC, Silent())
