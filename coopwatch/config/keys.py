"""The table of all keys that a config file may have, read off the settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from coopwatch.config.mistakes import Place
from coopwatch.config.settings import Expected, RegionSettings, Settings
from coopwatch.values import Region

ITEM = "[]"
ANY = "*"
_STEPS: dict[object, str] = {tuple: ITEM, dict: ANY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key; in its path, `[]` stands for the items of a list and `*` for a key that the keeper chooses."""

    path: tuple[str, ...]
    required: bool
    default: object  # None where there is none
    expected: str
    description: str
    section: type[BaseModel] | None  # of the keys below it

    @property
    def name(self) -> str:
        """The key itself."""
        return self.path[-1]


@cache
def all_keys() -> tuple[Key, ...]:
    """Every key, a section's own keys right after it."""
    return tuple(_keys(Settings, ()))


def known_keys(place: Place) -> tuple[str, ...]:
    """The keys that may stand below a place; empty where no mapping belongs."""
    return tuple(
        key.name for key in all_keys() if len(key.path) == len(place) + 1 and _fits(key.path, place) and key.name != ANY
    )


def holds_keys(place: Place) -> bool:
    """Whether a mapping belongs at a place: a section, or a mapping whose keys the keeper chooses."""
    length = len(place)
    return any(len(key.path) > length and _fits(key.path, place) and key.path[length] != ITEM for key in all_keys())


def find_key(place: Place) -> Key | None:
    """The key that a place is a value of; for an item of a list, the list."""
    while place and isinstance(place[-1], int):
        place = place[:-1]
    return next((key for key in all_keys() if len(key.path) == len(place) and _fits(key.path, place)), None)


def _fits(path: tuple[str, ...], place: Place) -> bool:
    return all(
        step in (ANY, ITEM) if isinstance(here, int) else step in (ANY, here)
        for step, here in zip(path, place, strict=False)
    )


def _keys(section: type[BaseModel], above: tuple[str, ...]) -> Iterator[Key]:
    for name, field in section.model_fields.items():
        below, steps = _below(field.annotation)
        path = (*above, name)
        yield Key(
            path=path,
            required=field.is_required(),
            default=None if field.is_required() else field.default,
            expected=_expected(field),
            description=" ".join((field.description or "").split()),
            section=below,
        )
        if below is not None:
            yield from _keys(below, (*path, *steps))


def _below(annotation: object) -> tuple[type[BaseModel] | None, tuple[str, ...]]:
    """The section below a key's value, and the steps to it through lists and mappings."""
    if annotation is Region:
        return RegionSettings, ()
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ()
    step = _STEPS.get(get_origin(annotation))
    here = () if step is None else (step,)
    for inner in get_args(annotation):
        below, steps = _below(inner)
        if below is not None:
            return below, (*here, *steps)
    return None, ()


def _expected(field: FieldInfo) -> str:
    return next(part.text for part in reversed(field.metadata) if isinstance(part, Expected))
