"""What a keeper changed, in words."""

from pathlib import Path

import pytest
from config.files import GOOD, write_config

from coopwatch.config.changes import find_changes
from coopwatch.config.load import load_settings

BARN = """\
  - name: barn
    source: rtsp://barn.local/
    nests: [{name: straw}]
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", "nothing changed"),
        ("chat:\n", f"{BARN}chat:\n", "camera barn added"),
        ("nestcam\n", "coopcam\n", "camera coopcam added, camera nestcam removed"),
        ("right: 0.48", "right: 0.50", "camera nestcam changed"),
        ("chat:\n", "rules: {enter: 0.9}\nchat:\n", "rules changed"),
        ("data_dir: data", "data_dir: other", "data_dir changed (at the next start)"),
        ("chat:\n", "# a comment\nchat:\n", "nothing changed"),
    ],
)
def test_changes_are_told_by_camera_and_key(tmp_path: Path, old: str, new: str, words: str) -> None:
    before = load_settings(write_config(tmp_path))
    after = load_settings(write_config(tmp_path, GOOD.replace(old, new, 1) if old else GOOD))
    assert str(find_changes(before, after)) == words
