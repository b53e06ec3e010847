"""`coopwatch replay`: recorded pictures or a video through the same core, with the pictures' own times."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.errors import UserMustActError

if TYPE_CHECKING:
    from coopwatch.config.settings import CameraSettings, Settings
    from coopwatch.values import Classification, Event


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)


def replay(
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A folder of pictures, or a video file.")],
    config: Annotated[Path, typer.Option("--config", help="The config file: nests, rules, hens, model.")],
    model: Annotated[Path | None, typer.Option("--model", help="A model folder other than the config's.")] = None,
    camera: Annotated[str | None, typer.Option("--camera", help="Whose nests these are, if there are several.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each event as a JSON object a line.")] = False,
    states: Annotated[bool, typer.Option("--states", help="Print what is seen in each picture, too.")] = False,
) -> None:
    """Tell what recorded pictures would have told, with the times they were taken at."""
    import asyncio

    from coopwatch.config.load import load_settings
    from coopwatch.logs import set_up_logs

    set_up_logs()
    if not source.exists():
        raise UserMustActError(f"{source}: received no such file or folder, expected pictures or a video; name another")
    settings = load_settings(config)
    if model is not None:
        settings = settings.model_copy(update={"model": model})
    chosen = _chosen(settings, camera).model_copy(update={"source": str(source.absolute())})
    asyncio.run(_replay(settings, chosen, as_json=as_json, states=states))


def _chosen(settings: "Settings", name: str | None) -> "CameraSettings":
    cameras = {camera.name: camera for camera in settings.cameras}
    if name is None and len(cameras) == 1:
        return settings.cameras[0]
    if name in cameras:
        return cameras[name]
    raise UserMustActError(
        f"--camera: received {name or 'nothing'}, expected one of {', '.join(cameras)}; say whose nests these are"
    )


async def _replay(settings: "Settings", chosen: "CameraSettings", *, as_json: bool, states: bool) -> None:
    from coopwatch.cameras.source import open_camera
    from coopwatch.clock import SystemClock
    from coopwatch.config.rules import to_rules
    from coopwatch.inference.client import InferenceClient
    from coopwatch.replay import replay as play
    from coopwatch.vision.card import load_model_folder

    folder = load_model_folder(settings.model)
    rules = to_rules(settings.rules, folder.card.roles)
    recorded = open_camera(chosen, clock=SystemClock(), zone=settings.timezone, password=None)
    async with InferenceClient(folder, engine=settings.engine) as classifier, recorded as camera:
        async for seen, events in play(camera, chosen, classifier=classifier, model=folder.hash, rules=rules):
            if states:
                typer.echo(_state_line(seen, settings, as_json=as_json))
            for event in events:
                typer.echo(_event_line(event, settings, as_json=as_json))


def _event_line(event: "Event", settings: "Settings", *, as_json: bool) -> str:
    from coopwatch.core.event_json import event_to_line
    from coopwatch.core.voice import Voice
    from coopwatch.core.wording import sentence

    if as_json:
        return event_to_line(event)
    voice = Voice(names={label: hen.name for label, hen in settings.hens.items()}, zone=settings.timezone)
    return f"{event.at.astimezone(settings.timezone):%Y-%m-%d %H:%M:%S}  {sentence(event, voice)}"


def _state_line(seen: "Classification", settings: "Settings", *, as_json: bool) -> str:
    import json

    label = max(seen.probabilities, key=lambda name: seen.probabilities[name])
    probability = seen.probabilities[label]
    if as_json:
        at = seen.taken_at.isoformat()
        return json.dumps({"kind": "state", "nest": seen.nest, "at": at, "label": label, "probability": probability})
    return f"{seen.taken_at.astimezone(settings.timezone):%Y-%m-%d %H:%M:%S}  {seen.nest}: {label} {probability:.0%}"
