"""The tables: events, outbox, subscribers, what is remembered of nests and cameras."""

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
    TypeDecorator,
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

subscribers = Table(
    "subscribers",
    metadata,
    Column("chat", String(100), primary_key=True),
    Column("name", Text, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("active", Boolean, nullable=False),
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
)
Index("outbox_by_state", outbox.c.state, outbox.c.number)

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
