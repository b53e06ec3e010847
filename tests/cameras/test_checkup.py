"""What `doctor` finds through a camera, and what it says a keeper should change."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from fakes.camera import FakeCamera

from coopwatch.cameras.checkup import Checkup, check_camera
from coopwatch.config.settings import CameraSettings, NestSettings
from coopwatch.errors import CameraError
from coopwatch.values import Frame, Pixels, Region

AT = datetime(2026, 5, 1, 8, tzinfo=UTC)
SETTINGS = CameraSettings(name="cam", source="fake", nests=(NestSettings(name="left"),))
IN_A_CORNER = NestSettings(name="tiny", region=Region(left=0, top=0, right=0.1, bottom=1))


def straw(seed: int, height: int = 200, width: int = 300) -> Pixels:
    coarse = np.random.default_rng(seed).integers(60, 200, (height // 10, width // 10, 3))
    return coarse.repeat(10, axis=0).repeat(10, axis=1).astype(np.uint8)


async def checkup_of(story: "Sequence[Pixels | CameraError]", **settings: object) -> Checkup:
    told = [one if isinstance(one, CameraError) else Frame(camera="cam", taken_at=AT, pixels=one) for one in story]
    return await check_camera(FakeCamera("cam", told), SETTINGS.model_copy(update=settings))


@pytest.mark.parametrize(
    ("story", "settings", "words"),
    [
        pytest.param([straw(1), straw(2)], {}, "", id="all is well"),
        pytest.param([straw(1)], {}, "", id="a recorded source with one picture"),
        pytest.param([straw(1)] * 2, {}, "two pictures are the very same", id="frozen"),
        pytest.param([straw(1) // 9, straw(2) // 9], {}, "the picture is dark: give the nests light", id="dark"),
        pytest.param([np.full((200, 300, 3), 150, np.uint8)] * 2, {}, "something covers the lens", id="covered"),
        pytest.param([straw(1, 200, 2600), straw(2, 200, 2600)], {}, "is 2600 x 200 pixels: the camera's", id="wide"),
        pytest.param([straw(1), straw(2)], {"nests": (IN_A_CORNER,)}, "nest tiny is only 30 x 200", id="a small nest"),
        pytest.param([straw(1), straw(2)], {"every_seconds": 1e-9}, "raise `every_seconds`", id="too slow"),
        pytest.param([straw(1), straw(2)], {"source": "/dev/video9"}, "/dev/video9 may be another camera", id="USB"),
    ],
)
async def test_what_to_change_is_advised(story: list[Pixels], settings: dict[str, object], words: str) -> None:
    checkup = await checkup_of(story, **settings)
    assert checkup.trouble == ""
    assert [words in one for one in checkup.advice] == [True] * bool(words)


async def test_no_picture_is_a_finding_with_its_reason() -> None:
    checkup = await checkup_of([CameraError("connection refused")])
    assert (checkup.trouble, checkup.frame) == ("connection refused", None)


async def test_a_camera_that_gives_one_picture_and_no_more_shows_it_and_says_why() -> None:
    # A folder into which a picture is dropped every few minutes was said to give none.
    checkup = await checkup_of([straw(1), CameraError("no new picture came in time")])
    assert checkup.frame is not None
    assert np.array_equal(checkup.frame.pixels, straw(1))
    assert (checkup.trouble, checkup.next_after) == ("no new picture came in time", None)
