"""`coopwatch label PICTURES`: unlabelled pictures in; a page that asks about them, and a data set of answers, out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import Timezone

if TYPE_CHECKING:
    from coopwatch.workbench.labelling.desk import Desk

_USUAL = ("egg", "empty", "other")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("label")(label)


def label(
    pictures: Annotated[
        list[Path], typer.Argument(metavar="PICTURES...", help="Folders of unlabelled pictures, or single files.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The data set that takes what you say.")],
    names: Annotated[
        list[str] | None, typer.Option("--name", metavar="LABEL", help="A hen to choose; repeatable.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Who may open the page: this machine alone.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0: any that is free.")] = 0,
    timezone: Timezone = "UTC",
) -> None:
    """Name pictures in the browser, many alike at once, by a key; each answer is saved at once."""
    from contextlib import suppress

    from coopwatch.workbench.extra import training_extra
    from coopwatch.workbench.pictures.copying import require_outside
    from coopwatch.workbench.pictures.label_options import parse_zone
    from coopwatch.workbench.pictures.shelf import CACHE_FOLDER, Shelf
    from coopwatch.workbench.pictures.unlabelled import list_unlabelled
    from coopwatch.workbench.progress import open_progress

    with training_extra("label"):
        from coopwatch.workbench.labelling.desk import Desk, require_label
        from coopwatch.workbench.labelling.see import see
        from coopwatch.workbench.labelling.server import LabelServer

    for name in names or ():
        require_label(name)
    zone = parse_zone(timezone)
    require_outside(out, pictures)
    shelf = Shelf(out)
    with open_progress() as progress:
        found = list_unlabelled(pictures, zone, progress)
    with shelf.alone():
        with open_progress() as progress:
            kept, features = see(found.pictures, out / CACHE_FOLDER, progress)
        desk = Desk(kept, features, shelf, (*(names or ()), *_USUAL))
        server = LabelServer(desk, title=", ".join(path.name or str(path) for path in pictures), host=host, port=port)
        typer.echo(f"{desk.left} pictures to name, {len(desk.said)} named already. Open this; Ctrl-C ends:")
        typer.echo(f"\n  {server.link}\n")
        with suppress(KeyboardInterrupt):  # the usual end
            server.run()
        _print_end(desk, out)


def _print_end(desk: "Desk", out: Path) -> None:
    named = [count for count in desk.counts() if count.pictures]
    for count in named:
        typer.echo(f"  {count.label}: pictures {count.pictures}, days {count.days}")
    right, asked = desk.lately
    if asked:
        typer.echo(f"Of the last {asked} that were drawn by chance, a model of what you said would have known {right}.")
    if len(named) > 1:
        typer.echo(f"Next: coopwatch train {out} --out models/mine")
