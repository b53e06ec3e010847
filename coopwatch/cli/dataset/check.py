"""`coopwatch dataset verify` and `lint`: a data set in; what is wrong with it, each with its remedy, out."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.dataset.look import look_into
from coopwatch.cli.options import AsJson, Datasets, Exclude, Merge, Roles, Timezone, print_json
from coopwatch.errors import CoopwatchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coopwatch.workbench.pictures.check_record import Fault
    from coopwatch.workbench.pictures.dataset import Reading
    from coopwatch.workbench.pictures.lint import Finding


def verify(
    dataset: Annotated[Path, typer.Argument(metavar="DATASET", help="A folder, best one that import or split made.")],
    merge: Merge = None,
    roles: Roles = None,
    exclude: Exclude = None,
    timezone: Timezone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Compare every file with the record: there, exactly once, with the same bytes; if so, tell what lint finds.

    Exit code 1 if a file is not as the record says.
    """
    from coopwatch.workbench.pictures.check_record import check_record
    from coopwatch.workbench.pictures.label_options import parse_reading
    from coopwatch.workbench.pictures.record import RECORD_FILE
    from coopwatch.workbench.progress import open_progress

    reading = parse_reading([dataset], roles=roles, merge=merge, exclude=exclude, timezone=timezone)
    is_recorded = (dataset / RECORD_FILE).is_file()
    faults: list[Fault] = []
    if is_recorded:
        with open_progress() as progress:
            faults = check_record(dataset, progress)
    findings = [] if faults else _find([dataset], reading)
    if as_json:
        print_json({
            "folder": dataset,
            "recorded": is_recorded,
            "faults": [asdict(fault) for fault in faults],
            "findings": [asdict(finding) for finding in findings],
        })  # fmt: skip
    else:
        for fault in faults:
            typer.echo(f"{fault.kind}: {fault.file}; {fault.remedy}")
        _print(findings)
        if not is_recorded:
            typer.echo(
                f"{dataset} has no {RECORD_FILE}: nothing to compare with; `dataset import` or `split` makes one"
            )
        elif not faults:
            typer.echo(f"{dataset}: every file is there exactly once and as {RECORD_FILE} says")
    if faults:
        raise typer.Exit(CoopwatchError.exit_code)


def lint(
    datasets: Datasets,
    merge: Merge = None,
    roles: Roles = None,
    exclude: Exclude = None,
    timezone: Timezone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Find what spoils figures and models: copies, contradictions, rare labels, tiny or unreadable pictures, light.

    Exit code 1 if there is an error among the findings; warnings alone are 0.
    """
    from coopwatch.workbench.pictures.label_options import parse_reading

    findings = _find(datasets, parse_reading(datasets, roles=roles, merge=merge, exclude=exclude, timezone=timezone))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
        if not findings:
            typer.echo("nothing found")
    if any(finding.grade == "error" for finding in findings):
        raise typer.Exit(CoopwatchError.exit_code)


def _find(datasets: "Sequence[Path]", reading: "Reading") -> "list[Finding]":
    from coopwatch.workbench.progress import open_progress

    with open_progress() as progress:
        inspection = look_into(datasets, reading, progress)
    from coopwatch.workbench.pictures.lint import lint as find  # after look_into, which says what is missing

    return find(inspection)


def _print(findings: "Sequence[Finding]") -> None:
    from coopwatch.workbench.pictures.record import printable
    from coopwatch.workbench.progress import listed

    for finding in findings:
        typer.echo(f"{finding.grade}: {finding.check}: {finding.seen}; {finding.remedy}")
        if finding.files:
            typer.echo(f"    {listed((printable(str(path)) for path in finding.files), 6)}")
