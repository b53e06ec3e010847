"""The table of commands: arguments in, exit code out (0 done, 1 failed, 2 the user must change something)."""

import importlib
import pkgutil
import sys
from typing import Annotated

import typer

import coopwatch.cli
from coopwatch.errors import CoopwatchError

_NO_COMMANDS = {"main", "options", "serve"}  # what commands share

app = typer.Typer(
    name="coopwatch",
    help="Tell which hen is nesting and who laid the egg.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"coopwatch {coopwatch.__version__}")
        raise typer.Exit


@app.callback()
def _coopwatch(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Tell which hen is nesting and who laid the egg."""


def main() -> None:
    """Run the command line; turn an error of ours into one plain line and its exit code."""
    _register()
    try:
        app()
    except CoopwatchError as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command speaks to its user)
        sys.exit(error.exit_code)


def _register() -> None:
    """Let every file of this package add its command through `register(app)`."""
    for module in pkgutil.iter_modules(coopwatch.cli.__path__):
        if module.name not in _NO_COMMANDS:
            importlib.import_module(f"coopwatch.cli.{module.name}").register(app)
