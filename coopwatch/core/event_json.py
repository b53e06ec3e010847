"""An event as a JSON object, the shape that scripts may rely on: event in, object out, and back."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from coopwatch.errors import UserMustActError
from coopwatch.values import Event, EventKind


def event_to_json(event: Event) -> dict[str, Any]:
    """The object, ready for `json.dumps`; times are ISO 8601 in UTC with a `Z`."""
    return {
        "kind": event.kind.value,
        "camera": event.camera,
        "nest": event.nest,
        "at": time_to_json(event.at),
        "told_at": time_to_json(event.told_at),
        "hens": list(event.hens),
        "certainty": event.certainty,
        "photo": event.photo,
        "began": None if event.began is None else time_to_json(event.began),
        "reason": event.reason,
    }


def event_to_line(event: Event) -> str:
    """The object as one line of JSON, without the line's end."""
    return json.dumps(event_to_json(event), ensure_ascii=False)


def event_from_json(values: Mapping[str, Any]) -> Event:
    """The event of an object; only kind, nest, at and hens must be there, other keys are passed over.

    Raises:
        UserMustActError: a key is missing, or a value cannot be.
    """
    try:
        at, began = time_from_json(values["at"]), values.get("began")
        return Event(
            kind=EventKind(values["kind"]),
            camera=values.get("camera"),
            nest=_nest(values["nest"]),
            at=at,
            told_at=time_from_json(values["told_at"]) if "told_at" in values else at,
            hens=_hens(values["hens"]),
            certainty=_certainty(values.get("certainty", 1.0)),
            photo=values.get("photo"),
            began=None if began is None else time_from_json(began),
            reason=values.get("reason", ""),
        )
    except KeyError as error:
        raise _refused(f"no {error}", values) from error
    except (TypeError, ValueError) as error:
        raise _refused(str(error), values) from error


def time_to_json(at: datetime) -> str:
    """ISO 8601 in UTC, such as 2026-05-01T05:00:10Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def time_from_json(text: str) -> datetime:
    """The moment in UTC.

    Raises:
        TypeError: it is no text.
        ValueError: it is no time, one without a zone, or none that UTC has.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} without a time zone")
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text}, which is beyond all years") from error


def _nest(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ValueError(f"nest {value!r}")


def _hens(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    raise ValueError(f"hens {value!r}")


def _certainty(value: float) -> float:
    if 0 <= float(value) <= 1:
        return float(value)
    raise ValueError(f"certainty {value!r}")


def _refused(received: str, values: Mapping[str, Any]) -> UserMustActError:
    return UserMustActError(
        f"received {received} in {str(dict(values))[:200]}, expected an event with a known kind, its nest, at (a time "
        "with its zone), hens (a list) and, if told, certainty (0 to 1); write it as `coopwatch replay --json` does"
    )
