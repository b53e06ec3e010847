import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from coopwatch.cameras.watched import WatchedFolderCamera
from coopwatch.errors import CameraError

DROPPED = datetime(2026, 5, 1, 8, tzinfo=UTC)


def drop(path: Path, *, minute: int, grey: int = 0, bytes_of_it: int | None = None) -> None:
    """Write a picture, or its first bytes, as if it had been dropped at that minute."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 24), (grey, grey, grey)).save(buffer, format="PNG")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(buffer.getvalue()[:bytes_of_it])
    moment = DROPPED.timestamp() + 60 * minute
    os.utime(path, (moment, moment))


def camera_of(folder: Path) -> WatchedFolderCamera:
    return WatchedFolderCamera(name="nestcam", folder=folder, patience_seconds=0.05, pause_seconds=0.01)


async def test_the_picture_dropped_last_is_the_frame_and_old_ones_are_never_given(tmp_path: Path) -> None:
    drop(tmp_path / "old.png", minute=0, grey=1)
    async with camera_of(tmp_path) as camera:
        with pytest.raises(CameraError, match="no new picture came within"):
            await camera.grab()
        for minute, name in ((1, "z.png"), (2, "a.png"), (3, "deep/b.png")):
            drop(tmp_path / name, minute=minute, grey=10 * minute)
        assert (await camera.grab()).pixels.max() == 30
        with pytest.raises(CameraError, match="no new picture came within"):
            await camera.grab()


async def test_a_frame_is_stamped_when_it_was_dropped_whatever_the_cameras_clock_named_it(tmp_path: Path) -> None:
    async with camera_of(tmp_path) as camera:
        drop(tmp_path / "2025-05-01_0801.png", minute=1)  # a year behind
        assert (await camera.grab()).taken_at == DROPPED.replace(minute=1)


async def test_a_picture_that_is_not_whole_yet_is_given_when_it_is(tmp_path: Path) -> None:
    async with camera_of(tmp_path) as camera:
        camera._patience_seconds = 0.01  # a single look
        drop(tmp_path / "a.png", minute=1, bytes_of_it=50)
        with pytest.raises(CameraError):
            await camera.grab()
        drop(tmp_path / "a.png", minute=2, grey=7)
        assert (await camera.grab()).pixels.max() == 7


async def test_a_damaged_picture_is_named_once_and_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with camera_of(tmp_path) as camera:
        drop(tmp_path / "damaged.png", minute=1, bytes_of_it=50)
        for _ in range(3):
            with pytest.raises(CameraError):
                await camera.grab()
        drop(tmp_path / "whole.png", minute=2, grey=9)
        assert (await camera.grab()).pixels.max() == 9
    assert [record.getMessage().count("damaged.png") for record in caplog.records] == [1]


async def test_a_folder_that_is_missing_is_said(tmp_path: Path) -> None:
    async with camera_of(tmp_path / "none") as camera:
        with pytest.raises(CameraError, match="expected a folder of pictures"):
            await camera.grab()


async def test_a_folder_that_vanishes_while_it_is_looked_through_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A program that clears old days away ended the daemon.
    scandir = os.scandir

    def scan(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "old":
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scan)
    async with camera_of(tmp_path) as camera:
        (tmp_path / "old").mkdir()
        drop(tmp_path / "today" / "a.png", minute=1, grey=7)
        assert (await camera.grab()).pixels.max() == 7


async def test_a_folder_that_cannot_be_listed_is_the_cameras_trouble(tmp_path: Path) -> None:
    async with camera_of(tmp_path / ("n" * 300)) as camera:
        with pytest.raises(CameraError, match="received File name too long, expected a folder of pictures"):
            await camera.grab()
