"""What people read: an event or the coop's state in, English with the coop's own names and times out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from coopwatch.core.status import CameraStatus, NestStatus
from coopwatch.values import Event, EventKind

Names = Mapping[str, str]
"""Label -> how it is called in the chat; a label without a name is told as it is."""

_SENTENCES: Mapping[EventKind, str] = {
    EventKind.HEN_NESTING: "{hen} is nesting{in_nest}{sure}",
    EventKind.HEN_LEFT: "{hen} left{after}{in_nest}",
    EventKind.EGG_LAID: "egg laid{by_hens}{in_nest}{sure}",
    EventKind.EGGS_COLLECTED: "eggs collected{from_nest}",
    EventKind.EGG_LOST: "an egg was lost while {hen} sat{in_nest_or_there}",
    EventKind.BROODY: "{hen} may be broody{in_nest}{since}",
    EventKind.NO_EGG: "no egg from {hen}{since}",
    EventKind.UNKNOWN_VISITOR: "something unknown is{in_nest_or_there}",
    EventKind.CAMERA_LOST: "camera {camera} is gone",
    EventKind.CAMERA_BACK: "camera {camera} is back{after}",
    EventKind.PICTURE_FROZEN: "camera {camera} shows the same picture all the time{since}",
    EventKind.PICTURE_DARK: "camera {camera} sees only dark{since}",
    EventKind.SERVICE_STARTED: "coopwatch is watching{away}",
    EventKind.MODEL_CHANGED: "another model names the hens now",
    EventKind.DAILY_DIGEST: "the day",
}


def sentence(event: Event, names: Names, zone: tzinfo) -> str:
    """One sentence without a full stop, such as "Red Twin is nesting in the left nest (96 %)"."""
    hens = [called(hen, names) for hen in event.hens]
    nest = "" if event.nest is None else nest_called(event.nest)
    duration = event.duration
    told = _SENTENCES[event.kind].format(
        hen=hens[0] if hens else "a hen",
        by_hens=f" by {_either(hens)}" if hens else "",
        in_nest=f" in {nest}" if nest else "",
        in_nest_or_there=f" in {nest}" if nest else " there",
        from_nest=f" from {nest}" if nest else "",
        camera=event.camera or "",
        sure=f" ({percent(event.certainty)})" if len(hens) == 1 else "",
        after="" if duration is None else f" after {span(duration)}",
        since="" if event.began is None else f" since {moment(event.began, zone, seen_from=event.at)}",
        away="" if event.began is None else f" again; it was away {_from_to(event.began, event.at, zone)}",
    )
    return _capital(f"{told}: {event.reason}" if event.reason else told)


def caption(event: Event, names: Names, zone: tzinfo, *, now: datetime) -> str:
    """The sentence, and below it when it happened: a message may arrive late."""
    return f"{sentence(event, names, zone)}\n{moment(event.at, zone, seen_from=now)}"


def status_text(cameras: Sequence[CameraStatus], names: Names, zone: tzinfo, *, now: datetime) -> str:
    """Every nest with its state, since when and how sure; then every camera with trouble."""
    lines = [_nest_line(nest, names, zone, now) for camera in cameras for nest in camera.nests]
    lines += [_trouble_line(camera, zone, now) for camera in cameras if camera.trouble]
    return "\n".join(lines) or "No camera is set up."


def called(label: str, names: Names) -> str:
    """How a label is called: the name from the config, or the label with spaces."""
    return names.get(label) or label.replace("_", " ")


def nest_called(nest: str) -> str:
    """How a nest is called within a sentence: "the left nest", "nest 2"."""
    spaced = nest.replace("_", " ")
    return spaced if spaced.startswith("nest") else f"the {spaced.removesuffix(' nest')} nest"


def percent(certainty: float) -> str:
    """A certainty of 0..1 as "96 %"; only what is surely so is told as 100 %."""
    return f"{100 if certainty >= 1 else min(99, round(certainty * 100))} %"


def span(duration: timedelta) -> str:
    """How long: "45 s", "34 min", "1 h 12 min", "3 days"."""
    seconds = round(duration.total_seconds())
    minutes, hours = round(seconds / 60), round(seconds / 60) // 60
    if seconds < 60:
        return f"{seconds} s"
    if minutes < 60:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{round(hours / 24)} days"


def moment(at: datetime, zone: tzinfo, *, seen_from: datetime) -> str:
    """When, on the coop's clock: "14:02", or "14:02 on 21 June" if that was not on the day of `seen_from`."""
    local = at.astimezone(zone)
    if local.date() == seen_from.astimezone(zone).date():
        return f"{local:%H:%M}"
    return f"{local:%H:%M} on {local.day} {local:%B}"


def _nest_line(nest: NestStatus, names: Names, zone: tzinfo, now: datetime) -> str:
    state = "not sure yet" if nest.label is None else called(nest.label, names)
    since = "" if nest.since is None or nest.label is None else f" since {moment(nest.since, zone, seen_from=now)}"
    sure = "" if nest.label is None else f" ({percent(nest.certainty)})"
    return _capital(f"{nest_called(nest.nest).removeprefix('the ')}: {state}{since}{sure}")


def _trouble_line(camera: CameraStatus, zone: tzinfo, now: datetime) -> str:
    if camera.last_frame_at is None:
        return f"Camera {camera.camera}: {camera.trouble}; no picture yet"
    return f"Camera {camera.camera}: {camera.trouble}; last picture {moment(camera.last_frame_at, zone, seen_from=now)}"


def _from_to(began: datetime, ended: datetime, zone: tzinfo) -> str:
    return f"from {moment(began, zone, seen_from=ended)} to {moment(ended, zone, seen_from=ended)}"


def _either(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
