"""Passwords and tokens: from a file, an environment variable or a systemd credential; in no repr and in no log."""

import os
import re
import stat
from pathlib import Path

from pydantic import SecretStr

from coopwatch.config.mistakes import reading_fault
from coopwatch.config.settings import CameraSettings, TelegramSettings
from coopwatch.errors import ConfigError

MAX_BYTES = 4096
BY_ROOT = Path("/etc/coopwatch")
"""Where `setup --systemd` keeps secrets: the service gets them as credentials, root's own commands read them there."""


def telegram_token(telegram: TelegramSettings) -> SecretStr | None:
    """The bot's token; its systemd credential is called `token`.

    Raises:
        ConfigError: the file or variable that the settings name gives no token.
    """
    return read_secret(telegram.token_file, telegram.token_env, "token", "token")


def is_token(text: str) -> bool:
    """Whether a text has the form of a bot's token."""
    return re.fullmatch(r"\d+:[A-Za-z0-9_-]+", text) is not None


def camera_password(camera: CameraSettings) -> SecretStr | None:
    """The camera's password; its systemd credential is called `camera_NAME`.

    Raises:
        ConfigError: the file or variable that the settings name gives no password.
    """
    return read_secret(camera.password_file, camera.password_env, f"camera_{camera.name}", f"{camera.name}.password")


def read_secret(file: Path | None, env: str | None, credential: str, by_root: str = "") -> SecretStr | None:
    """The secret of the file, else of the environment variable, else of the systemd credential, else None.

    Outside of the service, what would be the credential is the file `by_root` of root's, for whoever may read it.

    Raises:
        ConfigError: what is named gives no secret.
    """
    if file is not None:
        return _from_file(file)
    if env is not None:
        return _from_variable(env)
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    found = BY_ROOT / by_root if folder is None else Path(folder) / credential
    return _from_file(found) if found.is_file() and os.access(found, os.R_OK) else None


def secret_file_fault(file: Path) -> str | None:
    """Why a file gives no secret, in words that fit after "received"; None if it does."""
    try:
        _content(file)
    except OSError as error:
        return reading_fault(error)
    except ValueError as error:
        return str(error)
    return None


def exposure(file: Path) -> str | None:
    """A warning if everyone on this machine can read the file, else None."""
    if file.stat().st_mode & stat.S_IROTH:
        return f"{file}: everyone on this machine can read this secret; run `chmod o-r {file}`"
    return None


def _from_file(file: Path) -> SecretStr:
    fault = secret_file_fault(file)
    if fault is not None:
        raise ConfigError(
            f"{file}: received {fault}, expected a file that holds the secret and nothing else, "
            "write it there, readable by the user of coopwatch alone"
        )
    return SecretStr(_content(file))


def _from_variable(name: str) -> SecretStr:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ConfigError(f"environment variable {name}: received nothing, expected the secret, set it and start again")
    return SecretStr(value)


def _content(file: Path) -> str:
    with file.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    try:
        text = content.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("a file that is no text") from None  # the cause quotes the bytes
    if not text:
        raise ValueError("an empty file")
    if len(content) > MAX_BYTES or len(text.splitlines()) > 1:
        raise ValueError("a file of several lines")
    return text
