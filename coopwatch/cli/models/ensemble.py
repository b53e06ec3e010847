"""`coopwatch models ensemble MODEL MODEL... --out DIR`: models in; one that answers with the mean of theirs out."""

from pathlib import Path
from typing import Annotated

import typer

from coopwatch.cli.options import AsJson, print_json
from coopwatch.cli.serve import serve


def ensemble(
    models: Annotated[list[Path], typer.Argument(metavar="MODEL...", help="Folders of models with the same labels.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The ensemble's folder, such as models/all.")],
    as_json: AsJson = False,
) -> None:
    """Join models into one that answers with the mean of their calibrated probabilities."""
    from coopwatch.clock import SystemClock
    from coopwatch.vision.card import load_model_folder
    from coopwatch.vision.ensemble import join_models

    folders = [load_model_folder(model) for model in models]
    published = join_models(folders, out, SystemClock().now(), serve=serve)
    card = published.card
    if as_json:
        members = [f"{member.name} {member.version}" for member in card.members]
        print_json({"path": published.path, "labels": list(card.roles), "members": members})
        return
    for member in card.members:
        typer.echo(f"{member.name} {member.version}, {member.network}, {member.input.height}x{member.input.width}")
    typer.echo(f"published {published.path}, now active; `coopwatch evaluate {out} DATASET` tells how good it is")
