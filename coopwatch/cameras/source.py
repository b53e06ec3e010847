"""A camera's settings go in; the camera that reads such a source comes out, not yet open."""

from pathlib import Path
from zoneinfo import ZoneInfo

from coopwatch.cameras.folder import FolderCamera
from coopwatch.cameras.redact import redact
from coopwatch.clock import Clock
from coopwatch.config.settings import CameraSettings
from coopwatch.errors import UserMustActError
from coopwatch.ports import Camera


def open_camera(settings: CameraSettings, *, clock: Clock, zone: ZoneInfo, password: str | None) -> Camera:  # noqa: ARG001
    """The camera for `settings.source`; `password` is what `password_file` or `password_env` names.

    Raises:
        UserMustActError: no camera reads such a source.
    """
    path = Path(settings.source).expanduser()
    if path.is_dir():
        return FolderCamera(name=settings.name, folder=path, zone=zone)
    raise UserMustActError(
        f"camera {settings.name}: source: received {redact(settings.source)}, expected a folder of pictures; "
        "check `source`"
    )
