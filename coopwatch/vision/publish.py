"""Puts a finished model on disk whole or not at all; makes a version the active one, or the one before it."""

import hashlib
import shutil
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from coopwatch.errors import ModelError
from coopwatch.vision.card import ACTIVE_FILE, CARD_FILE, ModelCard, ModelFolder, load_model_folder, version_names
from coopwatch.vision.probe import Serve, probe_answers
from coopwatch.vision.whole_file import write_whole

_PARTIAL = ".partial-"
_MOST_REMEMBERED = 20  # versions that were active once


def publish_model(
    model: Path, card: ModelCard, files: Mapping[str, bytes], *, serve: Serve | None = None
) -> ModelFolder:
    """Write `model/<card.version>/` with these files and their hashes in the card, then make it active.

    With `serve`, the card gets what the model answers here, so that `coopwatch doctor` can compare elsewhere. Whatever
    fails (a full disk, say), the model's other versions and its active one stay as they were.

    Raises:
        ModelError: the version exists already, or the folder cannot be written.
    """
    final = model / card.version
    if final.exists():
        raise ModelError(f"{final}: received a version that exists, expected a new one; a version never changes")
    with _partial(model) as partial:
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        whole = card.model_copy(update={"files": hashes})
        for name, data in {**files, CARD_FILE: whole.model_dump_json(indent=2).encode()}.items():
            write_whole(partial / name, data)
        folder = load_model_folder(partial)
        if serve is not None:
            asked = whole.model_copy(update={"probe_answers": probe_answers(serve(folder), card.input)})
            write_whole(partial / CARD_FILE, asked.model_dump_json(indent=2).encode())
        partial.rename(final)
        activate(model, card.version)
    return load_model_folder(final)


def adopt(model: Path, version: ModelFolder) -> None:
    """Make a version of another model folder one of `model` too, and active; nothing where it is there already.

    Raises:
        ModelError: another version is called so, or the folder cannot be written.
    """
    final = model / version.card.version
    if final.exists():
        if load_model_folder(final).hash != version.hash:
            raise ModelError(f"{final}: received another model than {version.path}, expected a copy; move it away")
        return
    with _partial(model) as partial:
        for name in (*version.card.files, CARD_FILE):
            write_whole(partial / name, (version.path / name).read_bytes())
        partial.rename(final)
        activate(model, final.name)


def prune(model: Path, *, keep: int, spare: Collection[str]) -> None:
    """Delete what a killed publisher left, and all but the newest versions, the active one and those to spare.

    Nobody may publish meanwhile.
    """
    stay = {*version_names(model)[-keep:], *_history(model)[:1], *spare}
    for folder in [model / name for name in version_names(model) if name not in stay] + [*model.glob(f"{_PARTIAL}*")]:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _partial(model: Path) -> Iterator[Path]:
    """A folder beside the versions, to be renamed to one when it is whole."""
    partial = model / f"{_PARTIAL}{uuid.uuid4().hex}"
    try:
        partial.mkdir(parents=True)
        yield partial
    except OSError as error:
        raise _not_writable(model, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def version_at(made: datetime) -> str:
    """What a version that was made at this moment (UTC) is called: by name is by age."""
    return f"{made:%Y%m%dT%H%M%SZ}"


def activate(model: Path, version: str) -> None:
    """Make a version the model's active one, in one step that is done or not done.

    Raises:
        ModelError: no such version, it is not whole, or the folder cannot be written.
    """
    if Path(version).name != version or not (model / version / CARD_FILE).is_file():
        there = ", ".join(version_names(model)) or "none is there"
        raise ModelError(f"{model}: received the version {version}, expected one of its own ({there}); name one")
    load_model_folder(model / version)
    _write_active(model, [version, *(earlier for earlier in _history(model) if earlier != version)])


def roll_back(model: Path) -> str:
    """Make the version active that was so before the active one, and tell which it is; again goes further back.

    Versions that are gone or damaged are passed over.

    Raises:
        ModelError: no earlier version is known and whole, or the folder cannot be written.
    """
    earlier = _whole_before(model)
    if not earlier:
        raise ModelError(
            f"{model}: received a model without an earlier active version, expected one; "
            f"`coopwatch models list {model}` shows its versions, `coopwatch models activate` takes any of them"
        )
    _write_active(model, earlier)
    return earlier[0]


def version_before(model: Path) -> str | None:
    """Which version `roll_back` would make active; None: there is none."""
    return next(iter(_whole_before(model)), None)


def _whole_before(model: Path) -> list[str]:
    """The versions that were active before, from the newest whole one on."""
    _, *earlier = _history(model) or [""]
    while earlier and not _is_whole(model / earlier[0]):
        earlier.pop(0)
    return earlier


def _history(model: Path) -> list[str]:
    """The lines of `active`: the version in use, then those that were in use before it, the newest first."""
    try:
        return (model / ACTIVE_FILE).read_text(encoding="utf-8").split()
    except OSError:
        return []


def _is_whole(folder: Path) -> bool:
    try:
        load_model_folder(folder)
    except ModelError:
        return False
    return True


def _write_active(model: Path, versions: Sequence[str]) -> None:
    text = "".join(f"{version}\n" for version in versions[:_MOST_REMEMBERED])
    try:
        write_whole(model / ACTIVE_FILE, text.encode())
    except OSError as error:
        raise _not_writable(model, error) from error


def _not_writable(model: Path, error: OSError) -> ModelError:
    return ModelError(
        f"{model}: received {error.strerror}, expected a folder with room to write; "
        "free space or choose another folder; the model is as it was"
    )
