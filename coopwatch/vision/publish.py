"""Puts a finished model on disk whole or not at all, and makes a version of it the active one."""

import hashlib
import os
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path

from coopwatch.errors import ModelError
from coopwatch.vision.card import ACTIVE_FILE, CARD_FILE, ModelCard, ModelFolder, load_model_folder


def publish_model(model: Path, card: ModelCard, files: Mapping[str, bytes]) -> ModelFolder:
    """Write `model/<card.version>/` with these files and their hashes in the card, then make it active.

    Whatever fails (a full disk, say), the model's other versions and its active one stay as they were.

    Raises:
        ModelError: the version exists already, or the folder cannot be written.
    """
    final = model / card.version
    if final.exists():
        raise ModelError(f"{final}: received a version that exists, expected a new one; a version never changes")
    partial = model / f".partial-{uuid.uuid4().hex}"
    try:
        partial.mkdir(parents=True)
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        whole = card.model_copy(update={"files": hashes})
        for name, data in {**files, CARD_FILE: whole.model_dump_json(indent=2).encode()}.items():
            _write(partial / name, data)
        load_model_folder(partial)
        partial.rename(final)
        activate(model, card.version)
    except OSError as error:
        raise ModelError(
            f"{model}: received {error.strerror}, expected a folder with room to write; "
            "free space or choose another folder; the model is as it was"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return load_model_folder(final)


def activate(model: Path, version: str) -> None:
    """Make a version the model's active one, in one step that is done or not done.

    Raises:
        ModelError: the version's folder is not a whole model.
    """
    load_model_folder(model / version)
    fresh = model / f".{ACTIVE_FILE}-{uuid.uuid4().hex}"
    try:
        _write(fresh, f"{version}\n".encode())
        fresh.replace(model / ACTIVE_FILE)
    finally:
        fresh.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
