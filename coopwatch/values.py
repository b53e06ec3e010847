"""The words of the flow as frozen values: frame, classification, belief, visit, event, message."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    # numpy is named for type checkers only, so that the core, which uses these values, stays free of it.
    import numpy as np
    import numpy.typing as npt

Pixels: TypeAlias = "npt.NDArray[np.uint8]"
"""One picture: uint8, (height, width, 3), RGB."""

Probabilities: TypeAlias = Mapping[str, float]
"""Label -> 0..1; the values sum to 1."""


class Role(StrEnum):
    """What a label of a model means; written in the model's card."""

    HEN = "hen"  # one label a bird
    EGG = "egg"  # all eggs are one label
    EMPTY = "empty"
    OTHER = "other"  # hand, broom, rat, cat, blur


class EventKind(StrEnum):
    """What can be told."""

    HEN_NESTING = "hen_nesting"
    HEN_LEFT = "hen_left"
    EGG_LAID = "egg_laid"
    EGGS_COLLECTED = "eggs_collected"
    EGG_LOST = "egg_lost"  # gone during a hen's visit
    BROODY = "broody"
    NO_EGG = "no_egg"
    UNKNOWN_VISITOR = "unknown_visitor"
    CAMERA_LOST = "camera_lost"
    CAMERA_BACK = "camera_back"
    PICTURE_FROZEN = "picture_frozen"
    PICTURE_DARK = "picture_dark"
    PICTURE_POOR = "picture_poor"  # covered, blurred, or of another place than before
    SERVICE_STARTED = "service_started"
    SERVICE_TROUBLE = "service_trouble"  # something that the keeper should look at; told to keepers alone
    MODEL_CHANGED = "model_changed"
    DAILY_DIGEST = "daily_digest"


class Flaw(StrEnum):
    """What spoils a picture so that no nest can be judged by it."""

    FROZEN = "frozen"  # the very pixels of the picture before: the noise of a real sensor never repeats
    DARK = "dark"
    COVERED = "covered"
    BLURRED = "blurred"
    MOVED = "moved"  # the nests are no longer where they were


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of a picture, as fractions 0..1 of its width and height."""

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        if not (0 <= self.left < self.right <= 1 and 0 <= self.top < self.bottom <= 1):
            raise ValueError(f"received {self}, expected 0 <= left < right <= 1 and 0 <= top < bottom <= 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture of one camera."""

    camera: str
    taken_at: datetime
    pixels: Pixels
    lag: timedelta = timedelta(0)  # how far its stream lay behind its own best then

    def __post_init__(self) -> None:
        require_utc(self.taken_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What the model says about one nest in one frame; calibrated."""

    nest: str
    taken_at: datetime
    probabilities: Probabilities
    model: str  # hash of the model's card

    def __post_init__(self) -> None:
        require_utc(self.taken_at)
        total = math.fsum(self.probabilities.values())
        if not math.isclose(total, 1.0, abs_tol=1e-3):
            raise ValueError(f"received probabilities that sum to {total}, expected 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passed and nothing was seen (a gap, a dead camera)."""

    at: datetime
    reason: str = ""  # why nothing was seen, in plain words; a keeper may read it

    def __post_init__(self) -> None:
        require_utc(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What is believed of a nest after all evidence so far."""

    nest: str
    at: datetime
    probabilities: Probabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A stay of a hen (None: of something unknown) in a nest."""

    nest: str
    hen: str | None
    began: datetime  # when it began, not when we were sure
    ended: datetime | None  # None while it lasts
    certainty: float

    @property
    def duration(self) -> timedelta | None:
        """How long it lasted; None while it lasts."""
        return None if self.ended is None else self.ended - self.began


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a keeper may be told; camera and service events have no nest."""

    kind: EventKind
    camera: str | None
    nest: str | None
    at: datetime  # when it happened
    told_at: datetime  # when the evidence sufficed to tell it
    hens: tuple[str, ...] = ()  # most likely first
    certainty: float = 1.0
    photo: str | None = None  # path below the data folder
    began: datetime | None = None  # of the visit, or of the camera's absence, that this event ends
    reason: str = ""  # plain words, where there is more to say than the kind

    def __post_init__(self) -> None:
        require_utc(self.at)
        require_utc(self.told_at)

    @property
    def duration(self) -> timedelta | None:
        """How long the visit or the absence lasted that this event ends; None where nothing ended."""
        return None if self.began is None else self.at - self.began


NOTHING = "empty"
"""What a person says in the place of a label: nothing was there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event as people left it: with a correction, `event` has the corrected hen and is sure of her."""

    number: int  # the row
    event: Event
    visit: int | None = None  # the number of the hen_nesting event that began the visit, also of that event itself
    correction: str | None = None  # a label, or NOTHING; None: nobody said anything

    @property
    def happened(self) -> bool:
        """Whether nobody said that there was nothing."""
        return self.correction != NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPhoto:
    """A photo of a visitor, and what a person says that it shows."""

    photo: str  # path below the data folder
    label: str  # or NOTHING
    visit: int  # photos of one visit are near copies
    word: int  # the number of the person's word; a later one has a greater


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where a message arrived."""

    message_id: int  # the service's own number
    has_photo: bool
    is_digest: bool = False  # it tells of much else too, and is never changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One event on its way to one chat: a row of the outbox."""

    number: int  # the row
    chat: str  # "terminal" or "telegram:<chat id>"
    event: Event  # as people left it
    attempts: int = 0
    event_number: int = 0  # the event's own row
    visit: int | None = None  # see StoredEvent
    correction: str | None = None  # see StoredEvent
    is_held: bool = False  # it waited through quiet hours or a mute
    sent_after: int | None = None  # it may have arrived already, as a message newer than this one of the service
    told: Told | None = None  # where it arrived, before a person corrected it

    @property
    def stored(self) -> StoredEvent:
        """The event with its row and what people say of it."""
        return StoredEvent(number=self.event_number, event=self.event, visit=self.visit, correction=self.correction)


def require_utc(at: datetime) -> None:
    """Refuse a time that is naive or not UTC."""
    if at.tzinfo is None or at.utcoffset() != timedelta(0):
        raise ValueError(f"received {at.isoformat()}, expected a time in UTC; convert with .astimezone(UTC)")
