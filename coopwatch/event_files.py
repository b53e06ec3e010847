"""Files with a JSON object a line, as `replay --json` and `simulate` write them: paths in, events and states out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from coopwatch.core.event_json import event_from_json
from coopwatch.core.tuning import Truth
from coopwatch.errors import UserMustActError
from coopwatch.values import Event

_STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a file says."""

    states: Truth
    events: tuple[Event, ...]

    @property
    def lasted(self) -> timedelta:
        """From the first moment that it speaks of to the last one."""
        moments = [at for _, at in self.states] + [event.at for event in self.events]
        return max(moments) - min(moments) if moments else timedelta(0)


def read_recorded(path: Path) -> Recorded:
    """Read states (nest and moment -> label) and events.

    Raises:
        UserMustActError: there is no such file, or a line is neither an event nor a state.
    """
    states: dict[tuple[str, datetime], str] = {}
    events: list[Event] = []
    for where, values in _lines(path):
        try:
            if values.get("kind") != _STATE:
                events.append(event_from_json(values))
            elif "probability" not in values:  # what `replay --states` saw is no truth
                states[str(values["nest"]), datetime.fromisoformat(values["at"]).astimezone(UTC)] = values["label"]
        except UserMustActError as error:
            raise UserMustActError(f"{where}: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise UserMustActError(
                f"{where}: received {error} in a state, expected nest, at (a time with its zone) and label; correct it"
            ) from error
    return Recorded(states=states, events=tuple(events))


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line's place and object."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserMustActError(
            f"{path}: received {error}, expected states and events, a JSON object a line; "
            "write them as `coopwatch simulate` and `coopwatch replay --json` do"
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except ValueError as error:
            values = error
        if not isinstance(values, dict):
            raise UserMustActError(f"{path}, line {number}: received {line[:80]!r}, expected a JSON object; correct it")
        yield f"{path}, line {number}", values
