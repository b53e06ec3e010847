"""Is a camera lost, blind or well: moments when it was or was not seen in go in, memory and events come out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from coopwatch.core.rules import Rules
from coopwatch.core.voice import marked
from coopwatch.values import Event, EventKind, Flaw, Tick, require_utc

_WELL = timedelta(minutes=1)  # good pictures for so long end what was told
_PASSING = timedelta(minutes=1)  # a hen in front of the lens blurs and moves the picture, too, but not for so long
_HOURS = 24
_NEVER: tuple[date | None, ...] = (None,) * _HOURS

_KINDS = {Flaw.FROZEN: EventKind.PICTURE_FROZEN, Flaw.DARK: EventKind.PICTURE_DARK}
_REMEDIES: Mapping[Flaw, str] = {
    Flaw.FROZEN: marked("take the camera's power away for a moment"),
    Flaw.DARK: marked("see that its lamp shines and that nothing covers its lens"),
    Flaw.COVERED: marked("something covers the lens; clean it or free its view"),
    Flaw.BLURRED: marked("the picture is blurred; wipe the lens or set its focus"),
    Flaw.MOVED: marked("the nests are not where they were; turn the camera back, or place them anew in the config"),
}
_STATES: Mapping[Flaw, str] = {
    Flaw.FROZEN: marked("the same picture all the time"),
    Flaw.DARK: marked("too dark to see"),
    Flaw.COVERED: marked("something covers the lens"),
    Flaw.BLURRED: marked("the picture is blurred"),
    Flaw.MOVED: marked("the camera was moved"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A frame came; what spoils it, if anything does."""

    at: datetime
    flaw: Flaw | None = None

    def __post_init__(self) -> None:
        require_utc(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMemory:
    """What is remembered of one camera."""

    camera: str
    seen_at: datetime | None = None  # of the newest frame; before the first: of the first tick
    lost_since: datetime | None = None  # None: not lost
    reason: str = ""  # why nothing is seen, in plain words; empty while frames come
    flaw: Flaw | None = None  # of the newest frame
    flaw_since: datetime | None = None  # since when all frames have had this flaw, or none
    told: Flaw | None = None  # the flaw that was told and is not over
    told_since: datetime | None = None
    lit: tuple[date | None, ...] = _NEVER  # for each hour of the day (UTC): when it was last light then

    def is_blind(self, rules: Rules) -> bool:
        """Whether the newest frame shows nothing that a nest may be judged by."""
        if self.flaw is None or self.seen_at is None or self.flaw_since is None:
            return False
        match self.flaw:
            case Flaw.FROZEN:
                patience = rules.frozen_after
            case Flaw.BLURRED | Flaw.MOVED:
                patience = _PASSING
            case _:
                patience = timedelta(0)
        return self.seen_at - self.flaw_since >= patience

    def trouble(self, rules: Rules) -> str:
        """Why the nests cannot be judged by the newest frame, in plain words; empty if they can."""
        return _STATES[self.flaw] if self.flaw is not None and self.is_blind(rules) else ""


def advance_camera(memory: CameraMemory, seen: Glance | Tick, rules: Rules) -> tuple[CameraMemory, tuple[Event, ...]]:
    """Take a glance at a frame, or a tick: the camera gave none. Pure.

    A camera without a frame for `rules.lost_after` is lost, once; its next frame brings it back. A flaw that holds for
    `rules.flaw_after` (frozen: `rules.frozen_after`) is told, once; darkness only at hours when it used to be light.
    """
    if isinstance(seen, Tick):
        return _missed(memory, seen, rules)
    memory, back = _found(memory, seen.at)
    memory = _note_flaw(memory, seen)
    memory, told = _tell(memory, rules) if memory.told is None else _end(memory)
    return memory, back + told


def _found(memory: CameraMemory, at: datetime) -> tuple[CameraMemory, tuple[Event, ...]]:
    began = memory.lost_since
    memory = replace(memory, seen_at=at, lost_since=None, reason="")
    return memory, () if began is None else (_event(EventKind.CAMERA_BACK, memory, at=at, began=began),)


def _note_flaw(memory: CameraMemory, seen: Glance) -> CameraMemory:
    if seen.flaw is not Flaw.DARK:
        lit = (*memory.lit[: seen.at.hour], seen.at.date(), *memory.lit[seen.at.hour + 1 :])
        memory = replace(memory, lit=lit)
    if seen.flaw is memory.flaw and memory.flaw_since is not None:
        return memory
    return replace(memory, flaw=seen.flaw, flaw_since=seen.at)


def _tell(memory: CameraMemory, rules: Rules) -> tuple[CameraMemory, tuple[Event, ...]]:
    if memory.flaw is None or memory.flaw_since is None or memory.seen_at is None:
        return memory, ()
    patience = rules.frozen_after if memory.flaw is Flaw.FROZEN else rules.flaw_after
    if memory.seen_at - memory.flaw_since < patience or (memory.flaw is Flaw.DARK and not _is_usually_light(memory)):
        return memory, ()
    kind = _KINDS.get(memory.flaw, EventKind.PICTURE_POOR)
    event = _event(kind, memory, at=memory.flaw_since, reason=_REMEDIES[memory.flaw])
    return replace(memory, told=memory.flaw, told_since=memory.flaw_since), (event,)


def _end(memory: CameraMemory) -> tuple[CameraMemory, tuple[Event, ...]]:
    since = memory.flaw_since
    if memory.flaw is not None or since is None or memory.seen_at is None or memory.seen_at - since < _WELL:
        return memory, ()
    back = _event(EventKind.CAMERA_BACK, memory, at=since, began=memory.told_since)
    return replace(memory, told=None, told_since=None), (back,)


def _is_usually_light(memory: CameraMemory) -> bool:
    """Whether it was light the day before, an hour earlier, at this hour and an hour later.

    So dusk, dawn, and the lamp that a keeper switches off each night are no news, whatever the season.
    """
    assert memory.seen_at is not None
    hours = [memory.seen_at + timedelta(hours=hour) - timedelta(days=1) for hour in (-1, 0, 1)]
    return all((lit := memory.lit[hour.hour]) is not None and lit >= hour.date() for hour in hours)


def _missed(memory: CameraMemory, tick: Tick, rules: Rules) -> tuple[CameraMemory, tuple[Event, ...]]:
    seen_at = memory.seen_at or tick.at
    memory = replace(memory, seen_at=seen_at, reason=tick.reason)
    if memory.lost_since is not None or tick.at - seen_at < rules.lost_after:
        return memory, ()
    lost = _event(EventKind.CAMERA_LOST, memory, at=seen_at, told_at=tick.at, reason=tick.reason)
    return replace(memory, lost_since=seen_at), (lost,)


def _event(
    kind: EventKind,
    memory: CameraMemory,
    *,
    at: datetime,
    told_at: datetime | None = None,
    began: datetime | None = None,
    reason: str = "",
) -> Event:
    told_at = told_at or memory.seen_at or at
    return Event(kind=kind, camera=memory.camera, nest=None, at=at, told_at=told_at, began=began, reason=reason)
