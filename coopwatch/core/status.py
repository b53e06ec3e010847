"""How nests and cameras do at this moment: values that the daemon fills and a chat asks for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NestStatus:
    """What is believed of a nest now."""

    nest: str
    label: str | None  # None: not sure
    certainty: float
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStatus:
    """How a camera does."""

    camera: str
    last_frame_at: datetime | None  # of the last frame that was classified
    trouble: str  # plain words; empty when all is well
    nests: tuple[NestStatus, ...]
