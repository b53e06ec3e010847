"""Every query has a name: a connection and values in, values out; the caller owns the transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, insert, or_, select, update

from coopwatch.ports import Subscriber
from coopwatch.store.tables import MessageState, events, outbox, subscribers
from coopwatch.values import Event, EventKind, Message


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
    )
    return int(connection.execute(row.returning(events.c.id)).scalar_one())


def add_messages(connection: Connection, event_id: int) -> None:
    """An outbox row of the event for each active subscriber."""
    chats = connection.scalars(select(subscribers.c.chat).where(subscribers.c.active).order_by(subscribers.c.since))
    rows = [
        {"event_id": event_id, "chat": chat, "state": MessageState.WAITING.value, "attempts": 0, "reason": ""}
        for chat in chats
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def newest_events(connection: Connection, count: int) -> Sequence[Event]:
    """The newest events, newest first."""
    query = select(events).order_by(events.c.at.desc(), events.c.id.desc()).limit(count)
    return [_event(row) for row in connection.execute(query)]


def unsent_messages(connection: Connection, now: datetime, limit: int, without: Collection[str]) -> Sequence[Message]:
    """Messages due now, oldest first, at most `limit`; none of the chats `without`."""
    query = (
        select(outbox.c.number, outbox.c.chat, outbox.c.attempts, events)
        .join(events, events.c.id == outbox.c.event_id)
        .where(outbox.c.state == MessageState.WAITING.value)
        .where(or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now))
        .where(outbox.c.chat.not_in(without))
        .order_by(outbox.c.number)
        .limit(limit)
    )
    return [
        Message(number=row.number, chat=row.chat, event=_event(row), attempts=row.attempts)
        for row in connection.execute(query)
    ]


def mark_sent(connection: Connection, number: int, at: datetime) -> None:
    """The message arrived."""
    connection.execute(
        update(outbox)
        .where(outbox.c.number == number)
        .values(state=MessageState.SENT.value, sent_at=at, attempts=outbox.c.attempts + 1)
    )


def mark_failed(connection: Connection, number: int, retry_at: datetime | None, reason: str) -> None:
    """The message did not arrive; it is due again at `retry_at`, or never. What is sent or dropped stays so."""
    state = MessageState.FAILED if retry_at is None else MessageState.WAITING
    connection.execute(
        update(outbox)
        .where(outbox.c.number == number, outbox.c.state == MessageState.WAITING.value)
        .values(state=state.value, due_at=retry_at, reason=reason, attempts=outbox.c.attempts + 1)
    )


def subscribe(connection: Connection, subscriber: Subscriber) -> None:
    """Add a subscriber, or wake a suspended one, who keeps the time of the first subscription."""
    known = update(subscribers).where(subscribers.c.chat == subscriber.chat).values(name=subscriber.name, active=True)
    if connection.execute(known).rowcount == 0:
        connection.execute(
            insert(subscribers).values(chat=subscriber.chat, name=subscriber.name, since=subscriber.since, active=True)
        )


def unsubscribe(connection: Connection, chat: str) -> None:
    """Suspend a subscriber; the waiting messages are dropped."""
    connection.execute(update(subscribers).where(subscribers.c.chat == chat).values(active=False))
    connection.execute(
        update(outbox)
        .where(outbox.c.chat == chat, outbox.c.state == MessageState.WAITING.value)
        .values(state=MessageState.DROPPED.value)
    )


def list_subscribers(connection: Connection, *, suspended: bool) -> Sequence[Subscriber]:
    """The active subscribers, oldest first; with `suspended`, everyone who ever subscribed."""
    query = select(subscribers).order_by(subscribers.c.since, subscribers.c.chat)
    if not suspended:
        query = query.where(subscribers.c.active)
    return [Subscriber(chat=row.chat, name=row.name, since=row.since) for row in connection.execute(query)]


def _event(row: Row[tuple[object, ...]]) -> Event:
    return Event(
        kind=EventKind(row.kind),
        camera=row.camera,
        nest=row.nest,
        at=row.at,
        told_at=row.told_at,
        hens=tuple(row.hens),
        certainty=row.certainty,
        photo=row.photo,
        began=row.began,
        reason=row.reason,
    )
