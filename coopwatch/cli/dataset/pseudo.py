"""`coopwatch dataset pseudo-label`: unlabelled pictures and a model in; a table of the labels it is sure of out."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from coopwatch.cli.options import AsJson, Timezone, print_json
from coopwatch.cli.serve import serve
from coopwatch.workbench.share import percent


def pseudo_label(
    pictures: Annotated[
        list[Path], typer.Argument(metavar="PICTURES...", help="Folders of unlabelled pictures, or single files.")
    ],
    model: Annotated[Path, typer.Option("--model", metavar="DIR", help="A model's folder.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.csv", help="The table to write.")],
    above: Annotated[float, typer.Option("--above", min=0, max=1, help="How sure the model must be.")] = 0.9,
    timezone: Timezone = "UTC",
    as_json: AsJson = False,
) -> None:
    """Label pictures by a model where it is sure, in a table for `coopwatch train --pseudo`."""
    from coopwatch.vision.card import load_model_folder
    from coopwatch.workbench.pictures import pseudo_label as labelling
    from coopwatch.workbench.pictures.label_options import parse_zone
    from coopwatch.workbench.progress import open_progress

    zone = parse_zone(timezone)
    labelling.require_place(out)
    folder = load_model_folder(model)
    predict = serve(folder)
    with open_progress() as progress:
        said = labelling.pseudo_label(pictures, predict, folder.card, above=above, zone=zone, progress=progress)
    labelling.write_table(out, said.sure)
    counts = dict(sorted(Counter(picture.label for picture in said.sure).items()))
    if as_json:
        print_json({"table": out, "labels": counts, "unsure": said.unsure, "unreadable": said.unreadable})
        return
    for label, count in counts.items():
        typer.echo(f"  {label}: {count}")
    typer.echo(
        f"{out}: {len(said.sure)} pictures labelled, {said.unsure} left out because {folder.card.name} is less than "
        f"{percent(above)} sure"
    )
    if said.sure:
        typer.echo(f"Look at them before you train: coopwatch dataset stats {out} --sheets DIR")
