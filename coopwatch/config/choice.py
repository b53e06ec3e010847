"""Settings and what a person calls a camera in; that camera out."""

from coopwatch.config.settings import CameraSettings, Settings
from coopwatch.errors import UserMustActError


def choose_camera(settings: Settings, name: str | None) -> CameraSettings:
    """The camera of this name; it need not be named where there is but one.

    Raises:
        UserMustActError: there are several and none is named, or none has this name.
    """
    cameras = {camera.name: camera for camera in settings.cameras}
    if name is None and len(cameras) == 1:
        return settings.cameras[0]
    if name in cameras:
        return cameras[name]
    raise UserMustActError(
        f"camera: received {name or 'nothing'}, expected one of {', '.join(cameras)}; name a camera of the config file"
    )
