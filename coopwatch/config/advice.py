"""Sound settings in; what a keeper may still want to change out."""

import os
from collections.abc import Iterator
from pathlib import Path

from coopwatch.config.secrets import exposure
from coopwatch.config.settings import CameraSettings, Settings, TelegramSettings
from coopwatch.config.source import missing_path, query_secrets
from coopwatch.errors import ConfigError, ModelError
from coopwatch.vision.card import load_model_folder
from coopwatch.vision.model_files import FEATURES_FILE

_ADDRESSES = "the address of a camera begins with rtsp:// or http://"
_DEVICES = "`ls /dev/v4l/by-id` shows the cameras that are plugged in"


def advice(settings: Settings) -> list[str]:
    """Warnings: coopwatch can start, but something may not be as meant.

    Raises:
        ConfigError: the model folder is damaged.
    """
    return [*_telegram(settings.chat.telegram), *_cameras(settings.cameras), *_model(settings)]


def _telegram(telegram: TelegramSettings | None) -> Iterator[str]:
    if telegram is None:
        return
    yield from _secret("chat.telegram: token", telegram.token_file, telegram.token_env)
    if telegram.token_file is None and telegram.token_env is None and "CREDENTIALS_DIRECTORY" not in os.environ:
        yield "chat.telegram: no token_file and no token_env, so the token must come as systemd credential `token`"


def _cameras(cameras: tuple[CameraSettings, ...]) -> Iterator[str]:
    for camera in cameras:
        place = f"cameras[{camera.name}]"
        yield from _secret(f"{place}: password", camera.password_file, camera.password_env)
        for name in query_secrets(camera.source):
            yield f"{place}: `{name}` in the source's address may be a password; whoever reads the file can see it"
        path = missing_path(camera.source)
        if path is not None:
            yield f"{place}: there is no {path}; {_DEVICES if path.is_relative_to('/dev') else _ADDRESSES}"


def _secret(owner: str, file: Path | None, env: str | None) -> Iterator[str]:
    if file is not None and (warning := exposure(file)) is not None:
        yield f"{owner}: {warning}"
    if env is not None and not os.environ.get(env):
        yield f"{owner}: the environment variable {env} is not set here; coopwatch will need it"


def _model(settings: Settings) -> Iterator[str]:
    try:
        card = load_model_folder(settings.model).card
    except ModelError as error:
        raise ConfigError(f"model: {error}") from error
    if settings.learn and FEATURES_FILE not in card.files:
        yield (
            f"model: corrections in the chat cannot teach {settings.model.name}, which came without {FEATURES_FILE}; "
            "make one that learns with `coopwatch train`, or set `learn: false`"
        )
    roles = card.roles
    hens = [label for label, role in roles.items() if role == "hen"]
    for label in settings.hens:
        if label not in hens:
            yield f"hens.{label}: the model knows no such hen; it knows {', '.join(hens)}"
