"""`coopwatch backup` and `coopwatch restore`: a coop in one file, and a coop from it."""

from pathlib import Path
from typing import Annotated

import typer

from coopwatch.cli.options import AsJson


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="The file to write, such as coop.zip.")],
    config: Annotated[Path, typer.Option("--config", help="The config file of the coop.")],
    as_json: AsJson = False,
) -> None:
    """Save a coop in one file, while it runs: database, photos, models, config; neither passwords nor tokens."""
    import json
    from dataclasses import asdict

    from rich.console import Console

    from coopwatch.clock import SystemClock
    from coopwatch.config.load import load_settings
    from coopwatch.config.portable import portable_config
    from coopwatch.store.backup import write_backup

    settings = load_settings(config)
    text = portable_config(config, data_dir="data", model=f"models/{settings.model.name}")
    console = Console(stderr=True)
    with console.status("saving") as status:
        archived = write_backup(
            archive,
            data_dir=settings.data_dir,
            model=settings.model,
            config=text,
            made_at=SystemClock().now(),
            told=status.update,
        )
    if as_json:
        typer.echo(json.dumps({"archive": str(archive), **asdict(archived)}))
    else:
        typer.echo(f"{archive}: {archived.files:,} files, {archived.size / 1e6:,.1f} MB. Keep it as safe as the coop.")


def restore(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="A file that `coopwatch backup` wrote.")],
    into: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that does not exist yet.")],
    as_json: AsJson = False,
) -> None:
    """Unpack a backup into a new folder: coopwatch.yaml, data, models; all is compared with what was saved."""
    import json

    from coopwatch.store.restore import restore_backup

    entries = restore_backup(archive, into)
    if as_json:
        typer.echo(json.dumps({"folder": str(into), "files": len(entries), "size": sum(one.size for one in entries)}))
    else:
        typer.echo(
            f"{into}: {len(entries):,} files, all as they were saved. Put passwords and the bot's token where "
            f"{into / 'coopwatch.yaml'} names them, then: coopwatch run --config {into / 'coopwatch.yaml'}"
        )
