"""What is remembered of one nest between two pieces of evidence."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from coopwatch.values import Belief, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything `advance` needs of the past of one nest; saved with every transition."""

    camera: str
    nest: str
    at: datetime | None = None  # of the newest evidence or tick
    belief: Belief | None = None  # marginal of `joint` over glitches
    joint: tuple[tuple[float, ...], ...] = ()  # labels x (no glitch, then one a wrong label), labels sorted
    labels: tuple[str, ...] = ()  # the labels that `joint` speaks of
    rising: tuple[datetime, ...] = ()  # a label: since when its belief has been above the rising bar
    state: str | None = None  # the label that is told; None: not sure yet
    since: datetime | None = None  # when the state began
    visit: Visit | None = None  # the visit that lasts
    contents: str | None = None  # role of the last clear view of the nest's floor: "egg", "empty"; None: not seen
    sitters: tuple[tuple[str, timedelta], ...] = ()  # hens since that clear view and how long each sat
