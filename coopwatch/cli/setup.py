"""`coopwatch setup`: a few questions in; a checked config, a test photo of each camera and a running service out."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.errors import ConfigError, UserMustActError

if TYPE_CHECKING:
    from collections.abc import Callable

    from coopwatch.config.first import FirstAnswers
    from coopwatch.config.settings import Settings

UNIT = Path(sys.prefix) / "share" / "coopwatch" / "coopwatch.service"
SYSTEM_CONFIG = Path("/etc/coopwatch/coopwatch.yaml")
SYSTEM_DATA = Path("/var/lib/coopwatch")
_BOOTED = Path("/run/systemd/system")  # sd_booted(3)
UNITS = Path("/etc/systemd/system")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("setup")(setup)


def setup(
    config: Annotated[Path, typer.Option("--config", help="The config file to write.")] = Path("coopwatch.yaml"),
    model: Annotated[Path | None, typer.Option("--model", help="The model's folder.")] = None,
    systemd: Annotated[
        bool, typer.Option("--systemd", help="Install and start the system service; run it as root.")
    ] = False,
) -> None:
    """Ask for timezone, cameras and the bot's token; write the config, and try every camera."""
    from coopwatch.config.first import first_config, secret_files, write_secret
    from coopwatch.config.load import load_settings

    if systemd:
        _require_system()
        config = SYSTEM_CONFIG
    if config.exists():
        raise UserMustActError(f"--config: received {config}, which exists, expected a new file; edit that one instead")
    _require_writable(config)
    answers = _ask(SYSTEM_DATA if systemd else config.absolute().parent / "data", model)
    for name, secret in secret_files(answers).items():
        write_secret(config.parent / name, secret)
    config.write_text(first_config(answers, with_files=not systemd), encoding="utf-8")
    try:
        settings = load_settings(config)
    except ConfigError:
        for name in (config.name, *secret_files(answers)):
            (config.parent / name).unlink()  # so that one may simply answer again
        raise
    typer.echo(f"\n{config} is written and sound.")
    if systemd:
        _install(answers)
    else:
        _try_cameras(settings, config.parent)
        typer.echo(f"Next: coopwatch run --config {config}")
    if answers.token:
        _invite(settings, config)


def _require_writable(config: Path) -> None:
    """Make the folder, and fail before the questions, not after them."""
    from tempfile import TemporaryFile

    try:
        config.parent.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=config.parent).close()
    except OSError as error:
        raise UserMustActError(
            f"--config: received {config} ({error.strerror}), expected a file that can be written; name another, or "
            "run it as a user who may"
        ) from error


def _ask(data_dir: Path, model: Path | None) -> "FirstAnswers":
    from dataclasses import replace

    from coopwatch.config.first import FirstAnswers

    answers = FirstAnswers(timezone="Etc/UTC", data_dir=data_dir, model=(model or _model()).absolute(), cameras=())
    answers = _checked(
        "Timezone of the coop, such as Europe/Berlin",
        "timezone",
        lambda typed: replace(answers, timezone=typed),
        default=_timezone(),
    )
    answers = _ask_camera(answers, "nestcam")
    while typer.confirm("Another camera?", default=False):
        answers = _ask_camera(answers, f"camera{len(answers.cameras) + 1}")
    if model is None:
        found = str(answers.model) if answers.model.is_dir() else None
        answers = _checked(
            "Folder of the model that knows the hens",
            "model",
            lambda typed: replace(answers, model=Path(typed).absolute()),
            default=found,
        )
    typer.echo(
        "A Telegram bot: write to @BotFather, send /newbot, copy the token. Empty: messages stay in the terminal."
    )
    return replace(answers, token=_ask_token())


def _ask_token() -> str:
    """As @BotFather gives it, or nothing; `typer.prompt` itself does not say what is wrong with what it hides."""
    from coopwatch.config.secrets import is_token

    while True:
        token = str(typer.prompt("Token of the bot", default="", hide_input=True, show_default=False)).strip()
        if not token or is_token(token):
            return token
        typer.echo(
            "Error: received something else, expected digits, a colon and letters; copy the token alone", err=True
        )


def _ask_camera(answers: "FirstAnswers", name: str) -> "FirstAnswers":
    """The answers with one camera more."""
    from dataclasses import replace

    from coopwatch.config.first import FirstCamera
    from coopwatch.config.source import absolute_source

    before = answers.cameras
    place = f"cameras[{len(before)}]"
    answers = _checked(
        "Name of the camera (a-z, 0-9, _)",
        f"{place}.name",
        lambda typed: replace(answers, cameras=(*before, FirstCamera(name=typed, source="/dev/video0"))),
        default=name,
    )
    camera = answers.cameras[-1]
    answers = _checked(
        "Its address (rtsp://..., http://..., /dev/video0, a folder; simulated: is a drawn coop)",
        f"{place}.source",
        lambda typed: replace(answers, cameras=(*before, replace(camera, source=absolute_source(typed, Path.cwd())))),
    )
    camera = answers.cameras[-1]
    if "://" not in camera.source:
        return answers
    username = typer.prompt("Its user, if it asks for one", default="", show_default=False)
    password = typer.prompt("And password", default="", hide_input=True, show_default=False) if username else ""
    return replace(answers, cameras=(*before, replace(camera, username=username, password=password)))


