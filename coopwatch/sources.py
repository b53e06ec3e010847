"""A camera's settings in; the camera that reads its source, with the time it lives in, out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from coopwatch.cameras.simulated import SimulatedCamera
from coopwatch.cameras.source import open_camera
from coopwatch.clock import Clock, ScaledClock, SystemClock
from coopwatch.config.secrets import camera_password
from coopwatch.config.settings import CameraSettings
from coopwatch.config.simulated import SimulatedSource
from coopwatch.errors import UserMustActError
from coopwatch.ports import Camera, Store
from coopwatch.simulator.coop import Coop


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """All that a camera is opened from: while it stays the same, so does the open camera."""

    settings: CameraSettings  # without nests: they only divide the picture
    password: SecretStr | None
    zone: ZoneInfo

    @staticmethod
    def of(camera: CameraSettings, zone: ZoneInfo) -> "Origin":
        """The origin of a camera.

        Raises:
            ConfigError: the file or variable of its password gives none.
        """
        without_nests = camera.model_copy(update={"nests": ()})
        return Origin(settings=without_nests, password=camera_password(camera), zone=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A camera and its own time, which runs faster where the coop is simulated."""

    origin: Origin
    camera: Camera
    clock: Clock
    every: timedelta  # real time from look to look
    began: datetime  # the camera's own time
    coop: Coop | None  # of a simulated source: it knows what truly happened


async def make_source(camera: CameraSettings, origin: Origin, store: Store | None) -> Source:
    """The source of a camera, not yet open. Without a store, a simulated coop's time begins anew.

    Raises:
        UserMustActError: no camera reads such a source.
    """
    simulated = SimulatedSource.parse(camera.source)
    every = timedelta(seconds=camera.every_seconds)
    if simulated is None:
        clock = SystemClock()
        password = None if origin.password is None else origin.password.get_secret_value()
        real = open_camera(camera, clock=clock, zone=origin.zone, password=password)
        return Source(origin=origin, camera=real, clock=clock, every=every, began=clock.now(), coop=None)
    coop = Coop(seed=simulated.seed)
    faster = ScaledClock(start=await _start(simulated, camera, store), speed=simulated.speed)
    drawn = SimulatedCamera(name=camera.name, frame=coop.frame, clock=faster, step=1.5 * every)
    every /= simulated.speed
    return Source(origin=origin, camera=drawn, clock=faster, every=every, began=faster.now(), coop=coop)


def open_recorded(path: Path, camera: CameraSettings, zone: ZoneInfo) -> Camera:
    """What gives the pictures of a folder, or of a video file, as if this camera had taken them.

    Raises:
        UserMustActError: there is no such file or folder, or no camera reads it.
    """
    if not path.exists():
        raise UserMustActError(f"{path}: received no such file or folder, expected pictures or a video; name another")
    recorded = camera.model_copy(update={"source": str(path.absolute()), "watched": False})
    return open_camera(recorded, clock=SystemClock(), zone=zone, password=None)


async def _start(simulated: SimulatedSource, camera: CameraSettings, store: Store | None) -> datetime:
    """The time of a simulated camera goes on where the last run left it, as a real one's does."""
    if store is None:
        return simulated.start
    memories = [await store.load_memory(nest.name) for nest in camera.nests]
    left = [memory.at for memory in memories if memory is not None and memory.at is not None]
    return max([simulated.start, *left])
