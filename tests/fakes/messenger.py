"""A messenger without a service: it keeps what it is given, or fails as a test wants."""

import asyncio
from collections import defaultdict

from coopwatch.delivery import Delivery
from coopwatch.values import Message, Told


class FakeMessenger:
    """The Messenger port in memory; what it is sent has the numbers 1, 2, 3, ..."""

    def __init__(self, *, is_log: bool = False) -> None:
        self.is_log = is_log
        self.delivered: list[Delivery] = []
        self.tried: list[Message] = []
        self.lost: list[Delivery] = []  # arrived, though the answer was an error
        self.looked_for: list[Delivery] = []
        self._errors: dict[str, list[Exception]] = defaultdict(list)
        self._blind: list[Exception] = []
        self._closed: dict[str, asyncio.Event] = {}

    @property
    def arrived(self) -> list[Message]:
        """Every message that was told, in digests too."""
        return [message for delivery in self.delivered for message in delivery.messages]

    async def turn(self, chat: str) -> None:
        """Every chat takes any number of messages."""

    def newest(self, chat: str) -> int | None:
        """The newest number given."""
        return len(self.delivered) or None

    async def send(self, delivery: Delivery) -> Told | None:
        """Keep the message, unless told to fail or to wait."""
        chat = delivery.subscriber.chat
        self.tried.extend(delivery.messages)
        if chat in self._closed:
            await self._closed[chat].wait()
        if self._errors[chat]:
            raise self._errors[chat].pop(0)
        self.delivered.append(delivery)
        return Told(message_id=len(self.delivered), has_photo=False)

    async def find(self, delivery: Delivery, *, after: int) -> Told | None:
        """Whether a delivery of the same messages is among the lost ones."""
        self.looked_for.append(delivery)
        if self._blind:
            raise self._blind.pop(0)
        if any(lost.numbers == delivery.numbers for lost in self.lost):
            return Told(message_id=1000, has_photo=False)
        return None

    def fail(self, chat: str, *errors: Exception) -> None:
        """Let the next messages to the chat fail, one error each."""
        self._errors[chat].extend(errors)

    def fail_to_find(self, *errors: Exception) -> None:
        """Let the next looks for a message fail, one error each."""
        self._blind.extend(errors)

    def hold(self, chat: str) -> asyncio.Event:
        """Let messages to the chat hang until the event is set."""
        return self._closed.setdefault(chat, asyncio.Event())
