"""A mistake in a config file: where it is, what was received, what was expected, what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coopwatch.errors import ConfigError

Place = tuple[str | int, ...]
"""The way to a value: keys of mappings and numbers of list items."""

EMPTY = "''"  # an empty key, fit to be read


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One line of a `ConfigError`."""

    line: int
    key: str
    received: str
    expected: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.line}: {self.key}: received {self.received}, expected {self.expected}, {self.remedy}"


def key_text(place: Place) -> str:
    """The place as people write it: `cameras[0].nests[1].name`; `file` for the whole."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step.strip() or EMPTY}" for step in place)
    return " ".join(text.removeprefix(".").split()) or "file"


def config_error(file: Path, mistakes: Iterable[Mistake]) -> ConfigError:
    """All mistakes of a file as one error, in the order of its lines."""
    return ConfigError("\n".join(f"{file}:{mistake}" for mistake in sorted(mistakes, key=lambda mistake: mistake.line)))


def reading_fault(error: OSError) -> str:
    """Why a file could not be read, in words that fit after "received"."""
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return "a folder"
    return f"a file that cannot be read ({error.strerror})"
