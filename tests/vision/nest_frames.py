"""The real frames over two laying boxes, as a camera would give them."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from coopwatch.values import Frame, Region
from coopwatch.vision.picture import read_picture
from coopwatch.vision.picture_time import time_of_picture

NESTS = (Region(left=0, top=0, right=0.482, bottom=1), Region(left=0.538, top=0, right=1, bottom=1))


def nest_frames(real_data: Path) -> Iterator[Frame]:
    """All frames, oldest first."""
    for path in sorted((real_data / "nestbox" / "frames").glob("*.jpg")):
        taken_at = time_of_picture(path, ZoneInfo("Europe/Berlin"))
        assert taken_at is not None
        yield Frame(camera="nestcam", taken_at=taken_at, pixels=read_picture(path))
