"""Every query on subscribers and invitations has a name: a connection and values in, values out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from coopwatch.store.tables import MessageState, invitations, outbox, subscribers
from coopwatch.subscriber import Invitation, Subscriber, SubscriberRole
from coopwatch.values import EventKind


def subscribe(connection: Connection, subscriber: Subscriber) -> None:
    """Add a subscriber, or wake a suspended one, who keeps the time of the first subscription and its preferences."""
    known = (
        update(subscribers)
        .where(subscribers.c.chat == subscriber.chat)
        .values(name=subscriber.name, thread=subscriber.thread, active=True)
    )
    if connection.execute(known).rowcount == 0:
        connection.execute(insert(subscribers).values(**_values(subscriber), active=True))


def set_preferences(connection: Connection, subscriber: Subscriber) -> None:
    """Write everything but `since` and whether it is active; what was held back is due again."""
    values = {name: value for name, value in _values(subscriber).items() if name != "since"}
    connection.execute(update(subscribers).where(subscribers.c.chat == subscriber.chat).values(values))
    held = (outbox.c.chat == subscriber.chat, outbox.c.state == MessageState.WAITING.value, outbox.c.is_held)
    connection.execute(update(outbox).where(*held).values(due_at=None))


def unsubscribe(connection: Connection, chat: str) -> None:
    """Suspend a subscriber; the waiting messages are dropped."""
    connection.execute(update(subscribers).where(subscribers.c.chat == chat).values(active=False))
    connection.execute(
        update(outbox)
        .where(outbox.c.chat == chat, outbox.c.state == MessageState.WAITING.value)
        .values(state=MessageState.DROPPED.value)
    )


def forget(connection: Connection, chat: str) -> bool:
    """Delete a subscriber with its messages; whether there was one."""
    connection.execute(delete(outbox).where(outbox.c.chat == chat))
    return connection.execute(delete(subscribers).where(subscribers.c.chat == chat)).rowcount > 0


def move_chat(connection: Connection, old: str, new: str) -> None:
    """Give a subscriber and its messages another chat; a subscriber that is there already stays as it is."""
    row = connection.execute(select(subscribers).where(subscribers.c.chat == old)).first()
    if row is None or old == new:
        return
    if connection.execute(select(subscribers.c.chat).where(subscribers.c.chat == new)).first() is None:
        connection.execute(insert(subscribers).values({**row._mapping, "chat": new}))
    connection.execute(update(outbox).where(outbox.c.chat == old).values(chat=new))
    connection.execute(delete(subscribers).where(subscribers.c.chat == old))


def list_subscribers(connection: Connection, *, suspended: bool) -> Sequence[Subscriber]:
    """The active subscribers, oldest first; with `suspended`, everyone who ever subscribed."""
    query = select(subscribers).order_by(subscribers.c.since, subscribers.c.chat)
    if not suspended:
        query = query.where(subscribers.c.active)
    return [_subscriber(row) for row in connection.execute(query)]


def find_subscriber(connection: Connection, chat: str) -> Subscriber | None:
    """One subscriber, also a suspended one."""
    row = connection.execute(select(subscribers).where(subscribers.c.chat == chat)).first()
    return None if row is None else _subscriber(row)


def invite(connection: Connection, invitation: Invitation) -> None:
    """Keep an invitation."""
    connection.execute(
        insert(invitations).values(
            code_hash=invitation.code_hash,
            role=invitation.role.value,
            made_at=invitation.made_at,
            expires_at=invitation.expires_at,
        )
    )


def redeem(connection: Connection, code_hash: str, subscriber: Subscriber) -> Subscriber | None:
    """Use a code up and let the chat in; None if the code is used or over."""
    used = (
        update(invitations)
        .where(
            invitations.c.code_hash == code_hash,
            invitations.c.used_by.is_(None),
            invitations.c.expires_at > subscriber.since,
        )
        .values(used_by=subscriber.chat)
        .returning(invitations.c.role)
    )
    role = connection.execute(used).scalar_one_or_none()
    if role is None:
        return None
    subscribe(connection, subscriber)
    if role == SubscriberRole.KEEPER:  # and a keeper stays one, who gives a viewer's code away by mistake
        connection.execute(update(subscribers).where(subscribers.c.chat == subscriber.chat).values(role=role))
    return _subscriber(connection.execute(select(subscribers).where(subscribers.c.chat == subscriber.chat)).one())


def _values(subscriber: Subscriber) -> dict[str, Any]:
    return {
        "chat": subscriber.chat,
        "name": subscriber.name,
        "since": subscriber.since,
        "role": subscriber.role.value,
        "thread": subscriber.thread,
        "language": subscriber.language,
        "muted_until": subscriber.muted_until,
        "muted_kinds": [kind.value for kind in subscriber.muted_kinds],
        "quiet_from": subscriber.quiet_from,
        "quiet_to": subscriber.quiet_to,
    }


def _subscriber(row: Row[Any]) -> Subscriber:
    return Subscriber(
        chat=row.chat,
        name=row.name,
        since=row.since,
        role=SubscriberRole(row.role),
        thread=row.thread,
        language=row.language,
        muted_until=row.muted_until,
        muted_kinds=tuple(EventKind(kind) for kind in row.muted_kinds),
        quiet_from=row.quiet_from,
        quiet_to=row.quiet_to,
        is_active=row.active,
    )
