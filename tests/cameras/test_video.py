import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fakes.camera import grab_all
from peers.clip import make_clip, run_ffmpeg

from coopwatch.cameras.video import VideoCamera
from coopwatch.errors import CameraError
from coopwatch.values import Frame

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


def camera_of(path: Path, *, every: float = 0, start: datetime | None = START) -> VideoCamera:
    return VideoCamera(name="nestcam", path=path, zone=BERLIN, every=timedelta(seconds=every), start=start)


def seconds(frames: list[Frame]) -> list[float]:
    return [round((frame.taken_at - START).total_seconds(), 3) for frame in frames]


@pytest.fixture(scope="module")
def clip(clips: Path) -> Path:
    return clips / "clip.mp4"


@pytest.mark.parametrize(
    ("every", "expected"),
    [(0, [n / 10 for n in range(20)]), (0.5, [0, 0.5, 1.0, 1.5]), (0.75, [0, 0.8, 1.5]), (60, [0])],
)
async def test_frames_are_on_the_grid_of_the_step(clip: Path, every: float, expected: list[float]) -> None:
    assert seconds(await grab_all(camera_of(clip, every=every))) == expected


async def test_the_start_is_in_the_name_or_else_in_the_container(clip: Path, tmp_path: Path) -> None:
    named = tmp_path / "nest_2026-05-01_0800.mp4"
    shutil.copyfile(clip, named)
    assert (await grab_all(camera_of(named, start=None)))[0].taken_at == START
    dated = tmp_path / "dated.mp4"
    run_ffmpeg("-i", str(clip), "-c", "copy", "-metadata", "creation_time=2026-05-01T06:00:00Z", str(dated))
    assert (await grab_all(camera_of(dated, start=None)))[0].taken_at == START


async def test_a_phone_video_filmed_sideways_is_turned_upright(clip: Path, tmp_path: Path) -> None:
    turned = tmp_path / "turned.mp4"
    run_ffmpeg("-display_rotation", "90", "-i", str(clip), "-c", "copy", str(turned))
    sideways, upright = await grab_all(camera_of(clip)), await grab_all(camera_of(turned))
    assert (upright[0].pixels == sideways[0].pixels.swapaxes(0, 1)[::-1]).all()  # a quarter turn to the left


async def test_a_video_cut_short_gives_what_decodes_and_says_what_is_missing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = make_clip(tmp_path / "whole.mp4", extra=("-movflags", "+faststart"))
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    frames = await grab_all(camera_of(cut))
    assert 3 < len(frames) < 19
    assert f"20 frames promised, {len(frames)} decode" in caplog.text


@pytest.mark.parametrize("data", [b"", b"no video at all" * 100], ids=["empty", "text"])
async def test_what_is_no_video_is_a_plain_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "nest_2026-05-01_0800.mp4"
    path.write_bytes(data)
    async with camera_of(path) as camera:
        with pytest.raises(CameraError, match=r"mp4: received .*, expected a video; check `source`"):
            await camera.grab()


async def test_a_video_that_does_not_tell_its_time_says_how_to_name_it(clip: Path) -> None:
    async with camera_of(clip, start=None) as camera:
        with pytest.raises(CameraError, match=r"rename it to something like 2026-05-01_0800\.mp4"):
            await camera.grab()


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("kgfarm_chickens.mp4", 156),
        ("prnk28_2-0.avi", 172),
        ("prnk28_chicken.mp4", 202),
        ("prnk28_fox_chicken_cropped.mp4", 90),  # of 146 promised
    ],
)
async def test_real_clips_give_all_that_decodes(real_data: Path, name: str, count: int) -> None:
    frames = await grab_all(camera_of(real_data / "clips" / name))
    assert len(frames) == count
    assert seconds(frames) == sorted(set(seconds(frames)))


@pytest.mark.real
async def test_the_real_clip_that_is_truncated_says_so(real_data: Path, caplog: pytest.LogCaptureFixture) -> None:
    await grab_all(camera_of(real_data / "clips" / "prnk28_fox_chicken_cropped.mp4", every=1))
    assert "146 frames promised, 90 decode" in caplog.text
