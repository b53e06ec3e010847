"""A messenger without a service: it keeps what it is given, or fails as a test wants."""

import asyncio
from collections import defaultdict

from coopwatch.values import Message


class FakeMessenger:
    """The Messenger port in memory."""

    def __init__(self) -> None:
        self.arrived: list[Message] = []
        self.tried: list[Message] = []
        self._errors: dict[str, list[Exception]] = defaultdict(list)
        self._closed: dict[str, asyncio.Event] = {}

    async def send(self, message: Message) -> None:
        """Keep the message, unless told to fail or to wait."""
        self.tried.append(message)
        if message.chat in self._closed:
            await self._closed[message.chat].wait()
        if self._errors[message.chat]:
            raise self._errors[message.chat].pop(0)
        self.arrived.append(message)

    def fail(self, chat: str, *errors: Exception) -> None:
        """Let the next messages to the chat fail, one error each."""
        self._errors[chat].extend(errors)

    def hold(self, chat: str) -> asyncio.Event:
        """Let messages to the chat hang until the event is set."""
        return self._closed.setdefault(chat, asyncio.Event())
