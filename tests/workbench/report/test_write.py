import json
from pathlib import Path

import pytest
from fakes.subjects import CURVE, answer, run, subject

from coopwatch.errors import UserMustActError
from coopwatch.workbench.report.write import write_report

SUBJECT = subject([answer("egg", "egg"), answer("egg", "empty", 0.9)], run=run(), learning=CURVE)


def test_the_page_and_its_figures_lie_side_by_side_and_take_the_place_of_older_ones(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("old")
    page = write_report(tmp_path, SUBJECT)
    assert page.read_text(encoding="utf-8").strip().startswith("<!doctype html>")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.json"]
    told = json.loads((tmp_path / "report.json").read_text())
    assert (told["right"], told["count"]) == (1, 2)
    assert told["mistakes"] == [{"file": "photos/egg/empty.jpg", "label": "egg", "given": "empty", "probability": 0.9}]
    assert told["curves"]["loss"]["smoothed"] == pytest.approx([2.0, 1.8, 1.58])
    assert told["learning_curve"][0] == {"photos": 1, "learnt_from": 3, "right": [3, 5], "count": 9}
    assert told["run"]["seed"] == 3


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserMustActError, match=r"file: received .*expected a folder with room for a report"):
        write_report(tmp_path / "file", SUBJECT)
