"""What is remembered of one nest between two pieces of evidence."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from coopwatch.core.belief import Joint
from coopwatch.values import Belief, Event, EventKind, Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Who was in a nest since the last clear view into it."""

    who: str  # a hen, or `egg.SOMEBODY`
    lasted: timedelta  # all her stays together
    ended: datetime  # the last of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a nest looks like while the hen who visits it may only hide."""

    role: str  # "egg" or "empty"
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything `advance` needs of the past of one nest; saved with every transition."""

    camera: str
    nest: str
    at: datetime | None = None  # of the newest evidence or tick; None: nothing yet
    seen_at: datetime | None = None  # of the newest evidence alone
    labels: tuple[str, ...] = ()  # the labels that `joint` and `rising` speak of, sorted
    joint: Joint = ()
    rising: tuple[datetime | None, ...] = ()  # since when each label has been worth a thought; None: it is not
    state: str | None = None  # the label that is told; None: not sure
    since: datetime | None = None  # when the state began, or when we stopped being sure
    visit: Visit | None = None  # a hen's visit that lasts, also while she is not surely seen
    away_since: datetime | None = None  # since when she is not; None: she is
    hidden: Look | None = None  # as if she had left, though she may only hide; None: it does not look so
    stranger_since: datetime | None = None  # since when somebody is there whom the model does not name
    alarm: Event | None = None  # a stranger who is not told yet, since it may be a hand that collects
    contents: str | None = None  # role of the last clear view into the nest, "egg" or "empty"; None: never seen
    sat: tuple[Stay, ...] = ()  # who was in the nest since that view, in order

    @property
    def belief(self) -> Belief | None:
        """What is believed now; None before any evidence."""
        if self.at is None:
            return None
        marginal = {label: math.fsum(row) for label, row in zip(self.labels, self.joint, strict=True)}
        return Belief(nest=self.nest, at=self.at, probabilities=marginal)

    def tell(
        self,
        kind: EventKind,
        at: datetime,
        *,
        certainty: float,
        hens: tuple[str, ...] = (),
        began: datetime | None = None,
    ) -> Event:
        """An event of this nest that happened at `at` and is told now."""
        assert self.at is not None
        return Event(
            kind=kind,
            camera=self.camera,
            nest=self.nest,
            at=at,
            told_at=self.at,
            hens=hens,
            certainty=min(1.0, certainty),
            began=began,
        )
