"""`coopwatch check-config FILE`: every mistake of a config file at once, or a line that says all is well."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import AsJson
from coopwatch.errors import UserMustActError

if TYPE_CHECKING:
    from coopwatch.config.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check-config")(check_config)


def check_config(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The config file.")],
    as_json: AsJson = False,
) -> None:
    """Check a config file: its keys, its model, its passwords and tokens. Nothing is started and nothing is written."""
    from coopwatch.config.advice import advice
    from coopwatch.config.load import load_settings
    from coopwatch.store.place import require_local

    try:
        settings = load_settings(file)
        require_local(settings.data_dir)
        warnings = advice(settings)
    except UserMustActError as error:
        if as_json:
            typer.echo(json.dumps({"file": str(file), "mistakes": str(error).splitlines(), "warnings": []}))
            raise typer.Exit(error.exit_code) from error
        raise
    if as_json:
        typer.echo(json.dumps({"file": str(file), "mistakes": [], "warnings": warnings}))
        return
    for warning in warnings:
        typer.echo(f"{file}: warning: {warning}", err=True)
    typer.echo(f"{file} is fine: {_summary(settings)}")


def _summary(settings: "Settings") -> str:
    cameras = _names("camera", [camera.name for camera in settings.cameras])
    nests = _names("nest", [nest.name for camera in settings.cameras for nest in camera.nests])
    return f"{cameras}; {nests}; model {settings.model.name}; timezone {settings.timezone}."


def _names(noun: str, names: list[str]) -> str:
    return f"{noun}{'s' if len(names) > 1 else ''} {', '.join(names)}"
