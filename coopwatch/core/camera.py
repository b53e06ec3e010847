"""Is a camera lost or back: moments when it was or was not seen in, memory and events out."""

from dataclasses import dataclass, replace
from datetime import datetime

from coopwatch.core.rules import Rules
from coopwatch.values import Event, EventKind, Tick


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMemory:
    """What is remembered of one camera."""

    camera: str
    seen_at: datetime | None = None  # of the newest classified frame; before the first: of the first tick
    lost_since: datetime | None = None  # None: not lost
    reason: str = ""  # why nothing is seen, in plain words; empty while frames come


def advance_camera(memory: CameraMemory, seen: datetime | Tick, rules: Rules) -> tuple[CameraMemory, tuple[Event, ...]]:
    """Take the time of a classified frame, or a tick: the camera gave none.

    A camera without a frame for `rules.lost_after` is lost, once; its next frame brings it back. Pure.
    """
    if isinstance(seen, Tick):
        return _missed(memory, seen, rules)
    found = CameraMemory(camera=memory.camera, seen_at=max(seen, memory.seen_at or seen))
    if memory.lost_since is None:
        return found, ()
    back = Event(
        kind=EventKind.CAMERA_BACK, camera=memory.camera, nest=None, at=seen, told_at=seen, began=memory.lost_since
    )
    return found, (back,)


def _missed(memory: CameraMemory, tick: Tick, rules: Rules) -> tuple[CameraMemory, tuple[Event, ...]]:
    seen_at = memory.seen_at or tick.at
    memory = replace(memory, seen_at=seen_at, reason=tick.reason)
    if memory.lost_since is not None or tick.at - seen_at < rules.lost_after:
        return memory, ()
    lost = Event(
        kind=EventKind.CAMERA_LOST, camera=memory.camera, nest=None, at=seen_at, told_at=tick.at, reason=tick.reason
    )
    return replace(memory, lost_since=seen_at), (lost,)
