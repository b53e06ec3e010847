"""A camera's settings go in; the camera that reads such a source comes out, not yet open."""

import stat
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from coopwatch.cameras.folder import FolderCamera
from coopwatch.cameras.redact import redact
from coopwatch.cameras.rtsp import rtsp_camera
from coopwatch.cameras.usb import usb_camera
from coopwatch.cameras.watched import WatchedFolderCamera
from coopwatch.cameras.web import WebCamera
from coopwatch.clock import Clock
from coopwatch.config.settings import CameraSettings
from coopwatch.config.source import missing_path
from coopwatch.errors import UserMustActError
from coopwatch.ports import Camera

_DEVICES = Path("/dev")
VIDEO_SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".ts", ".webm"})


def open_camera(settings: CameraSettings, *, clock: Clock, zone: ZoneInfo, password: str | None) -> Camera:
    """The camera for `settings.source`; `password` is what `password_file` or `password_env` names.

    Raises:
        UserMustActError: no camera reads such a source.
    """
    path = Path(settings.source)
    mode = _mode(path)
    match urlsplit(settings.source).scheme.lower():
        case "rtsp" | "rtsps":
            return rtsp_camera(
                name=settings.name,
                url=settings.source,
                every_seconds=settings.every_seconds,
                clock=clock,
                username=settings.username,
                password=password,
            )
        case "http" | "https":
            return WebCamera(
                name=settings.name,
                url=settings.source,
                clock=clock,
                username=settings.username,
                password=password,
            )
        case "" if path.is_relative_to(_DEVICES):
            return usb_camera(name=settings.name, device=str(path), every_seconds=settings.every_seconds, clock=clock)
        case "" if settings.watched:
            return WatchedFolderCamera(name=settings.name, folder=path)
        case "" if stat.S_ISDIR(mode):
            return FolderCamera(name=settings.name, folder=path, zone=zone)
        case "" if stat.S_ISREG(mode) and path.suffix.lower() in VIDEO_SUFFIXES:
            from coopwatch.cameras.video import VideoCamera  # noqa: PLC0415 (FFmpeg costs 16 MB; only videos need it)

            return VideoCamera(
                name=settings.name, path=path, zone=zone, every=timedelta(seconds=settings.every_seconds)
            )
    absent = "" if missing_path(settings.source) is None else ", which is not there"
    raise UserMustActError(
        f"camera {settings.name}: source: received {redact(settings.source)}{absent}, expected rtsp://..., "
        "rtsps://..., http://... or https://... (a still picture or motion JPEG), a device such as "
        f"/dev/v4l/by-id/..., a folder of pictures, or a video file ({', '.join(sorted(VIDEO_SUFFIXES))}); "
        "check `source`"
    )


def _mode(path: Path) -> int:
    """What a path is, for `stat`; 0 if it cannot be looked at."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):  # the latter: no path at all
        return 0
