"""`coopwatch health`: is the daemon at work? For a container's health check."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

PATIENCE = timedelta(seconds=60)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(health)


def health(
    config: Annotated[Path, typer.Option("--config", help="The config file of the daemon.")],
    max_age_seconds: Annotated[
        float | None,
        typer.Option(min=1, help="How long ago the heart may have beaten. [default: 60]"),
    ] = None,
) -> None:
    """Say whether the daemon is at work: exit code 0 if its heart beat lately, 1 if it did not.

    It beats while every look through a camera ends in time and the classifier answers. A camera that is away does not
    stop it.
    """
    from coopwatch.clock import SystemClock
    from coopwatch.config.load import load_settings
    from coopwatch.errors import CoopwatchError
    from coopwatch.pulse import HEARTBEAT_FILE

    settings = load_settings(config)
    heartbeat = settings.data_dir / HEARTBEAT_FILE
    allowed = PATIENCE if max_age_seconds is None else timedelta(seconds=max_age_seconds)
    try:
        beat_at = datetime.fromtimestamp(heartbeat.stat().st_mtime, UTC)
    except OSError as error:
        raise CoopwatchError(
            f"coopwatch is not at work: its heart did not beat yet, there is no {heartbeat}."
        ) from error
    age = SystemClock().now() - beat_at
    if age < -allowed:
        raise CoopwatchError(
            f"coopwatch is not at work: its heart beat at {beat_at:%Y-%m-%d %H:%M} UTC, which is still to come: not "
            "since the clock was set back; look into its log."
        )
    if age > allowed:
        raise CoopwatchError(
            f"coopwatch is not at work: its heart beat {age.total_seconds():.0f} s ago, "
            f"and {allowed.total_seconds():.0f} s are allowed; look into its log."
        )
    typer.echo(f"coopwatch is at work; its heart beat {max(age.total_seconds(), 0):.0f} s ago.")
