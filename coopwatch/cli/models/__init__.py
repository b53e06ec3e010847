"""`coopwatch models`: the versions of a model, which of them is in use, and models from elsewhere."""

import typer

from coopwatch.cli.models import ensemble, import_, versions


def register(app: typer.Typer) -> None:
    """Add the commands."""
    commands = typer.Typer(no_args_is_help=True)
    commands.command("list")(versions.list_)
    commands.command("activate")(versions.activate)
    commands.command("rollback")(versions.rollback)
    commands.command("import")(import_.import_)
    commands.command("ensemble")(ensemble.ensemble)
    app.add_typer(
        commands, name="models", help="List a model's versions, choose one, go back, bring one from elsewhere."
    )
