"""Is a camera lost or back: frames and ticks in, events out."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMemory:
    """What is remembered of one camera."""

    camera: str
    seen_at: datetime | None = None  # of the newest frame that was classified
    lost_since: datetime | None = None  # None: not lost
    reason: str = ""
