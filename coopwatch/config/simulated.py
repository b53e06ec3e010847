"""The `source` of a simulated camera: text in, its checked parts out."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self
from urllib.parse import parse_qsl

from coopwatch.errors import UserMustActError

_SCHEME = "simulated:"
_YEARS = (1971, 2199)
EXAMPLE = "simulated:?seed=7&speed=600&start=2026-05-01T03:00:00Z"
EXPECTED = "seed (a whole number), speed (above 0, at most 100000) and start (a time with its zone), each once at most"
_START = datetime(2026, 5, 1, 3, tzinfo=UTC)  # an hour before sunrise: the first hens come soon


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedSource:
    """Which simulated coop, from when on, and how many times as fast as real time."""

    seed: int = 7
    speed: float = 1.0
    start: datetime = _START

    @classmethod
    def parse(cls, source: str) -> Self | None:
        """The parts of `simulated:?seed=7&speed=600&start=2026-05-01T03:00:00Z`; None if it names another camera.

        Each part may be left out.

        Raises:
            UserMustActError: an unknown or repeated part, or a value that cannot be.
        """
        if not source.startswith(_SCHEME):
            return None
        pairs = parse_qsl(source.removeprefix(_SCHEME).removeprefix("?"), keep_blank_values=True)
        parts = dict(pairs)
        if len(parts) < len(pairs):
            raise _refused(source, "a part twice")
        if unknown := parts.keys() - {"seed", "speed", "start"}:
            raise _refused(source, ", ".join(sorted(unknown)))
        start = parts.get("start", "").replace(" ", "+")  # an address has its spaces written as +
        return cls(
            seed=_seed(source, parts.get("seed", "7")),
            speed=_speed(source, parts.get("speed", "1")),
            start=read_start(start) if "start" in parts else _START,
        )


def _seed(source: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 18:
        raise _refused(source, f"seed={text}")
    return int(text)


def _speed(source: str, text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed <= 100_000:
        raise _refused(source, f"speed={text}")
    return speed


def read_start(text: str) -> datetime:
    """The moment that a text such as 2026-05-01T03:00:00Z names, in UTC.

    Raises:
        UserMustActError: it names none, has no zone, or lies outside the years in which the simulated sun shines.
    """
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        start = None
    if start is None or start.tzinfo is None or not _YEARS[0] <= start.year <= _YEARS[1]:
        raise UserMustActError(
            f"received start={text}, expected a time with its zone in the years {_YEARS[0]} to {_YEARS[1]}; "
            "write it like 2026-05-01T03:00:00Z"
        )
    return start.astimezone(UTC)


def _refused(source: str, received: str) -> UserMustActError:
    return UserMustActError(f"{source}: received {received}, expected {EXPECTED}; write it like {EXAMPLE}")
