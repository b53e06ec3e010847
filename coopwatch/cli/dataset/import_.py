"""`coopwatch dataset import`: labelled pictures in; each stored once, its label as a row of a table, out."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from coopwatch.cli.options import AsJson, Datasets, Exclude, Merge, Roles, Timezone, print_json


def import_(
    datasets: Datasets,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write.")],
    merge: Merge = None,
    roles: Roles = None,
    exclude: Exclude = None,
    timezone: Timezone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Store pictures once each, with their labels as rows of labels.csv; import again to add new ones."""
    from coopwatch.workbench.pictures.import_pictures import import_pictures
    from coopwatch.workbench.pictures.label_options import parse_reading
    from coopwatch.workbench.progress import open_progress

    reading = parse_reading(datasets, roles=roles, merge=merge, exclude=exclude, timezone=timezone)
    with open_progress() as progress:
        done = import_pictures(datasets, reading, out, progress)
    added = dict(sorted(Counter(row.label for row in done.added).items()))
    if as_json:
        print_json({"folder": out, "added": added, **{k: v for k, v in asdict(done).items() if k != "added"}})
        return
    for label, count in added.items():
        typer.echo(f"  {label}: {count} added")
    typer.echo(f"{out}: {len(done.added)} pictures added, {done.known} known already, {done.total} in all")
    for file, labels in done.contradictions.items():
        typer.echo(f"{out / file}: has rows as {' and '.join(labels)}; delete the wrong ones in labels.csv", err=True)
