"""How nests and cameras do at this moment: values that the daemon fills and a chat asks for."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class NestStatus:
    """What is believed of a nest now."""

    nest: str
    label: str | None  # None: not sure
    certainty: float
    since: datetime | None
    classified_at: datetime | None = None  # when the newest frame was taken that was classified
    changed_at: datetime | None = None  # when the nest last looked new


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStatus:
    """How a camera does."""

    camera: str
    last_frame_at: datetime | None  # of the last frame that was classified
    trouble: str  # plain words; empty when all is well
    nests: tuple[NestStatus, ...]
    lag: timedelta = timedelta(0)  # how far the newest frame's stream lay behind its own best


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """How the service itself does."""

    version: str
    model: str  # its name and version
    worker_answers: bool
    worker_restarts: int
    free_bytes: int | None  # on the disk of the data; None: it cannot be asked
    lesson: str = ""  # what the model learnt from corrections, a text of core.lesson; empty: it is as it was trained
