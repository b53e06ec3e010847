"""A file of labels, one a line in the order of a network's outputs, in; labels with roles out."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from coopwatch.errors import UserMustActError
from coopwatch.values import Role
from coopwatch.vision.card import Label
from coopwatch.workbench.pictures.roles import make_labels

_MOST_BYTES = 1_000_000


def read_labels(path: Path, roles: Mapping[str, Role]) -> tuple[Label, ...]:
    """The labels in the order of their lines; roles are told by the names, or given.

    Raises:
        UserMustActError: not readable, no text, fewer than two labels, a label twice, or a name that cannot be one.
    """
    names = [line.strip() for line in _text(path).strip().splitlines()]
    twice = next((name for name in names if names.count(name) > 1), None) if len(names) < 10_000 else ""
    if len(names) < 2 or twice is not None:
        received = f"{len(names)} labels" if twice is None else f"the label {twice!r} twice"
        raise _refused(path, received, "at least two labels, each once")
    try:
        by_name = {label.name: label for label in make_labels(set(names), roles)}
    except ValidationError as error:
        name = error.errors()[0]["input"]
        raise _refused(path, f"{name!r:.80}", "a label of letters, digits, '_', '-' and '.', at most 64") from error
    return tuple(by_name[name] for name in names)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise _refused(path, str(error.strerror), "a readable file") from error
    except UnicodeDecodeError as error:
        raise _refused(path, "a file that is no text", "one label a line") from error


def _refused(path: Path, received: str, expected: str) -> UserMustActError:
    return UserMustActError(
        f"--labels: {path}: received {received}, expected {expected}; "
        "write one label a line, in the order of the network's outputs"
    )
