"""`coopwatch evaluate MODEL DATASET`: a model and labelled pictures in; how often it is right, label by label, out."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from coopwatch.vision.card import ModelFolder
    from coopwatch.workbench.dataset import Dataset
    from coopwatch.workbench.evaluate import Evaluation


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
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write report.html and report.json here.")
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

    write = None if report is None else _report_writer(report)
    folder = load_model_folder(model)
    reading = Reading(merge=dict(parse_pairs("--merge", merge or ())), exclude=frozenset(exclude or ()))
    dataset = read_dataset(datasets, reading)
    require_known_labels(dataset, folder.card)
    with quiet_natives():
        engine = LiteRTEngine(Plan.of(folder, "litert"))
    with open_progress() as progress:
        evaluation = evaluate_model(engine.predict, folder.card, dataset.pictures, progress)
    if write is not None:
        typer.echo(f"report: {write(folder, evaluation, dataset)}", err=True)
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


def _report_writer(out: Path) -> "Callable[[ModelFolder, Evaluation, Dataset], Path]":
    """What writes the report in the end; an installation that cannot is told before the work."""
    from coopwatch.clock import SystemClock
    from coopwatch.workbench.extra import training_extra

    with training_extra("--report"):
        from coopwatch.workbench.report.origin import evaluation_subject
        from coopwatch.workbench.report.write import write_report

    return lambda folder, evaluation, dataset: write_report(
        out, evaluation_subject(folder, evaluation, dataset, SystemClock().now())
    )
