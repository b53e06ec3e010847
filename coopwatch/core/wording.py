"""What people read: an event or the coop's state and a voice in, sentences out."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from coopwatch.core.lesson import is_lesson, learning_text
from coopwatch.core.phrases import (
    called,
    capital,
    either,
    from_nest,
    in_nest,
    moment,
    nest_title,
    percent,
    span,
)
from coopwatch.core.status import CameraStatus, NestStatus, ServiceStatus
from coopwatch.core.voice import Voice, marked
from coopwatch.values import Event, EventKind

_SENTENCES: Mapping[EventKind, str] = {
    EventKind.HEN_NESTING: marked("{hen} is nesting{in_nest}{sure}"),
    EventKind.HEN_LEFT: marked("{hen} left{stayed}{in_nest}"),
    EventKind.EGG_LAID: marked("egg laid{by_hens}{in_nest}{sure}"),
    EventKind.EGGS_COLLECTED: marked("eggs collected{from_nest}"),
    EventKind.EGG_LOST: marked("an egg was lost while {hen} sat{in_nest_or_there}"),
    EventKind.BROODY: marked("{hen} may be broody{in_nest}{since}"),
    EventKind.NO_EGG: marked("no egg from {hen}{since}"),
    EventKind.UNKNOWN_VISITOR: marked("something unknown is{in_nest_or_there}"),
    EventKind.CAMERA_LOST: marked("camera {camera} is gone"),
    EventKind.CAMERA_BACK: marked("camera {camera} is back{after}"),
    EventKind.PICTURE_FROZEN: marked("camera {camera} shows the same picture all the time{since}"),
    EventKind.PICTURE_DARK: marked("camera {camera} sees only dark{since}"),
    EventKind.PICTURE_POOR: marked("camera {camera} gives no good picture{since}"),
    EventKind.SERVICE_STARTED: marked("coopwatch is watching{away}"),
    EventKind.SERVICE_TROUBLE: marked("coopwatch needs a look"),
    EventKind.MODEL_CHANGED: marked("another model names the hens now"),
    EventKind.DAILY_DIGEST: marked("the day"),
}

_NOTABLE_LAG = timedelta(seconds=2)
_NOBODY = marked("no hen has come to the nests today")

RESTARTED_OFTEN = marked(
    "the program that names the hens had to be started anew several times within an hour, since it ended or was too "
    "slow; coopwatch doctor may tell why"
)
"""A reason of `SERVICE_TROUBLE`."""


def sentence(event: Event, voice: Voice) -> str:
    """One sentence without a full stop, such as "Red Twin is nesting in the left nest (96 %)"."""
    text = _NOBODY if event.kind is EventKind.NO_EGG and not event.hens else _SENTENCES[event.kind]
    if event.kind is EventKind.MODEL_CHANGED and is_lesson(event.reason):
        return capital(learning_text(event.reason, voice))
    told = voice.say(text, **_hens(event, voice), **_place(event, voice), **_times(event, voice))
    return capital(voice.say("{what}: {why}", what=told, why=voice.known(event.reason)) if event.reason else told)


def caption(event: Event, voice: Voice, *, now: datetime) -> str:
    """The sentence, and below it when it happened: a message may arrive late."""
    return f"{sentence(event, voice)}\n{moment(event.at, voice, seen_from=now)}"


def status_text(cameras: Sequence[CameraStatus], voice: Voice, *, now: datetime) -> str:
    """Every nest with its state, since when and how sure; then every camera."""
    lines = [_nest_line(nest, voice, now) for camera in cameras for nest in camera.nests]
    lines += [_camera_line(camera, voice, now) for camera in cameras]
    return "\n".join(lines) or voice.say("No camera is set up.")


def service_text(service: ServiceStatus, voice: Voice, *, waiting: int | None) -> str:
    """The worker, the messages that wait (None: nobody can tell), the disk, and the versions."""
    lines = [voice.say("The model answers.") if service.worker_answers else voice.say("The model does not answer.")]
    if service.worker_restarts:
        restarts = voice.count("{number} time", "{number} times", service.worker_restarts)
        lines.append(voice.say("It was restarted {times}.", times=restarts))
    if waiting is None:
        lines.append(voice.say("How many messages are waiting is unknown right now."))
    else:
        lines.append(
            voice.count("{number} message is waiting to be sent.", "{number} messages are waiting to be sent.", waiting)
        )
    if service.free_bytes is not None:
        lines.append(voice.say("{free} GB are free on the disk.", free=voice.decimal(service.free_bytes / 1e9)))
    version = voice.say("coopwatch {version}, model {model}", version=service.version, model=service.model)
    return "\n".join([" ".join(lines), version])


def _hens(event: Event, voice: Voice) -> dict[str, str]:
    hens = [called(hen, voice) for hen in event.hens]
    return {
        "hen": hens[0] if hens else voice.say("a hen"),
        "by_hens": voice.say(" by {hens}", hens=either(hens, voice)) if hens else "",
        "sure": f" ({percent(event.certainty, voice)})" if len(hens) == 1 else "",
    }


def _place(event: Event, voice: Voice) -> dict[str, str]:
    nest = event.nest
    return {
        "in_nest": in_nest(nest, voice) if nest else "",
        "in_nest_or_there": in_nest(nest, voice) if nest else voice.say(" there"),
        "from_nest": from_nest(nest, voice) if nest else "",
        "camera": event.camera or "",
    }


def _times(event: Event, voice: Voice) -> dict[str, str]:
    if event.began is None or event.duration is None:
        return {"stayed": "", "after": "", "since": "", "away": ""}
    long = span(event.duration, voice)
    began, ended = (moment(at, voice, seen_from=event.at) for at in (event.began, event.at))
    return {
        "stayed": voice.named("how long a hen sat", " after {span}", span=long),
        "after": voice.named("how long a camera was away", " after {span}", span=long),
        "since": voice.say(" since {time}", time=began),
        "away": voice.say(" again; it was away from {began} to {ended}", began=began, ended=ended),
    }


def _nest_line(nest: NestStatus, voice: Voice, now: datetime) -> str:
    title = nest_title(nest.nest, voice)
    if nest.label is None:
        return voice.say("{nest}: not sure yet", nest=title)
    since = "" if nest.since is None else voice.say(" since {time}", time=moment(nest.since, voice, seen_from=now))
    state = called(nest.label, voice)
    return voice.say(
        "{nest}: {state}{since} ({sure})", nest=title, state=state, since=since, sure=percent(nest.certainty, voice)
    )


def _camera_line(camera: CameraStatus, voice: Voice, now: datetime) -> str:
    if not camera.trouble and camera.last_frame_at is not None:
        time = moment(camera.last_frame_at, voice, seen_from=now)
        if camera.lag >= _NOTABLE_LAG:
            late = span(camera.lag, voice)
            return voice.say(
                "Camera {camera}: picture of {time}, {late} late", camera=camera.camera, time=time, late=late
            )
        return voice.say("Camera {camera}: picture of {time}", camera=camera.camera, time=time)
    if not camera.trouble:
        return voice.say("Camera {camera}: no picture yet", camera=camera.camera)
    if camera.last_frame_at is None:
        return voice.say(
            "Camera {camera}: {trouble}; no picture yet", camera=camera.camera, trouble=voice.known(camera.trouble)
        )
    time = moment(camera.last_frame_at, voice, seen_from=now)
    return voice.say(
        "Camera {camera}: {trouble}; last picture {time}",
        camera=camera.camera,
        trouble=voice.known(camera.trouble),
        time=time,
    )
