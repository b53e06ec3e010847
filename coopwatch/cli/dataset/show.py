"""`coopwatch dataset stats`: a data set in; its numbers label by label, and sheets of its pictures, out."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from coopwatch.cli.dataset.look import look_into
from coopwatch.cli.options import AsJson, Datasets, Exclude, Merge, Roles, Timezone, print_json


def stats(
    datasets: Datasets,
    sheets: Annotated[
        Path | None, typer.Option("--sheets", metavar="DIR", help="Also draw the pictures of each label on a sheet.")
    ] = None,
    merge: Merge = None,
    roles: Roles = None,
    exclude: Exclude = None,
    timezone: Timezone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Count pictures, days, visits, sizes and light, label by label."""
    from coopwatch.workbench.pictures.copying import require_outside
    from coopwatch.workbench.pictures.label_options import parse_reading
    from coopwatch.workbench.progress import open_progress

    if sheets is not None:
        require_outside(sheets, datasets, option="--sheets")
    reading = parse_reading(datasets, roles=roles, merge=merge, exclude=exclude, timezone=timezone)
    with open_progress() as progress:
        inspection = look_into(datasets, reading, progress)
        from coopwatch.workbench.pictures.contact_sheets import write_sheets
        from coopwatch.workbench.pictures.stats import measure_labels, stats_lines

        drawn = [] if sheets is None else write_sheets(inspection.glance.looks, sheets, reading.zone, progress)
    rows = measure_labels(inspection)
    if as_json:
        print_json({
            "labels": {row.label: asdict(row) for row in rows[:-1]},
            "all": asdict(rows[-1]),
            "unreadable": inspection.glance.unreadable,
            "sheets": drawn,
        })  # fmt: skip
        return
    for line in stats_lines(rows):
        typer.echo(line)
    if drawn:
        typer.echo(f"{len(drawn)} sheets in {sheets}")
