"""`coopwatch replay`: recorded pictures or a video through the same core, with the pictures' own times."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.workbench.share import percent

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

    from coopwatch.config.choice import choose_camera
    from coopwatch.config.load import load_settings
    from coopwatch.logs import set_up_logs

    set_up_logs()
    settings = load_settings(config)
    if model is not None:
        settings = settings.model_copy(update={"model": model, "learn": False})
    asyncio.run(_replay(source, settings, choose_camera(settings, camera), as_json=as_json, states=states))


async def _replay(source: Path, settings: "Settings", camera: "CameraSettings", *, as_json: bool, states: bool) -> None:
    from coopwatch.replay import replay_source

    looks = told = 0
    async for seen, events in replay_source(source, settings, camera):
        looks, told = looks + (seen is not None), told + len(events)
        if states and seen is not None:
            typer.echo(_state_line(seen, settings, as_json=as_json))
        for event in events:
            typer.echo(_event_line(event, settings, as_json=as_json))
    if not told:
        typer.echo(
            f"{looks} looks into the nests, and nothing to tell: nothing new was sure for long enough. --states shows "
            "what was seen; pictures that are minutes apart want other rules, see docs/explanation/real-day.md",
            err=True,
        )


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
    at = f"{seen.taken_at.astimezone(settings.timezone):%Y-%m-%d %H:%M:%S}"
    return f"{at}  {seen.nest}: {label} {percent(probability)}"
