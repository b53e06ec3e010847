"""`coopwatch models import MODEL_JSON WEIGHTS_H5`: a Keras 1 or 2 model and its labels in, a published model out."""

from pathlib import Path
from typing import Annotated

import typer

from coopwatch.cli.options import AsJson, Roles, print_json
from coopwatch.cli.serve import serve


def import_(
    model_json: Annotated[Path, typer.Argument(metavar="MODEL_JSON", help="What `model.to_json()` wrote.")],
    weights: Annotated[Path, typer.Argument(metavar="WEIGHTS_H5", help="What `model.save_weights()` wrote.")],
    labels: Annotated[Path, typer.Option("--labels", metavar="FILE", help="One a line, in the order of the outputs.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The model's folder, such as models/article.")],
    roles: Roles = None,
    pictures: Annotated[
        Path | None,
        typer.Option(metavar="DATASET", help="Check the model on these pictures, a folder a label, and measure it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a Keras 1 or 2 model that takes RGB pictures, 0..255 unscaled; it answers as it did there."""
    from coopwatch.clock import SystemClock
    from coopwatch.workbench.extra import training_extra
    from coopwatch.workbench.legacy.label_file import read_labels
    from coopwatch.workbench.pictures.dataset import read_dataset
    from coopwatch.workbench.pictures.label_options import parse_roles
    from coopwatch.workbench.progress import open_progress

    named = read_labels(labels, parse_roles(roles or ()))
    dataset = None if pictures is None else read_dataset([pictures], fewest=1)
    with training_extra("models import"):
        from coopwatch.workbench.legacy.bring import Pair, bring_model

    with open_progress() as progress:
        published = bring_model(
            Pair(model_json=model_json, weights=weights, labels=named),
            out,
            dataset,
            serve=serve,
            clock=SystemClock(),
            progress=progress,
        )
    card = published.card
    if as_json:
        print_json({"path": published.path, "labels": list(card.roles), "metrics": dict(card.metrics)})
        return
    for index, (label, role) in enumerate(card.roles.items()):
        typer.echo(f"{index:>3}  {label}  {role}")
    if dataset is not None:
        typer.echo(f"right: {card.metrics['right']} of {card.metrics['count']} pictures")
    typer.echo(f"published {published.path}, now active; its certainty is that of the network, not calibrated")
