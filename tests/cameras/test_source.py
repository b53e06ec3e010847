from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from coopwatch.cameras.folder import FolderCamera
from coopwatch.cameras.source import open_camera
from coopwatch.cameras.stream import StreamCamera
from coopwatch.cameras.video import VideoCamera
from coopwatch.cameras.watched import WatchedFolderCamera
from coopwatch.cameras.web import WebCamera
from coopwatch.clock import SystemClock
from coopwatch.config.settings import CameraSettings, NestSettings
from coopwatch.errors import UserMustActError
from coopwatch.ports import Camera


def opened(source: str, *, watched: bool = False) -> Camera:
    settings = CameraSettings(name="nestcam", source=source, watched=watched, nests=(NestSettings(name="left"),))
    return open_camera(settings, clock=SystemClock(), zone=ZoneInfo("Europe/Berlin"), password=None)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("rtsp://camera.local/stream2", StreamCamera),
        ("RTSPS://camera.local/stream2", StreamCamera),
        ("http://camera.local/snap.jpg", WebCamera),
        ("https://camera.local/snap.jpg", WebCamera),
        ("/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920-video-index0", StreamCamera),
        ("/dev/video0", StreamCamera),
        ("{folder}", FolderCamera),
        ("{folder}/day.MP4", VideoCamera),
    ],
)
def test_the_source_picks_the_camera(tmp_path: Path, source: str, kind: type[Camera]) -> None:
    (tmp_path / "day.MP4").touch()
    camera = opened(source.format(folder=tmp_path))
    assert isinstance(camera, kind)
    assert camera.name == "nestcam"


@pytest.mark.parametrize(
    ("source", "is_there"),
    [
        ("ftp://coop:secret@camera/x", True),
        ("{folder}/none", False),
        ("{folder}/notes.txt", True),
        ("nonsense", False),
        ("n" * 300, False),
    ],
)
def test_a_source_that_nothing_reads_is_refused_with_what_would_do_and_no_password(
    tmp_path: Path, source: str, is_there: bool
) -> None:
    (tmp_path / "notes.txt").touch()
    with pytest.raises(UserMustActError, match=r"camera nestcam: source: received .*, expected rtsp://") as caught:
        opened(source.format(folder=tmp_path))
    assert "secret" not in str(caught.value)
    assert ("which is not there" not in str(caught.value)) == is_there


def test_a_folder_is_watched_where_the_settings_say_so(tmp_path: Path) -> None:
    assert isinstance(opened(str(tmp_path), watched=True), WatchedFolderCamera)
