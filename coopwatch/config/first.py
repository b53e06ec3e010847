"""A keeper's first answers in; the text of a config file, and the secrets that stand beside it, out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from coopwatch.config.document import yaml_text
from coopwatch.config.load import load_settings
from coopwatch.config.source import missing_path
from coopwatch.errors import ConfigError

_LONGEST_STEM = 34  # a name has 40 letters at most, and `_right` has six


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstCamera:
    """One camera, whose whole picture is one nest to begin with, unless it is the drawn coop."""

    name: str
    source: str
    username: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAnswers:
    """What has to be known to begin."""

    timezone: str
    data_dir: Path
    model: Path
    cameras: Sequence[FirstCamera]
    token: str = ""  # empty: the terminal stands in the place of the chat


def first_config(answers: FirstAnswers, *, with_files: bool) -> str:
    """The text; `with_files` names a file for each secret, else systemd hands them over as credentials."""
    lines = [
        "# Made by `coopwatch setup`; config/coopwatch.example.yaml explains every key there is.",
        f"timezone: {yaml_text(answers.timezone)}",
        f"data_dir: {yaml_text(str(answers.data_dir))}",
        f"model: {yaml_text(str(answers.model))}",
        "",
        "cameras:",
    ]
    for camera in answers.cameras:
        lines += [f"  - name: {yaml_text(camera.name)}", f"    source: {yaml_text(camera.source)}"]
        if camera.username:
            lines.append(f"    username: {yaml_text(camera.username)}")
        if camera.password and with_files:
            lines.append(f"    password_file: {camera.name}.password")
        is_first_drawn = camera == next((one for one in answers.cameras if _is_drawn(one)), None)
        lines += ["    nests:", *_nests(camera, is_first_drawn)]
    lines += ["", "chat:"]
    if not answers.token:
        lines.append("  terminal: true")
    else:
        lines.append("  telegram: {token_file: token}" if with_files else "  telegram:  # the token is a credential")
    return "\n".join(lines) + "\n"


def _is_drawn(camera: FirstCamera) -> bool:
    return camera.source.startswith("simulated:")


def _nests(camera: FirstCamera, is_first_drawn: bool) -> list[str]:
    """Of the drawn coop where they are; else the whole picture, since nobody knows it yet."""
    if _is_drawn(camera):
        # What truly happened there is known of `left` and `right`; another drawn coop needs names of its own.
        stem = "" if is_first_drawn else f"{camera.name[:_LONGEST_STEM]}_"
        return [
            f"      - {{name: {stem}left, region: {{left: 0.0125, top: 0.0, right: 0.4875, bottom: 1.0}}}}",
            f"      - {{name: {stem}right, region: {{left: 0.5125, top: 0.0, right: 0.9875, bottom: 1.0}}}}",
        ]
    region = "{left: 0.0, top: 0.0, right: 1.0, bottom: 1.0}"
    return [f"      - {{name: {yaml_text(camera.name)}, region: {region}}}  # the whole picture: draw it closer"]


def first_mistake(answers: FirstAnswers, key: str) -> str | None:
    """What is wrong with the answer that becomes this key of the config; None if it will do."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "coopwatch.yaml"
        file.write_text(first_config(answers, with_files=False), encoding="utf-8")
        try:
            load_settings(file)
        except ConfigError as error:
            said = (line.removeprefix(f"{file}:").split(": ", 2) for line in str(error).splitlines())
            # A nest is called as its camera: a name that no nest may have is asked for again, too.
            keys = (key, f"{key.removesuffix('name')}nests[0].name")
            return next((mistake for _, where, mistake in said if where in keys), None)
    path = missing_path(answers.cameras[-1].source)
    if key.endswith("source") and path is not None:
        return f"received {path}, which is not there, expected an address such as rtsp://camera.local/stream, or a path"
    return None


def secret_files(answers: FirstAnswers) -> dict[str, str]:
    """File beside the config -> the secret in it."""
    files = {f"{camera.name}.password": camera.password for camera in answers.cameras if camera.password}
    return files | ({"token": answers.token} if answers.token else {})


def write_secret(file: Path, secret: str) -> None:
    """Write a file that its owner alone can read, from its first moment on."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(f"{secret}\n", encoding="utf-8")
