"""`coopwatch explain MODEL IMAGE --out DIR`: a model and a picture in; pictures of why it says what it says out."""

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from coopwatch.cli.options import AsJson, Model, print_json, require_picture
from coopwatch.workbench.share import percent


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    model: Model,
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="A picture, cut as the camera's nest is.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the pictures and index.html go.")],
    labels: Annotated[
        list[str] | None, typer.Option("--label", help="Explain this label; repeatable. [default: the likeliest three]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show which parts of a picture speak for a label (Grad-CAM), and what the network's inner layers answer."""
    os.environ["KERAS_BACKEND"] = "tensorflow"  # whose gradients are used
    from coopwatch.vision.card import load_model_folder
    from coopwatch.workbench.extra import training_extra
    from coopwatch.workbench.progress import open_progress

    require_picture(image)
    folder = load_model_folder(model)
    with training_extra("explain"):
        from coopwatch.workbench.explain.explanation import explain_picture
    with open_progress() as progress:
        explanation = explain_picture(folder, image, out, labels or (), progress)
    if as_json:
        print_json(asdict(explanation))
        return
    for reason in explanation.reasons:
        typer.echo(f"{reason.label}: {percent(reason.probability, 1)}  {reason.file}")
    typer.echo(f"all of it: {explanation.index}")
