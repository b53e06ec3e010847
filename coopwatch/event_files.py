"""Files with a JSON object a line, as `replay --json` and `simulate` write them: paths in, events and states out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from coopwatch.core.event_json import event_from_json, time_from_json, time_to_json
from coopwatch.core.score import SCORED, TOLERANCE
from coopwatch.core.tuning import Truth
from coopwatch.errors import UserMustActError
from coopwatch.values import Event

_STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a file says."""

    states: Truth
    events: tuple[Event, ...]  # each once
    again: tuple[str, ...] = ()  # the places of those that were given before

    @property
    def moments(self) -> list[datetime]:
        """All that it speaks of."""
        return [at for _, at in self.states] + [event.at for event in self.events]

    @property
    def names(self) -> frozenset[str]:
        """Of nests, hens and labels, all that it speaks of."""
        nests = {nest for nest, _ in self.states} | {event.nest for event in self.events if event.nest is not None}
        return frozenset(nests.union(self.states.values(), *(event.hens for event in self.events)))

    @property
    def lasted(self) -> timedelta:
        """From the first moment that it speaks of to the last one."""
        return max(self.moments) - min(self.moments) if self.moments else timedelta(0)


def beyond_truth(told: Recorded, truth: Recorded) -> Iterator[str]:
    """What was told of times, nests and hens that the truth does not speak of: it counts as false, maybe wrongly."""
    events = [event for event in told.events if event.kind in SCORED]
    began, ended = min(truth.moments), max(truth.moments)
    outside = sum(not began - TOLERANCE <= event.at <= ended + TOLERANCE for event in events)
    if outside:
        yield (
            f"{outside} of {len(events)} told events {'is' if outside == 1 else 'are'} of a time that the truth does "
            f"not speak of: it begins at {time_to_json(began)} and ends at {time_to_json(ended)}"
        )
    named = {name for event in events for name in (event.nest, *event.hens) if name is not None}
    if unknown := sorted(named - truth.names):
        yield f"told events name what the truth never names: {', '.join(unknown)}; is it called otherwise there?"


def given_again(recorded: Recorded) -> Iterator[str]:
    """What was given more than once, as in a file written twice."""
    if recorded.again:
        count = len(recorded.again)
        yield (
            f"{recorded.again[0]}: received an event that was given before, it counts once; "
            f"{count} such line{'s' if count > 1 else ''} in all"
        )


def read_recorded(path: Path) -> Recorded:
    """Read states (nest and moment -> label) and events.

    Raises:
        UserMustActError: there is no such file, or a line is neither an event nor a state.
    """
    states: dict[tuple[str, datetime], str] = {}
    events: dict[tuple[object, ...], Event] = {}
    again: list[str] = []
    for where, values in _lines(path):
        try:
            if values.get("kind") != _STATE:
                event = event_from_json(values)
                if events.setdefault(_identity(event), event) is not event:
                    again.append(where)
            elif "probability" not in values:  # what `replay --states` saw is no truth
                states[str(values["nest"]), time_from_json(values["at"])] = str(values["label"])
        except UserMustActError as error:
            raise UserMustActError(f"{where}: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            raise UserMustActError(
                f"{where}: received {error} in a state, expected nest, at (a time with its zone) and label; correct it"
            ) from error
    return Recorded(states=states, events=tuple(events.values()), again=tuple(again))


def _identity(event: Event) -> tuple[object, ...]:
    """What two lines about one event have in common, however sure each is and whenever it was told."""
    return event.kind, event.camera, event.nest, event.at, event.hens


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line's place and object."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
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
