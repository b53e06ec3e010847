"""The tables: events and corrections, subscribers and invitations, outbox, what is remembered of nests and cameras."""

from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
    TypeDecorator,
    false,
    func,
)

from coopwatch.values import require_utc


class UtcTime(TypeDecorator[datetime]):
    """A moment: aware and UTC in Python, UTC in the database, also where that knows no zones (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """To the database."""
        if value is not None:
            require_utc(value)
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class MessageState(StrEnum):
    """What became of a row of the outbox."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # never to be tried again
    DROPPED = "dropped"  # the subscriber left
    MUTED = "muted"  # the subscriber does not want this kind


metadata = MetaData()

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("camera", String(40)),
    Column("nest", String(40)),
    Column("at", UtcTime, nullable=False),
    Column("told_at", UtcTime, nullable=False),
    Column("hens", JSON, nullable=False),  # list of labels, most likely first
    Column("certainty", Float, nullable=False),
    Column("photo", String(200)),  # path below the data folder
    Column("began", UtcTime),
    Column("reason", Text, nullable=False),
    Column("visit", Integer),  # the row of the hen_nesting that began the visit; of that event itself, its own
)
# Two NULLs are never equal in a plain unique index, and camera events have no nest.
Index(
    "events_told_once",
    events.c.kind,
    func.coalesce(events.c.camera, ""),
    func.coalesce(events.c.nest, ""),
    events.c.at,
    unique=True,
)
Index("events_by_time", events.c.at)
Index("events_by_visit", events.c.visit)

corrections = Table(
    "corrections",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("label", String(64), nullable=False),  # NOTHING: nothing was there
    Column("by", Text, nullable=False),  # who said it
    Column("at", UtcTime, nullable=False),
    Column("superseded", Boolean, nullable=False),  # by a later word
)
Index("corrections_by_event", corrections.c.event_id, corrections.c.superseded)

subscribers = Table(
    "subscribers",
    metadata,
    Column("chat", String(100), primary_key=True),
    Column("name", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("role", String(10), nullable=False, server_default="viewer"),
    Column("thread", Integer),
    Column("language", String(10), nullable=False, server_default="en"),
    Column("muted_until", UtcTime),
    Column("muted_kinds", JSON, nullable=False, server_default="[]"),
    Column("quiet_from", Time),
    Column("quiet_to", Time),
)

invitations = Table(
    "invitations",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("role", String(10), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_by", String(100)),  # the chat
)

outbox = Table(
    "outbox",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("chat", ForeignKey("subscribers.chat"), nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcTime),  # NULL: at once
    Column("sent_at", UtcTime),
    Column("reason", Text, nullable=False),  # of the last failure
    Column("is_held", Boolean, nullable=False, server_default=false()),  # waited through quiet hours or a mute
    Column("sent_after", Integer),  # while it may have arrived: as a message of the service newer than this one
    Column("message_id", Integer),  # of the service, where it arrived
    Column("has_photo", Boolean),  # whether it arrived with one; NULL: as a line of a digest
    Column("is_stale", Boolean, nullable=False, server_default=false()),  # corrected since it was waiting
)
Index("outbox_by_state", outbox.c.state, outbox.c.number)
Index("outbox_by_chat", outbox.c.state, outbox.c.chat, outbox.c.number)
Index("outbox_by_event", outbox.c.event_id, outbox.c.chat)
Index("outbox_by_message", outbox.c.message_id, outbox.c.chat)
Index("outbox_by_time", outbox.c.sent_at)

uploads = Table(
    "uploads",
    metadata,
    Column("photo", String(200), primary_key=True),  # path below the data folder
    Column("file_id", Text, nullable=False),  # the service's name for it
)

nest_memory = Table(
    "nest_memory",
    metadata,
    Column("nest", String(40), primary_key=True),
    Column("memory", Text, nullable=False),  # JSON of core.memory.Memory
)

camera_memory = Table(
    "camera_memory",
    metadata,
    Column("camera", String(40), primary_key=True),
    Column("memory", Text, nullable=False),  # JSON of core.camera.CameraMemory
)
