"""The command `coopwatch`: one file a subcommand; heavy libraries are imported inside the command that needs them."""

from coopwatch.cli.main import main

__all__ = ["main"]