def _checked(
    text: str, key: str, put: "Callable[[str], FirstAnswers]", *, default: str | None = None
) -> "FirstAnswers":
    """The answers with what is typed put in; asked again, with the reason, while the config would be wrong."""
    from coopwatch.config.first import first_mistake

    def check(typed: str) -> "FirstAnswers":
        answers = put(typed.strip())
        if (mistake := first_mistake(answers, key)) is not None:
            raise typer.BadParameter(mistake)
        return answers

    answers: FirstAnswers = typer.prompt(text, default=default, value_proc=check)
    return answers


def _timezone() -> str | None:
    """What the machine itself is set to; None for UTC, in which servers live and hens do not."""
    try:
        zone = Path("/etc/localtime").resolve().relative_to("/usr/share/zoneinfo").as_posix()
    except ValueError:
        return None
    return None if zone in ("UTC", "Etc/UTC") else zone


def _model() -> Path:
    """The model that came along, if one did."""
    beside = (Path(sys.prefix) / "models" / "demo", Path(__file__).resolve().parents[2] / "models" / "demo")
    return next((folder for folder in beside if folder.is_dir()), Path("models/demo"))


def _try_cameras(settings: "Settings", folder: Path) -> None:
    """A photo of each, so that one sees what it sees."""
    import asyncio

    from coopwatch.cli.doctor import check_one, save_map

    for camera in settings.cameras:
        try:
            checkup = asyncio.run(check_one(settings, camera))
            picture = save_map(checkup, camera, folder / f"{camera.name}.jpg")
        except UserMustActError as error:
            typer.echo(f"{error}", err=True)
            continue
        if picture is None:
            typer.echo(f"{camera.name}: no picture: {checkup.trouble}", err=True)
        else:
            typer.echo(f"{camera.name}: look at {picture}")


def _require_system() -> None:
    import os

    if os.geteuid() != 0:
        raise UserMustActError("--systemd: received a user who is not root, expected root; run it with sudo")
    if shutil.which("systemctl") is None or not _BOOTED.is_dir():
        raise UserMustActError(
            "--systemd: received a machine that systemd does not run, expected one that it does; leave --systemd out"
        )
    if Path(sys.prefix).is_relative_to("/home") or Path(sys.prefix).is_relative_to("/root"):
        raise UserMustActError(
            f"--systemd: received an installation in {sys.prefix}, which the service may not look into, expected one "
            "elsewhere; install it into /opt/coopwatch, see docs/quickstart.md"
        )


def unit_text(unit: str, *, prefix: Path, token: bool, passwords: list[str]) -> str:
    """The unit for this installation: its own program, and a credential for each secret that there is."""
    unit = unit.replace("/opt/coopwatch", str(prefix))
    credential = "LoadCredential=token:/etc/coopwatch/token\n"
    wanted = credential if token else ""
    wanted += "".join(f"LoadCredential=camera_{name}:/etc/coopwatch/{name}.password\n" for name in passwords)
    return unit.replace(credential, wanted)


def _install(answers: "FirstAnswers") -> None:
    passwords = [camera.name for camera in answers.cameras if camera.password]
    text = unit_text(UNIT.read_text(), prefix=Path(sys.prefix), token=bool(answers.token), passwords=passwords)
    (UNITS / UNIT.name).write_text(text)
    for command in (["daemon-reload"], ["enable", "--now", UNIT.stem]):
        done = subprocess.run(["systemctl", *command], check=False)  # noqa: S607 (found by _require_system)
        if done.returncode:
            raise UserMustActError(
                f"systemctl {' '.join(command)} ended with {done.returncode}, expected 0; see `journalctl -u coopwatch`"
            )
    typer.echo(f"The service runs: systemctl status {UNIT.stem}")


def _invite(settings: "Settings", config: Path) -> None:
    """Try the token, and make the code that lets the keeper's chat in; the first message there answers it."""
    import asyncio

    from coopwatch.cli.subscribers import invite
    from coopwatch.doctor.finding import Grade
    from coopwatch.doctor.parts import check_bot

    found = asyncio.run(check_bot(settings.chat.telegram))
    typer.echo(f"bot: {found.seen}{found.remedy and f'; {found.remedy}'}", err=found.grade is not Grade.WELL)
    if found.grade is Grade.ILL:
        typer.echo(f"Then let your chat in: coopwatch subscribers invite --config {config}")
    else:
        invite(config)
