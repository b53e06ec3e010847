"""Who gets messages: a chat, what it may do and how it wants them; and the invitation that lets one in."""

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from coopwatch.values import EventKind


class SubscriberRole(StrEnum):
    """What a chat may do."""

    KEEPER = "keeper"  # everything: invite, remove, correct, change the model
    VIEWER = "viewer"  # look, and choose what comes


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A chat that gets messages, and how it wants them."""

    chat: str  # "terminal" or "telegram:<chat id>"
    name: str
    since: datetime
    role: SubscriberRole = SubscriberRole.VIEWER
    thread: int | None = None  # the topic of a group that messages go to
    language: str = "en"
    muted_until: datetime | None = None
    muted_kinds: tuple[EventKind, ...] = ()  # never sent
    quiet_from: time | None = None  # on the coop's clock; None: no quiet hours
    quiet_to: time | None = None
    is_active: bool = True  # gets messages; a chat that stopped them may still ask what its role may


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A code that lets one chat in, once."""

    code_hash: str
    role: SubscriberRole
    made_at: datetime
    expires_at: datetime
