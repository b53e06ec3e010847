"""Told and true events in; what comparing them came to, for programs and for people, out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from coopwatch.core.attribution import Attribution, attribution
from coopwatch.core.score import KindScore, Score, score
from coopwatch.values import Event
from coopwatch.workbench.share import percent
from coopwatch.workbench.text_table import aligned


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFigures:
    """How well events were told, and eggs put down to hens."""

    days: float  # that the truth speaks of
    scores: Score
    eggs: Attribution

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        kinds = {kind.value: self._kind_json(one) for kind, one in self.scores.kinds.items()}
        return {
            "days": self.days,
            "kinds": {**kinds, "all": self._kind_json(self.scores.overall)},
            "attribution": {
                "eggs": self.eggs.eggs,
                "coverage": self.eggs.coverage,
                "precision": self.eggs.precision,
                "calibration_error": self.eggs.calibration_error,
            },
        }

    def _kind_json(self, one: KindScore) -> dict[str, Any]:
        return {
            "true": one.true,
            "told": one.told,
            "right": one.matched,
            "precision": one.precision,
            "recall": one.recall,
            "f1": one.f1,
            "median_delay_seconds": None if one.median_delay is None else one.median_delay.total_seconds(),
            "false_alarms_a_day": (one.told - one.matched) / self.days if self.days else None,
        }


def measure_events(told: Sequence[Event], true: Sequence[Event], lasted: timedelta) -> EventFigures:
    """Match what was told with what was true in a time of this length."""
    return EventFigures(days=lasted / timedelta(days=1), scores=score(told, true), eggs=attribution(told, true))


def event_lines(figures: EventFigures) -> Iterator[str]:
    """A line a kind of event, then one about eggs."""
    kinds, eggs = figures.as_json()["kinds"], figures.eggs
    head = ("", *(name.replace("_", " ") for name in kinds["all"]))
    yield f"{figures.days:.2f} days"
    yield from aligned(
        [head, *((kind, *map(_text, one.values())) for kind, one in kinds.items())], right=range(1, len(head))
    )
    yield (
        f"eggs told in the right nest at the right time: {eggs.eggs}; one hen named for {_share(eggs.coverage)} of "
        f"them, rightly for {_share(eggs.precision)} of these; calibration error {_text(eggs.calibration_error)}"
    )


def _text(value: float | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "-" if value is None else percent(value)
