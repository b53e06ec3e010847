"""`coopwatch collect`: cameras, or recorded pictures, in; pictures of the nests for `coopwatch label` out."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import AsJson, print_json
from coopwatch.errors import UserMustActError

if TYPE_CHECKING:
    from coopwatch.config.settings import CameraSettings, Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("collect")(collect)


def collect(
    config: Annotated[Path, typer.Option("--config", help="The config file: cameras and nests.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the pictures.")],
    source: Annotated[
        Path | None,
        typer.Argument(metavar="[SOURCE]", help="Recorded pictures or a video. [default: the cameras, until Ctrl-C]"),
    ] = None,
    camera: Annotated[str | None, typer.Option("--camera", help="One camera; whose nests SOURCE shows.")] = None,
    pause: Annotated[
        float,
        typer.Option("--pause", min=0, max=86_400, metavar="SECONDS", help="Between two pictures of a nest, at least."),
    ] = 60.0,
    as_json: AsJson = False,
) -> None:
    """Keep a picture of each nest whenever it looks new: pictures to learn from, for `coopwatch label`."""
    import asyncio
    from contextlib import suppress

    from coopwatch.config.load import load_settings
    from coopwatch.logs import set_up_logs
    from coopwatch.workbench.pictures.copying import require_outside

    set_up_logs()
    if source is not None:
        require_outside(out, [source])
    settings = load_settings(config)
    kept = Counter[str]()
    with suppress(KeyboardInterrupt):  # the usual end
        asyncio.run(_collect(settings, source, camera, out, pause, kept))
    if source is not None and not kept:
        raise UserMustActError(
            f"{source}: received no picture that could be used, expected a video or pictures whose names or EXIF data "
            "tell a time, neither dark nor covered; name another folder or file"
        )
    if as_json:
        print_json({"folder": out, "pictures": dict(sorted(kept.items()))})
        return
    for nest, count in sorted(kept.items()):
        typer.echo(f"  {nest}: {count}")
    typer.echo(f"{out}: {kept.total()} pictures" + (f". Next: coopwatch label {out} --out DIR" if kept else ""))


async def _collect(
    settings: "Settings", source: Path | None, name: str | None, out: Path, pause: float, kept: Counter[str]
) -> None:
    import asyncio

    from coopwatch.config.choice import choose_camera

    chosen = settings.cameras if name is None and source is None else (choose_camera(settings, name),)
    try:
        async with asyncio.TaskGroup() as group:
            for camera in chosen:
                group.create_task(_collect_one(settings, camera, source, out, pause, kept), name=camera.name)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None  # one camera's error ends all


async def _collect_one(
    settings: "Settings", camera: "CameraSettings", recorded: Path | None, out: Path, pause: float, kept: Counter[str]
) -> None:
    from datetime import timedelta

    from coopwatch.collect import Collector, collect
    from coopwatch.sources import Origin, make_source, open_recorded

    if recorded is not None:
        opened, every = open_recorded(recorded, camera, settings.timezone), timedelta(0)
    else:
        live = await make_source(camera, Origin.of(camera, settings.timezone), None)
        opened, every = live.camera, live.every
    async for one in collect(opened, Collector(camera, out, timedelta(seconds=pause)), every):
        kept[one.nest] += 1
        typer.echo(one.path, err=True)
