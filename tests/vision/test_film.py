"""Rules of films."""

import io
from pathlib import Path

import av
import pytest
from PIL import Image

from coopwatch.errors import PictureError
from coopwatch.values import Region
from coopwatch.vision.film import LONGEST, film


def pictures(folder: Path, count: int, size: tuple[int, int] = (1281, 721)) -> list[Path]:
    files = [folder / f"{number}.jpg" for number in range(count)]
    for number, file in enumerate(files):
        Image.new("RGB", size, (number * 20,) * 3).save(file)
    return files


@pytest.mark.parametrize(
    "region", [None, Region(left=0, top=0, right=0.3, bottom=1), Region(left=0, top=0, right=0.01, bottom=0.01)]
)
def test_a_film_has_a_frame_for_each_picture_and_fits_a_phone(tmp_path: Path, region: Region | None) -> None:
    made = film(pictures(tmp_path, 5), region, rate=10)
    with av.open(io.BytesIO(made)) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 5
    assert max(frames[0].width, frames[0].height) <= LONGEST
    assert frames[0].width % 2 == frames[0].height % 2 == 0


def test_pictures_that_do_not_decode_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "torn.jpg").write_bytes(b"\\xff\\xd8torn")
    made = film([tmp_path / "torn.jpg", *pictures(tmp_path, 2), tmp_path / "missing.jpg"], None, rate=4)
    with av.open(io.BytesIO(made)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 2
    with pytest.raises(PictureError, match="received 1 files without a picture"):
        film([tmp_path / "torn.jpg"], None, rate=4)
