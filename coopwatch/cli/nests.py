"""`coopwatch nests CAMERA`: a picture of the camera with its nests and a ruler on it, to place the nests by."""

from pathlib import Path
from typing import Annotated

import typer

from coopwatch.errors import CameraError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("nests")(nests)


def nests(
    camera: Annotated[str, typer.Argument(metavar="CAMERA", help="The camera's name in the config file.")],
    config: Annotated[Path, typer.Option("--config", help="The config file.")],
    out: Annotated[Path | None, typer.Option("--out", help="The picture to write. [default: CAMERA.jpg]")] = None,
) -> None:
    """Draw the nests of a camera on its newest picture, with a ruler in fractions of the picture."""
    import asyncio

    from coopwatch.cli.doctor import check_one, save_map
    from coopwatch.config.choice import choose_camera
    from coopwatch.config.load import load_settings
    from coopwatch.logs import set_up_logs

    set_up_logs()
    settings = load_settings(config)
    chosen = choose_camera(settings, camera)
    checkup = asyncio.run(check_one(settings, chosen))
    if checkup.frame is None:
        raise CameraError(f"No picture from {camera}: {checkup.trouble}")
    picture = save_map(checkup, chosen, out or Path(f"{camera}.jpg"))
    typer.echo(f"Look at {picture}. Each frame is a nest; the ruler shows fractions of the picture. In {config}:")
    for nest in chosen.nests:
        region = nest.region
        typer.echo(
            f"  - {{name: {nest.name}, region: {{left: {region.left:g}, top: {region.top:g}, "
            f"right: {region.right:g}, bottom: {region.bottom:g}}}}}"
        )
