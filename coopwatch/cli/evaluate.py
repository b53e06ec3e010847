"""`coopwatch evaluate MODEL DATASET`: a model and labelled pictures in; how often it is right, label by label, out."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model's folder; its active version is used.")],
    datasets: Annotated[list[Path], typer.Argument(metavar="DATASET...", help="Pictures, a folder a label.")],
    exclude: Annotated[list[str] | None, typer.Option(metavar="LABEL", help="Leave a label out; repeatable.")] = None,
    merge: Annotated[
        list[str] | None, typer.Option(metavar="FOLDER=LABEL", help="Such as egg_1=egg; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure a model, run as the service runs it, on labelled pictures that it should never have seen."""
    import json

    from coopwatch.inference.engines.litert import LiteRTEngine
    from coopwatch.inference.plan import Plan
    from coopwatch.vision.card import load_model_folder
    from coopwatch.workbench.dataset import Reading, read_dataset
    from coopwatch.workbench.evaluate import evaluate_model, require_known_labels
    from coopwatch.workbench.figures_text import figures_lines
    from coopwatch.workbench.label_options import parse_pairs
    from coopwatch.workbench.progress import open_progress
    from coopwatch.workbench.quiet import quiet_natives

    folder = load_model_folder(model)
    reading = Reading(merge=dict(parse_pairs("--merge", merge or ())), exclude=frozenset(exclude or ()))
    dataset = read_dataset(datasets, reading)
    require_known_labels(dataset, folder.card)
    with quiet_natives():
        engine = LiteRTEngine(Plan.of(folder, "litert"))
    with open_progress() as progress:
        evaluation = evaluate_model(engine.predict, folder.card, dataset.pictures, progress)
    if as_json:
        described = {
            "model": str(folder.path),
            "data": dataset.hash,
            "unreadable": list(map(str, evaluation.unreadable)),
        }
        typer.echo(json.dumps({**evaluation.figures.as_json(), **described}, indent=2))
        return
    for line in figures_lines(evaluation.figures):
        typer.echo(line)
