"""`coopwatch dataset`: labelled pictures brought together, divided, checked and shown."""

import typer

from coopwatch.cli.dataset import check, import_, pseudo, show, split


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(no_args_is_help=True)
    commands.command("import")(import_.import_)
    commands.command("split")(split.split)
    commands.command("verify")(check.verify)
    commands.command("lint")(check.lint)
    commands.command("stats")(show.stats)
    commands.command("pseudo-label")(pseudo.pseudo_label)
    app.add_typer(
        commands, name="dataset", help="Bring labelled pictures together, divide them, find what spoils them."
    )
