"""`coopwatch evaluate MODEL DATASET`: a model and labelled pictures in; how often it is right, label by label, out."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import AsJson, Datasets, Exclude, Merge, Model, Roles, print_json
from coopwatch.cli.serve import serve

if TYPE_CHECKING:
    from coopwatch.vision.card import ModelFolder
    from coopwatch.workbench.figures.evaluate import Evaluation
    from coopwatch.workbench.pictures.dataset import Dataset, Reading


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    model: Model,
    datasets: Datasets,
    exclude: Exclude = None,
    merge: Merge = None,
    roles: Roles = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write report.html and report.json here.")
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Compare told events (in the place of MODEL) with true ones (DATASET).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure a model, run as the service runs it, on labelled pictures that it should never have seen.

    With --events TOLD TRUTH: measure events, as `replay --json` or `run --json` told them, against a truth.jsonl.

    An event that a file gives twice counts once.
    """
    if events:
        _evaluate_events(model, datasets, as_json=as_json)
        return

    from coopwatch.vision.card import load_model_folder
    from coopwatch.workbench.figures.evaluate import evaluate_model, require_known_labels, seen_before
    from coopwatch.workbench.figures.figures_text import figures_lines
    from coopwatch.workbench.pictures.copying import require_outside
    from coopwatch.workbench.pictures.label_options import parse_reading
    from coopwatch.workbench.progress import open_progress

    if report is not None:
        require_outside(report, datasets, option="--report")
    write = None if report is None else _report_writer(report)
    folder = load_model_folder(model)
    dataset = _read_unseen(datasets, parse_reading(datasets, roles=roles, merge=merge, exclude=exclude))
    require_known_labels(dataset, folder.card)
    warnings = seen_before(folder, dataset)
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
    predict = serve(folder)
    with open_progress() as progress:
        evaluation = evaluate_model(predict, folder.card, dataset.pictures, progress)
    if write is not None:
        typer.echo(f"report: {write(folder, evaluation, dataset)}", err=True)
    if as_json:
        described = {
            "model": folder.path,
            "data": dataset.hash,
            "unreadable": evaluation.unreadable,
            "warnings": warnings,
        }
        print_json({**evaluation.figures.as_json(), **described})
        return
    for line in figures_lines(evaluation.figures):
        typer.echo(line)


def _read_unseen(datasets: Sequence[Path], reading: "Reading") -> "Dataset":
    from coopwatch.workbench.figures.evaluate import unseen_part
    from coopwatch.workbench.pictures.dataset import read_dataset

    every = read_dataset(datasets, reading, fewest=1)
    dataset = unseen_part(every)
    if len(dataset.pictures) < len(every.pictures):
        count = f"{len(dataset.pictures)} of {len(every.pictures)} pictures"
        typer.echo(f"measured on {count}: the test part, labelled by people", err=True)
    return dataset


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


def _evaluate_events(told_file: Path, truth_files: Sequence[Path], *, as_json: bool) -> None:
    """Print precision, recall, delay and false alarms of each kind, and how well eggs were put down to hens."""
    from coopwatch.errors import UserMustActError
    from coopwatch.event_files import beyond_truth, given_again, read_recorded
    from coopwatch.workbench.figures.event_figures import event_lines, measure_events

    if len(truth_files) != 1:
        raise UserMustActError(f"--events: received {len(truth_files)} files of truth, expected one; name one")
    told, truth = read_recorded(told_file), read_recorded(truth_files[0])
    if not truth.events:
        raise UserMustActError(f"{truth_files[0]}: received no event, expected true events; name another file")
    for warning in (*given_again(told), *given_again(truth), *beyond_truth(told, truth)):
        typer.echo(f"warning: {warning}", err=True)
    figures = measure_events(told.events, truth.events, truth.lasted)
    if as_json:
        print_json(figures.as_json())
        return
    for line in event_lines(figures):
        typer.echo(line)
