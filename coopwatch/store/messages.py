"""Every query on the outbox has a name: a connection and values in, values out; the caller owns the transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, insert, or_, select, update

from coopwatch.delivery import Story
from coopwatch.store import history
from coopwatch.store.tables import MessageState, events, outbox, subscribers, uploads
from coopwatch.subscriber import SubscriberRole
from coopwatch.values import EventKind, Message, Told

_WAITING = outbox.c.state == MessageState.WAITING.value


def add_messages(connection: Connection, event_id: int, kind: EventKind) -> None:
    """An outbox row of the event for each active subscriber; of a trouble of the service, for keepers alone."""
    chats = select(subscribers.c.chat).where(subscribers.c.active)
    chats = chats.order_by(subscribers.c.since, subscribers.c.chat)
    if kind is EventKind.SERVICE_TROUBLE:
        chats = chats.where(subscribers.c.role == SubscriberRole.KEEPER.value)
    rows = [
        {"event_id": event_id, "chat": chat, "state": MessageState.WAITING.value, "attempts": 0, "reason": ""}
        for chat in connection.scalars(chats)
    ]
    if rows:
        connection.execute(insert(outbox), rows)


def unsent_messages(connection: Connection, now: datetime, limit: int, without: Collection[str]) -> Sequence[Message]:
    """Messages due now, oldest first, at most `limit`; none of the chats `without`."""
    query = _due(now).where(outbox.c.chat.not_in(without)).order_by(outbox.c.number).limit(limit)
    return _messages(connection, query)


def unsent_of(connection: Connection, chat: str, now: datetime, limit: int) -> Sequence[Message]:
    """Messages to one chat that may have arrived, then those due now, oldest first, at most `limit`."""
    is_doubted = outbox.c.sent_after.is_not(None)
    query = _waiting().where(outbox.c.chat == chat, or_(is_doubted, _is_due(now)))
    return _messages(connection, query.order_by(is_doubted.desc(), outbox.c.number).limit(limit))


def due_chats(connection: Connection, now: datetime, without: Collection[str]) -> Sequence[str]:
    """The chats with messages due now, the one that waits longest first."""
    oldest = (  # one look into the index a chat, however many messages wait
        select(outbox.c.number)
        .where(_WAITING, outbox.c.chat == subscribers.c.chat, _is_due(now))
        .order_by(outbox.c.number)
        .limit(1)
        .scalar_subquery()
    )
    waiting = select(subscribers.c.chat, oldest.label("oldest")).where(subscribers.c.chat.not_in(without)).subquery()
    query = select(waiting.c.chat).where(waiting.c.oldest.is_not(None)).order_by(waiting.c.oldest)
    return list(connection.scalars(query))


def read_story(connection: Connection, visit: int, chat: str) -> Story:
    """A visit, and the message by which the chat was told of it."""
    query = (
        select(outbox.c.message_id, outbox.c.has_photo)
        .join(events, events.c.id == outbox.c.event_id)
        .where(events.c.visit == visit, events.c.kind.in_([EventKind.HEN_NESTING.value, EventKind.HEN_LEFT.value]))
        .where(outbox.c.chat == chat, outbox.c.has_photo.is_not(None))
        .order_by(outbox.c.number.desc())  # one that was deleted is sent anew
        .limit(1)
    )
    row = connection.execute(query).first()
    told = None if row is None else _told(row)
    return Story(events=tuple(history.events_of_visit(connection, visit)), told=told)


def retell(connection: Connection, event_id: int) -> None:
    """A person corrected the event: what stands in chats of its visit waits again, what waits is marked."""
    visit = select(events.c.visit).where(events.c.id == event_id).scalar_subquery()
    about = outbox.c.event_id.in_(select(events.c.id).where(or_(events.c.id == event_id, events.c.visit == visit)))
    connection.execute(update(outbox).where(about, _WAITING).values(is_stale=True))
    stands = outbox.c.has_photo.is_not(None)  # also where an earlier change was refused or dropped
    active = outbox.c.chat.in_(select(subscribers.c.chat).where(subscribers.c.active))
    again = {"state": MessageState.WAITING.value, "due_at": None, "attempts": 0, "reason": ""}
    connection.execute(update(outbox).where(about, active, stands, ~_WAITING).values(again))


def mark_sending(connection: Connection, numbers: Collection[int], after: int | None) -> None:
    """They go out now, as a message of the service newer than `after`; None: they did not arrive."""
    connection.execute(update(outbox).where(outbox.c.number.in_(numbers), _WAITING).values(sent_after=after))


def mark_sent(connection: Connection, numbers: Collection[int], at: datetime, told: Told | None) -> None:
    """They arrived, all in one message; what was corrected meanwhile waits to be changed there."""
    values: dict[str, object] = {"state": MessageState.SENT.value, "is_stale": False, "sent_after": None}
    if told is not None:
        values |= {"message_id": told.message_id, "has_photo": None if told.is_digest else told.has_photo}
        if not told.is_digest:
            values["state"] = case((outbox.c.is_stale, MessageState.WAITING.value), else_=MessageState.SENT.value)
    first = func.coalesce(outbox.c.sent_at, at)  # a later edit is no message
    _change(connection, numbers, sent_at=first, attempts=outbox.c.attempts + 1, **values)


def mark_muted(connection: Connection, numbers: Collection[int]) -> None:
    """The chat does not want them."""
    _change(connection, numbers, state=MessageState.MUTED.value)


def hold(connection: Connection, numbers: Collection[int], until: datetime) -> None:
    """They wait through quiet hours or a mute."""
    connection.execute(update(outbox).where(outbox.c.number.in_(numbers), _WAITING).values(due_at=until, is_held=True))


def release(connection: Connection) -> None:
    """Nothing waits for its time any longer."""
    connection.execute(update(outbox).where(_WAITING, outbox.c.due_at.is_not(None)).values(due_at=None))


def mark_failed(
    connection: Connection, numbers: Collection[int], retry_at: datetime | None, reason: str, *, may_have_arrived: bool
) -> None:
    """They were not confirmed; due again at `retry_at`, or never. What is sent or dropped stays so."""
    state = MessageState.FAILED if retry_at is None else MessageState.WAITING
    values = {"state": state.value, "due_at": retry_at, "reason": reason, "attempts": outbox.c.attempts + 1}
    if not may_have_arrived:
        values["sent_after"] = None
    connection.execute(update(outbox).where(outbox.c.number.in_(numbers), _WAITING).values(values))


def newest_told(connection: Connection, limit: int) -> Sequence[tuple[str, int]]:
    """Chat and number of the newest messages that arrived."""
    query = (
        select(outbox.c.chat, outbox.c.message_id)
        .distinct()
        .where(outbox.c.message_id.is_not(None))
        .order_by(outbox.c.message_id.desc())
        .limit(limit)
    )
    return [(row.chat, row.message_id) for row in connection.execute(query)]


def shown_since(connection: Connection, begin: datetime) -> Sequence[tuple[str, datetime | None]]:
    """Chat and time of each message that arrived since; None: it was on its way."""
    lately = select(outbox.c.message_id).where(outbox.c.sent_at > begin)  # some of them changed what stood there before
    first = func.min(outbox.c.sent_at)
    arrived = select(outbox.c.chat, first).group_by(outbox.c.chat, outbox.c.message_id)
    arrived = arrived.where(outbox.c.message_id.in_(lately)).having(first > begin)
    doubted = select(outbox.c.chat).distinct().where(_WAITING, outbox.c.sent_after.is_not(None))
    shown = [(row[0], row[1]) for row in connection.execute(arrived)]
    return [*shown, *((chat, None) for chat in connection.scalars(doubted))]


def find_file_id(connection: Connection, photo: str) -> str | None:
    """Under which name the service keeps a photo."""
    return connection.scalar(select(uploads.c.file_id).where(uploads.c.photo == photo))


def keep_file_id(connection: Connection, photo: str, file_id: str) -> None:
    """The service keeps the photo under this name now."""
    known = update(uploads).where(uploads.c.photo == photo).values(file_id=file_id)
    if connection.execute(known).rowcount == 0:
        connection.execute(insert(uploads).values(photo=photo, file_id=file_id))


def _change(connection: Connection, numbers: Collection[int], **values: Any) -> None:
    connection.execute(update(outbox).where(outbox.c.number.in_(numbers)).values(values))


def _is_due(now: datetime) -> Any:
    return or_(outbox.c.due_at.is_(None), outbox.c.due_at <= now)


def _due(now: datetime) -> Select[Any]:
    return _waiting().where(_is_due(now))


def _waiting() -> Select[Any]:
    return (
        history.stored_events()
        .join(outbox, outbox.c.event_id == events.c.id)
        .add_columns(outbox.c.number, outbox.c.chat, outbox.c.attempts, outbox.c.is_held, outbox.c.sent_after)
        .add_columns(outbox.c.message_id, outbox.c.has_photo)
        .where(_WAITING)
    )


def _messages(connection: Connection, query: Select[Any]) -> Sequence[Message]:
    messages = []
    for row in connection.execute(query):
        stored = history.read_event(row)
        messages.append(
            Message(
                number=row.number,
                chat=row.chat,
                event=stored.event,
                attempts=row.attempts,
                event_number=stored.number,
                visit=stored.visit,
                correction=stored.correction,
                is_held=row.is_held,
                sent_after=row.sent_after,
                told=None if row.has_photo is None else _told(row),
            )
        )
    return messages


def _told(row: Row[Any, Any]) -> Told:
    return Told(message_id=row.message_id, has_photo=row.has_photo)
