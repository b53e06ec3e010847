from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from coopwatch.vision.picture_time import time_of_picture

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("EggCheck_image_2016-06-18_1000_L.jpg", datetime(2016, 6, 18, 10, 0, tzinfo=UTC)),
        ("2026-05-01T05-00-10Z.jpg", datetime(2026, 5, 1, 5, 0, 10, tzinfo=UTC)),
        ("2026-05-01T05-00-10.250Z_left.png", datetime(2026, 5, 1, 5, 0, 10, 250_000, tzinfo=UTC)),
        ("20160618_100000.jpg", datetime(2016, 6, 18, 10, 0, tzinfo=UTC)),
        ("IMG_20160618_100059_1.jpg", datetime(2016, 6, 18, 10, 0, 59, tzinfo=UTC)),
        ("20160618100000.jpg", datetime(2016, 6, 18, 10, 0, tzinfo=UTC)),
        ("2016-06-18 10.00.30.jpg", datetime(2016, 6, 18, 10, 0, 30, tzinfo=UTC)),
        ("cam1_2016_06_18_10_00_30.jpg", datetime(2016, 6, 18, 10, 0, 30, tzinfo=UTC)),
        ("0007_20160618_1000.jpg", datetime(2016, 6, 18, 10, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_from_the_file_name(name: str, expected: datetime) -> None:
    assert time_of_picture(Path(name)) == expected


@pytest.mark.parametrize(
    "name", ["hen.jpg", "2016-13-40_1000.jpg", "1717221600000.jpg", "12345678901234567890.jpg", "2016-06-18.jpg"]
)
def test_a_name_without_a_time_tells_none(name: str) -> None:
    assert time_of_picture(Path(name)) is None


def test_a_naive_time_is_of_the_given_zone_and_a_z_is_utc() -> None:
    assert time_of_picture(Path("2016-06-18_1000.jpg"), BERLIN) == datetime(2016, 6, 18, 8, 0, tzinfo=UTC)
    assert time_of_picture(Path("2016-06-18_1000Z.jpg"), BERLIN) == datetime(2016, 6, 18, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({0x9003: "2016:06:18 10:00:00"}, datetime(2016, 6, 18, 8, 0, tzinfo=UTC)),
        ({0x9003: "2016:06:18 10:00:00", 0x9011: "+05:00"}, datetime(2016, 6, 18, 5, 0, tzinfo=UTC)),
        ({0x9003: "    :  :     :  :  "}, None),  # a camera whose clock was never set
        ({}, None),
    ],
)
def test_without_a_time_in_the_name_exif_tells(tmp_path: Path, tags: dict[int, str], expected: datetime | None) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update(tags)
    Image.new("RGB", (8, 8)).save(tmp_path / "hen.jpg", exif=exif)
    assert time_of_picture(tmp_path / "hen.jpg", BERLIN) == expected


def test_a_file_that_is_no_picture_has_no_time(tmp_path: Path) -> None:
    (tmp_path / "hen.jpg").write_text("no picture")
    assert time_of_picture(tmp_path / "hen.jpg") is None
