"""`coopwatch report MODEL`: the record of a training in; the page that tells how good the model is out."""

from pathlib import Path
from typing import Annotated

import typer

from coopwatch.cli.options import Model


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    model: Model,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write it here. Default: beside the record of the training.")
    ] = None,
) -> None:
    """Write report.html and report.json of a training anew, from what it left on record."""
    from coopwatch.clock import SystemClock
    from coopwatch.vision.card import load_model_folder
    from coopwatch.workbench.extra import training_extra

    with training_extra("report"):
        from coopwatch.workbench.report.origin import training_subject
        from coopwatch.workbench.report.write import write_report
        from coopwatch.workbench.run_folder import run_folder

    folder = load_model_folder(model)
    subject = training_subject(folder, SystemClock().now())
    typer.echo(f"report: {write_report(out or run_folder(folder), subject)}")
