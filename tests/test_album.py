"""Rules of the last day in pictures."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from coopwatch.album import EVERY, FOLDER, KEPT, Album
from coopwatch.values import Frame
from coopwatch.vision.picture import read_picture

NOON = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


def frame(at: datetime, camera: str = "cam") -> Frame:
    return Frame(camera=camera, taken_at=at, pixels=np.zeros((720, 1280, 3), dtype=np.uint8))


async def test_one_small_picture_is_kept_every_two_minutes(tmp_path: Path) -> None:
    album = Album(tmp_path)
    for second in range(0, 360, 5):
        await album.keep(frame(NOON + timedelta(seconds=second)))
    pictures = album.pictures("cam", NOON, NOON + timedelta(hours=1))
    assert len(pictures) == 3
    assert read_picture(pictures[0]).shape == (360, 640, 3)


async def test_pictures_older_than_a_day_are_gone_and_other_cameras_stay(tmp_path: Path) -> None:
    album = Album(tmp_path)
    await album.keep(frame(NOON))
    await album.keep(frame(NOON, "yard"))
    await album.keep(frame(NOON + KEPT + EVERY))
    assert len(album.pictures("cam", NOON, NOON + timedelta(days=9))) == 1
    assert len(album.pictures("yard", NOON, NOON)) == 1


async def test_only_the_time_asked_for_is_given_oldest_first(tmp_path: Path) -> None:
    album = Album(tmp_path)
    for minute in (4, 0, 2):
        await album.keep(frame(NOON + timedelta(minutes=minute)))
    names = [file.name for file in album.pictures("cam", NOON, NOON + timedelta(minutes=2))]
    assert names == ["2026-06-21T12-00-00Z.jpg", "2026-06-21T12-02-00Z.jpg"]
    assert Album(tmp_path).pictures("nobody", NOON, NOON) == []


async def test_a_picture_that_cannot_be_kept_harms_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FOLDER).write_text("in the way")
    album = Album(tmp_path)
    for minute in (0, 2, 4):
        await album.keep(frame(NOON + timedelta(minutes=minute)))
    assert caplog.text.count("cannot be kept") == 1
