"""The command line as a test uses it: commands to register in; a function that runs them on arguments out."""

from collections.abc import Callable

import typer
from click.testing import Result
from typer.testing import CliRunner

Run = Callable[..., Result]


def runner(*registers: Callable[[typer.Typer], None], before: tuple[str, ...] = ()) -> Run:
    """`before` stands in front of the arguments; one command alone is run without its name."""
    app = typer.Typer()
    for register in registers:
        register(app)
    return lambda *arguments: CliRunner().invoke(app, [*before, *map(str, arguments)])
