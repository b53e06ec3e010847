import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes.camera import grab_all
from PIL import Image

from coopwatch.cameras.folder import FolderCamera
from coopwatch.errors import CameraError

BERLIN = ZoneInfo("Europe/Berlin")


def put_picture(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (32, 24)).save(path)


def camera_of(folder: Path) -> FolderCamera:
    return FolderCamera(name="nestcam", folder=folder, zone=BERLIN)


async def test_pictures_come_in_the_order_of_their_times_whatever_their_folders_and_names(tmp_path: Path) -> None:
    for name in ("z/cam_2026-05-01_0700.png", "b_2026-05-01_0900.jpg", "a_2026-05-01_1000.JPG"):
        put_picture(tmp_path / name)
    times = [frame.taken_at for frame in await grab_all(camera_of(tmp_path))]
    assert times == [datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in (5, 7, 8)]


async def test_what_is_no_picture_or_has_no_time_is_said_once_and_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_picture(tmp_path / "2026-05-01_0700.jpg")
    put_picture(tmp_path / "nest.jpg")
    put_picture(tmp_path / "other" / "nest_2.jpg")
    (tmp_path / "2026-05-01_0800.jpg").write_bytes((tmp_path / "nest.jpg").read_bytes()[:300])
    (tmp_path / "2026-05-01_0900.jpg").write_bytes(b"")
    (tmp_path / "truth.jsonl").write_text("{}")
    put_picture(tmp_path / "2026-05-01_1000.jpg")
    assert len(await grab_all(camera_of(tmp_path))) == 2
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 3
    assert all(any(name in text for text in said) for name in ("2 of 6 pictures", "_0800.jpg", "_0900.jpg"))


async def test_a_pipe_by_the_name_of_a_picture_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "2026-05-01_0600.jpg")  # nobody writes to it: whoever opens it waits for ever
    put_picture(tmp_path / "2026-05-01_0700.jpg")
    assert len(await grab_all(camera_of(tmp_path))) == 1


async def test_an_empty_folder_ends_at_once(tmp_path: Path) -> None:
    assert await grab_all(camera_of(tmp_path)) == []


async def test_a_folder_that_comes_later_is_read_when_it_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "later"
    async with camera_of(folder) as camera:
        with pytest.raises(CameraError, match="expected a folder of pictures"):
            await camera.grab()
        put_picture(folder / "2026-05-01_0700.jpg")
        assert (await camera.grab()).taken_at == datetime(2026, 5, 1, 5, tzinfo=UTC)


@pytest.mark.real
async def test_the_real_nest_box_frames_come_in_order_with_the_times_of_their_names(real_data: Path) -> None:
    frames = await grab_all(camera_of(real_data / "nestbox" / "frames"))
    assert len(frames) == 48
    assert frames[0].taken_at == datetime(2016, 6, 14, 14, 30, tzinfo=UTC)
    assert {frame.pixels.shape for frame in frames} == {(569, 1385, 3)}
    assert frames == sorted(frames, key=lambda frame: frame.taken_at)
