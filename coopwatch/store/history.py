"""Every query on events has a name: a connection and values in, values out; the caller owns the transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from coopwatch.store.tables import corrections, events
from coopwatch.values import NOTHING, Event, EventKind, NamedPhoto, StoredEvent

SHOW_THE_VISITOR = (EventKind.HEN_NESTING, EventKind.HEN_LEFT, EventKind.UNKNOWN_VISITOR)
"""Of these kinds the photo shows whom the event is about; of an egg, it shows the nest that she left."""

_own = corrections.alias("own")
_of_visit = corrections.alias("of_visit")


def add_event(connection: Connection, event: Event) -> int | None:
    """Store an event; its row, or None if it is stored already."""
    known = select(events.c.id).where(
        events.c.kind == event.kind,
        events.c.camera.is_not_distinct_from(event.camera),
        events.c.nest.is_not_distinct_from(event.nest),
        events.c.at == event.at,
    )
    if connection.execute(known).first() is not None:
        return None
    row = insert(events).values(
        kind=event.kind.value,
        camera=event.camera,
        nest=event.nest,
        at=event.at,
        told_at=event.told_at,
        hens=list(event.hens),
        certainty=event.certainty,
        photo=event.photo,
        began=event.began,
        reason=event.reason,
        visit=_visit(connection, event),
    )
    number = int(connection.execute(row.returning(events.c.id)).scalar_one())
    if event.kind is EventKind.HEN_NESTING:
        connection.execute(update(events).where(events.c.id == number).values(visit=number))
    return number


def _visit(connection: Connection, event: Event) -> int | None:
    """The row of the hen_nesting that a hen_left ends, or during or after which a hen laid."""
    begun = (
        select(events.c.id, events.c.hens)
        .where(
            events.c.kind == EventKind.HEN_NESTING.value,
            events.c.camera.is_not_distinct_from(event.camera),
            events.c.nest.is_not_distinct_from(event.nest),
        )
        .order_by(events.c.at.desc())
        .limit(1)
    )
    if event.kind is EventKind.HEN_LEFT and event.began is not None:
        begun = begun.where(events.c.at == event.began)
    elif event.kind is EventKind.EGG_LAID and len(event.hens) == 1:
        begun = begun.where(events.c.at < event.at)  # whoever came when the layer left is another hen
    else:
        return None
    row = connection.execute(begun).first()
    return row.id if row is not None and tuple(row.hens) == event.hens else None


def stored_events() -> Select[Any]:
    """All events with the word of people that counts: their own, or the visit's."""
    own = and_(_own.c.event_id == events.c.id, _own.c.superseded.is_(False))
    of_visit = and_(_of_visit.c.event_id == events.c.visit, _of_visit.c.superseded.is_(False))
    return (
        select(events, _own.c.label.label("own_label"), _of_visit.c.label.label("visit_label"))
        .outerjoin(_own, own)
        .outerjoin(_of_visit, of_visit)
    )


def _happened() -> Any:
    """No person says that there was nothing."""
    return and_(
        or_(_own.c.label.is_(None), _own.c.label != NOTHING),
        or_(_own.c.label.is_not(None), _of_visit.c.label.is_(None), _of_visit.c.label != NOTHING),
    )


def newest_events(connection: Connection, count: int) -> Sequence[Event]:
    """The newest events, newest first."""
    query = stored_events().where(_happened()).order_by(events.c.at.desc(), events.c.id.desc()).limit(count)
    return [read_event(row).event for row in connection.execute(query)]


def events_between(connection: Connection, begin: datetime, end: datetime) -> Sequence[StoredEvent]:
    """All events with begin <= at < end, oldest first."""
    query = stored_events().where(events.c.at >= begin, events.c.at < end).order_by(events.c.at, events.c.id)
    return [read_event(row) for row in connection.execute(query)]


def find_event(connection: Connection, number: int) -> StoredEvent | None:
    """One event."""
    row = connection.execute(stored_events().where(events.c.id == number)).first()
    return None if row is None else read_event(row)


def events_of_visit(connection: Connection, visit: int) -> Sequence[StoredEvent]:
    """The events of one visit, in the order they were stored."""
    query = stored_events().where(events.c.visit == visit).order_by(events.c.id)
    return [read_event(row) for row in connection.execute(query)]


def correct(connection: Connection, number: int, label: str, by: str, at: datetime) -> bool:
    """Take a person's word; whether it changed anything."""
    known = find_event(connection, number)
    if known is None:
        return False
    standing = (corrections.c.event_id == number, corrections.c.superseded.is_(False))
    if connection.scalar(select(corrections.c.label).where(*standing)) == label:
        return False
    connection.execute(update(corrections).where(*standing).values(superseded=True))
    connection.execute(insert(corrections).values(event_id=number, label=label, by=by, at=at, superseded=False))
    return True


def named_photos(connection: Connection, limit: int) -> Sequence[NamedPhoto]:
    """The photos of visitors that people named, the newest first."""
    word = func.coalesce(_own.c.number, _of_visit.c.number)
    query = (
        stored_events()
        .add_columns(word.label("word"))
        .where(events.c.kind.in_([kind.value for kind in SHOW_THE_VISITOR]))
        .where(events.c.photo.is_not(None), word.is_not(None))
        .order_by(events.c.id.desc())
        .limit(limit)
    )
    return [
        NamedPhoto(photo=row.photo, label=row.own_label or row.visit_label, visit=row.visit or row.id, word=row.word)
        for row in connection.execute(query)
    ]


def read_event(row: Row[Any]) -> StoredEvent:
    """An event of a row of `stored_events`."""
    word = row.own_label or row.visit_label
    named = word is not None and word != NOTHING
    event = Event(
        kind=EventKind(row.kind),
        camera=row.camera,
        nest=row.nest,
        at=row.at,
        told_at=row.told_at,
        hens=(word,) if named else tuple(row.hens),
        certainty=1.0 if named else row.certainty,
        photo=row.photo,
        began=row.began,
        reason=row.reason,
    )
    return StoredEvent(number=row.id, event=event, visit=row.visit, correction=word)
