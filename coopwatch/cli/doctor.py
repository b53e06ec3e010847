"""`coopwatch doctor`: looks through the cameras once, and at all else; what is found, and what to change."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import AsJson
from coopwatch.errors import CameraError, CoopwatchError, UserMustActError

if TYPE_CHECKING:
    from coopwatch.cameras.checkup import Checkup
    from coopwatch.config.settings import CameraSettings, Settings
    from coopwatch.doctor.finding import Finding


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(
    config: Annotated[Path, typer.Option("--config", help="The config file.")],
    camera: Annotated[str | None, typer.Option("--camera", help="Look through this camera alone.")] = None,
    out: Annotated[Path, typer.Option("--out", help="The folder for the pictures.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Connect to the cameras, time them, save a picture of each with its nests drawn on it; then examine the rest."""
    import asyncio

    from coopwatch.config.choice import choose_camera
    from coopwatch.config.load import load_settings
    from coopwatch.logs import set_up_logs

    set_up_logs()
    settings = load_settings(config)
    chosen = settings.cameras if camera is None else (choose_camera(settings, camera),)
    checkups = asyncio.run(_check_all(settings, chosen))
    findings = [] if camera else asyncio.run(examine(settings))
    unsaved: list[UserMustActError] = []  # told last: a full disk must not keep back what the doctor found
    pictures = [_save_map(one, looked, out, unsaved) for one, looked in zip(chosen, checkups, strict=True)]
    if as_json:
        cameras = [_as_json(*pair) for pair in zip(checkups, pictures, strict=True)]
        typer.echo(json.dumps({"cameras": cameras, "findings": [asdict(finding) for finding in findings]}))
    else:
        _print_all(checkups, pictures, findings)
    if unsaved:
        raise unsaved[0]
    _raise_if_unwell(checkups, findings)


def _save_map(
    camera: "CameraSettings", checkup: "Checkup", folder: Path, unsaved: list[UserMustActError]
) -> Path | None:
    try:
        return save_map(checkup, camera, folder / f"{camera.name}.jpg")
    except UserMustActError as error:
        unsaved.append(error)
        return None


def _print_all(checkups: "Sequence[Checkup]", pictures: Sequence[Path | None], findings: "Sequence[Finding]") -> None:
    for checkup, picture in zip(checkups, pictures, strict=True):
        _print(checkup, picture)
    for finding in findings:
        typer.echo(f"{finding.check}: {finding.seen}{finding.remedy and f'; {finding.remedy}'}")


def _raise_if_unwell(checkups: "Sequence[Checkup]", findings: "Sequence[Finding]") -> None:
    blind = [f"{one.camera}{' after the first' if one.frame else ''}" for one in checkups if one.trouble]
    if blind:
        raise CameraError(f"No picture from {', '.join(blind)}.")
    if ill := [finding.check for finding in findings if finding.grade == "ill"]:
        raise CoopwatchError(f"Not well: {', '.join(ill)}.")


async def examine(settings: "Settings") -> "list[Finding]":
    """All but the cameras."""
    from coopwatch.clock import SystemClock
    from coopwatch.doctor.machine import check_machine
    from coopwatch.doctor.parts import check_bot, check_config, check_model

    found = [*check_config(settings), *check_machine(settings, SystemClock().now())]
    return [*found, await check_model(settings), await check_bot(settings.chat.telegram)]


async def check_one(settings: "Settings", camera: "CameraSettings") -> "Checkup":
    """A look through one camera.

    Raises:
        UserMustActError: no camera reads such a source, or its password cannot be read.
    """
    from coopwatch.cameras.checkup import check_camera
    from coopwatch.sources import Origin, make_source

    source = await make_source(camera, Origin.of(camera, settings.timezone), store=None)
    return await check_camera(source.camera, camera)


def save_map(checkup: "Checkup", camera: "CameraSettings", file: Path) -> Path | None:
    """Write the picture with the nests drawn on it; None if there is no picture.

    Raises:
        UserMustActError: the file cannot be written.
    """
    from coopwatch.vision.nest_map import draw_nests
    from coopwatch.vision.picture import encode_jpeg

    if checkup.frame is None:
        return None
    jpeg = encode_jpeg(draw_nests(checkup.frame.pixels, {nest.name: nest.region for nest in camera.nests}))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(jpeg)
    except OSError as error:
        raise UserMustActError(
            f"{file}: received {error.strerror}, expected a file that can be written; name another with `--out`"
        ) from error
    return file


async def _check_all(settings: "Settings", cameras: Sequence["CameraSettings"]) -> "list[Checkup]":
    import asyncio

    return await asyncio.gather(*(check_one(settings, camera) for camera in cameras))


def _print(checkup: "Checkup", picture: Path | None) -> None:
    name = checkup.camera
    if checkup.trouble:
        typer.echo(f"{name}: no {'second ' if checkup.frame else ''}picture: {checkup.trouble}")
    if checkup.frame is not None and checkup.first_after is not None:
        height, width = checkup.frame.pixels.shape[:2]
        pace = f", the next {checkup.next_after.total_seconds():.1f} s later" if checkup.next_after else ""
        lag = f", {checkup.lag.total_seconds():.1f} s behind" if checkup.lag else ""
        light = f", {checkup.light.value}" if checkup.light else ""
        typer.echo(
            f"{name}: first picture after {checkup.first_after.total_seconds():.1f} s{pace}{lag}; "
            f"{width} x {height} pixels{light}"
        )
    if picture is not None:
        typer.echo(f"{name}: look at {picture}; are the frames on the nests?")
    for advice in checkup.advice:
        typer.echo(f"{name}: {advice}")


def _as_json(checkup: "Checkup", picture: Path | None) -> dict[str, object]:
    shape = None if checkup.frame is None else checkup.frame.pixels.shape
    return {
        "camera": checkup.camera,
        "trouble": checkup.trouble,
        "picture": None if picture is None else str(picture),
        "width": None if shape is None else shape[1],
        "height": None if shape is None else shape[0],
        "first_after_seconds": None if checkup.first_after is None else checkup.first_after.total_seconds(),
        "next_after_seconds": None if checkup.next_after is None else checkup.next_after.total_seconds(),
        "lag_seconds": checkup.lag.total_seconds(),
        "light": None if checkup.light is None else checkup.light.value,
        "advice": list(checkup.advice),
    }
