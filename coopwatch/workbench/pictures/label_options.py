"""What options on pictures mean: text from the command line in, values or a plain refusal out."""

from collections.abc import Mapping, Sequence, Set
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coopwatch.errors import UserMustActError
from coopwatch.values import Role
from coopwatch.workbench.pictures.dataset import Reading, list_names


def parse_pairs(option: str, values: Sequence[str]) -> list[tuple[str, str]]:
    """Each `NAME=NAME` as two names."""
    pairs = []
    for value in values:
        name, sign, meaning = value.partition("=")
        if not (name and sign and meaning):
            raise UserMustActError(f"{option}: received {value}, expected two names joined by '='; write NAME=NAME")
        pairs.append((name, meaning))
    return pairs


def parse_roles(values: Sequence[str]) -> dict[str, Role]:
    """Each `LABEL=ROLE` as label -> role."""
    roles = {}
    for label, role in parse_pairs("--roles", values):
        if role not in list(Role):
            raise UserMustActError(f"--roles: received {role}, expected one of {', '.join(Role)}; choose one")
        roles[label] = Role(role)
    return roles


def parse_reading(
    places: Sequence[Path],
    *,
    roles: Sequence[str] | None = None,
    merge: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    timezone: str = "UTC",
) -> Reading:
    """How the folders or tables `places` become labels, from the options that say so; None: not given.

    Raises:
        UserMustActError: an option that means nothing, or names what is not there.
        DatasetError: a place that cannot be read.
    """
    reading = Reading(
        roles=parse_roles(roles or ()),
        merge=dict(parse_pairs("--merge", merge or ())),
        exclude=frozenset(exclude or ()),
        zone=parse_zone(timezone),
    )
    if reading.merge or reading.exclude:
        names = {name for place in places for name in list_names(place)}
        _require_there("--merge", reading.merge.keys(), names)
        _require_there("--exclude", reading.exclude, {reading.merge.get(name, name) for name in names})
    return reading


def _require_there(option: str, given: Set[str], there: Set[str]) -> None:
    """A typo would be passed over: the label that it meant stays in, or stays apart."""
    if strangers := sorted(given - there):
        raise UserMustActError(
            f"{option}: received {', '.join(strangers)}, expected of the labels there are: {', '.join(sorted(there))}; "
            "correct the name"
        )


def require_one(options: Mapping[str, object]) -> None:
    """Refuse more than one of these options, each of which says what is tested on: one of them would be passed over.

    Raises:
        UserMustActError: more than one of them was given.
    """
    given = [option for option, value in options.items() if value]
    if len(given) > 1:
        raise UserMustActError(
            f"received {' and '.join(given)}, expected one of them, because each says which pictures are tested on; "
            "leave the others out"
        )


def parse_zone(text: str) -> ZoneInfo:
    """An IANA time zone."""
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UserMustActError(
            f"--timezone: received {text}, expected a name such as Europe/Berlin; look it up in the tz list"
        ) from error


def parse_day(option: str, text: str) -> date:
    """A date such as 2026-05-01."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserMustActError(f"{option}: received {text}, expected a date; write 2026-05-01") from error


def parse_size(text: str) -> tuple[int, int]:
    """`HxW` as (height, width)."""
    height, _, width = text.partition("x")
    if not all(side.isdecimal() and 8 <= int(side) <= 4096 for side in (height, width)):
        raise UserMustActError(f"--size: received {text}, expected HEIGHTxWIDTH, each 8 to 4096; write 224x224")
    return int(height), int(width)
