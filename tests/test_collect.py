"""Which pictures of a nest are worth a person's time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from fakes.camera import FakeCamera

from coopwatch.collect import Collected, Collector, collect
from coopwatch.config.settings import CameraSettings, NestSettings
from coopwatch.errors import CameraError, UserMustActError
from coopwatch.values import Frame, Region
from coopwatch.vision.picture import read_picture
from coopwatch.vision.picture_time import time_of_picture

BEGAN = datetime(2026, 5, 1, 8, tzinfo=UTC)
SETTINGS = CameraSettings(
    name="cam",
    source="fake",
    nests=(
        NestSettings(name="left", region=Region(left=0, top=0, right=0.5, bottom=1)),
        NestSettings(name="right", region=Region(left=0.5, top=0, right=1, bottom=1)),
    ),
)
NOISE = np.random.default_rng(3)


def frame(seconds: float, left: int = 60, right: int = 60) -> Frame:
    """Two nests, each with something as bright as said in its middle."""
    pixels = NOISE.integers(90, 94, (40, 80, 3)).astype(np.uint8)  # what a real sensor sends never repeats
    pixels[10:30, 10:30], pixels[10:30, 50:70] = left, right
    pixels[::8] = 200
    return Frame(camera="cam", taken_at=BEGAN + timedelta(seconds=seconds), pixels=pixels)


def by_day(frame: Frame) -> Frame:
    """The same, in colours."""
    pixels = frame.pixels.copy()
    pixels[..., 0] += 50
    return replace(frame, pixels=pixels)


async def kept(story: Iterable[Frame | CameraError], out: Path, pause: float = 0) -> list[Collected]:
    collector = Collector(SETTINGS, out, timedelta(seconds=pause))
    return [one async for one in collect(FakeCamera("cam", story), collector, timedelta(0))]


async def test_a_nest_is_kept_when_it_looks_new_and_not_again(tmp_path: Path) -> None:
    story = [frame(0), frame(5), frame(10, left=150), frame(15, left=150), frame(20, left=150, right=20)]
    assert [one.nest for one in await kept(story, tmp_path / "out")] == ["left", "right", "left", "right"]


async def test_a_hen_who_shuffles_is_kept_once_in_a_pause(tmp_path: Path) -> None:
    story = [frame(5 * number, left=60 + 90 * (number % 2)) for number in range(49)]
    assert [one.nest for one in await kept(story, tmp_path, pause=60)].count("left") == 4


async def test_a_picture_is_named_by_its_time_and_cut_as_the_service_cuts(tmp_path: Path) -> None:
    (left, _) = await kept([frame(7)], tmp_path)
    assert left.path.name == "2026-05-01T08-00-07Z_cam_left.jpg"
    assert time_of_picture(left.path) == BEGAN + timedelta(seconds=7)
    assert read_picture(left.path).shape == (40, 40, 3)


async def test_a_picture_that_shows_nothing_is_not_kept(tmp_path: Path) -> None:
    dark = Frame(camera="cam", taken_at=BEGAN, pixels=NOISE.integers(0, 9, (40, 80, 3)).astype(np.uint8))
    assert await kept([dark], tmp_path) == []


async def test_a_picture_in_between_daylight_and_infra_red_is_not_kept(tmp_path: Path) -> None:
    story = [frame(0), by_day(frame(2)), by_day(frame(10))]
    assert [one.path.name[17:22] for one in await kept(story, tmp_path)] == ["00Z_c", "00Z_c", "10Z_c", "10Z_c"]


async def test_a_camera_that_is_gone_for_a_while_is_told_once_and_waited_for(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    story = [frame(0), *[CameraError("no route")] * 3, frame(5, left=150), CameraError("no route"), frame(10, left=20)]
    assert [one.nest for one in await kept(story, tmp_path)] == ["left", "right", "left", "left"]
    assert caplog.messages == ["Camera cam: no route"] * 2


async def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UserMustActError, match="expected a folder with room for pictures"):
        await kept([frame(0)], tmp_path / "out")
