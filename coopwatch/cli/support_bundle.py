"""`coopwatch support-bundle`: what somebody who helps needs to know, in one file, without secrets and pictures."""

import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.errors import UserMustActError

if TYPE_CHECKING:
    from coopwatch.config.settings import Settings

LOG_LINES = 2000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("support-bundle")(support_bundle)


def support_bundle(
    config: Annotated[Path, typer.Option("--config", help="The config file.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("coopwatch-support.zip"),
) -> None:
    """Write the config, the doctor's findings, figures of the database and the newest log lines into one file.

    Passwords, tokens, chats, people and pictures are not in it; look into it before you send it.
    """
    import asyncio
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    from coopwatch.config.load import load_settings
    from coopwatch.config.portable import portable_config

    settings = load_settings(config)
    secrets = _secrets(settings)
    parts = {
        "machine.json": json.dumps(_machine(), indent=1),
        "coopwatch.yaml": portable_config(config, data_dir="data", model=f"models/{settings.model.name}"),
        "findings.json": json.dumps(asyncio.run(_findings(settings)), indent=1),
        "database.json": json.dumps(_database(settings.data_dir), indent=1),
        "log.txt": _log(),
    }
    try:
        with ZipFile(out, "x", ZIP_DEFLATED) as bundle:
            for name, text in parts.items():
                bundle.writestr(
                    ZipInfo(name), _hide(text, secrets), ZIP_DEFLATED
                )  # without a time: the clock may be wrong
    except OSError as error:
        raise UserMustActError(
            f"--out: received {out} ({error.strerror}), expected a new file that can be written; name another"
        ) from error
    typer.echo(f"{out}: {', '.join(parts)}. Look into it before you send it.")


def _machine() -> dict[str, object]:
    import os
    import platform
    from importlib.metadata import distributions

    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "packages": sorted(f"{one.name} {one.version}" for one in distributions()),
    }


async def _findings(settings: "Settings") -> list[dict[str, object]]:
    from dataclasses import asdict

    from coopwatch.cli.doctor import examine

    return [asdict(finding) for finding in await examine(settings)]


def _database(data_dir: Path) -> dict[str, object]:
    """How much there is of what, and nothing of whom."""
    from coopwatch.store.database import FILE

    try:
        with closing(sqlite3.connect(f"file:{data_dir / FILE}?mode=ro", uri=True)) as database:
            return {
                "revision": database.execute("SELECT version_num FROM alembic_version").fetchall(),
                "events": dict(database.execute("SELECT kind, count(*) FROM events GROUP BY kind")),
                "outbox": dict(database.execute("SELECT state, count(*) FROM outbox GROUP BY state")),
                "subscribers": database.execute("SELECT count(*) FROM subscribers").fetchone()[0],
                "bytes": (data_dir / FILE).stat().st_size,
                "free": shutil.disk_usage(data_dir).free,
            }
    except (sqlite3.Error, OSError) as error:
        return {"trouble": str(error)}


def _log() -> str:
    """What systemd kept; whoever runs it in another way adds the log by hand."""
    program = shutil.which("journalctl")
    if program is None:
        return "no journal here\n"
    asked = [program, "--unit=coopwatch", "--no-pager", "--no-hostname", f"--lines={LOG_LINES}"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    return told.stdout or "the journal has nothing of coopwatch\n"


def _secrets(settings: "Settings") -> list[str]:
    """What may stand nowhere, as far as it can be read here."""
    from functools import partial

    from coopwatch.config.secrets import camera_password, telegram_token
    from coopwatch.errors import ConfigError

    readers = [partial(camera_password, camera) for camera in settings.cameras]
    if settings.chat.telegram is not None:
        readers.append(partial(telegram_token, settings.chat.telegram))
    found = []
    for read in readers:
        try:
            secret = read()
        except ConfigError:
            continue  # the doctor tells of it
        if secret is not None:
            found.append(secret.get_secret_value())
    return found


def _hide(text: str, secrets: list[str]) -> str:
    """No known secret, nothing of a token's form, no chat's number."""
    import re
    from urllib.parse import quote

    for secret in secrets:
        for written in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1]):
            text = text.replace(written, "***")
    text = re.sub(r"\b\d{6,}:[A-Za-z0-9_-]{20,}", "***", text)
    return re.sub(r"telegram:-?\d+", "telegram:***", text)
