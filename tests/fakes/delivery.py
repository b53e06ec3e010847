"""Deliveries made by hand."""

from datetime import UTC, datetime

from coopwatch.delivery import Delivery
from coopwatch.subscriber import Subscriber, SubscriberRole
from coopwatch.values import Message

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def alone(message: Message, *, role: SubscriberRole = SubscriberRole.KEEPER) -> Delivery:
    """One message on its way alone."""
    subscriber = Subscriber(chat=message.chat, name="Ann", since=SINCE, role=role)
    return Delivery(messages=(message,), subscriber=subscriber, stories={})
