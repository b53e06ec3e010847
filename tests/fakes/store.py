"""A store in memory, for tests of what stands above the Store port; it passes the same contract as the database."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from coopwatch.core.camera import CameraMemory
from coopwatch.core.memory import Memory
from coopwatch.errors import StoreError
from coopwatch.ports import Subscriber
from coopwatch.values import Event, Message


@dataclass(slots=True, kw_only=True)
class Row:
    """A row of the outbox."""

    message: Message
    state: str = "waiting"  # or "sent", "failed", "dropped"
    due_at: datetime | None = None  # None: at once
    sent_at: datetime | None = None
    reason: str = ""


@dataclass(slots=True)
class FakeStore:
    """Everything in lists and dicts that a test may look into; while `broken` holds a text, every call fails so."""

    broken: str = ""
    nests: dict[str, Memory] = field(default_factory=dict)
    cameras: dict[str, CameraMemory] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    outbox: list[Row] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)
    everyone: dict[str, Subscriber] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return

    async def load_memory(self, nest: str) -> Memory | None:
        self._work()
        return self.nests.get(nest)

    async def load_camera_memory(self, camera: str) -> CameraMemory | None:
        self._work()
        return self.cameras.get(camera)

    async def save(self, memory: Memory | CameraMemory, events: Sequence[Event]) -> None:
        self._work()
        if isinstance(memory, Memory):
            self.nests[memory.nest] = memory
        else:
            self.cameras[memory.camera] = memory
        for event in events:
            if not any(_same(event, other) for other in self.events):
                self.events.append(event)
                self.outbox += [self._row(event, subscriber.chat) for subscriber in await self.subscribers()]

    async def save_photo(self, jpeg: bytes) -> str:
        self._work()
        name = hashlib.sha256(jpeg).hexdigest()
        path = f"photos/{name[:2]}/{name}.jpg"
        self.photos[path] = jpeg
        return path

    async def newest_events(self, count: int) -> Sequence[Event]:
        self._work()
        return sorted(self.events, key=lambda event: event.at)[::-1][:count]

    async def subscribe(self, subscriber: Subscriber) -> None:
        self._work()
        known = self.everyone.get(subscriber.chat, subscriber)
        self.everyone[subscriber.chat] = replace(subscriber, since=known.since)
        self.suspended.discard(subscriber.chat)

    async def unsubscribe(self, chat: str) -> None:
        self._work()
        self.suspended.add(chat)
        for row in self.outbox:
            if row.message.chat == chat and row.state == "waiting":
                row.state = "dropped"

    async def subscribers(self, *, suspended: bool = False) -> Sequence[Subscriber]:
        self._work()
        chosen = [one for one in self.everyone.values() if suspended or one.chat not in self.suspended]
        return sorted(chosen, key=lambda one: (one.since, one.chat))

    async def unsent(self, now: datetime, limit: int, *, without: Collection[str] = ()) -> Sequence[Message]:
        self._work()
        return [
            row.message
            for row in self.outbox
            if row.state == "waiting" and (row.due_at is None or row.due_at <= now) and row.message.chat not in without
        ][:limit]

    async def mark_sent(self, number: int, *, at: datetime) -> None:
        self._work()
        row = self._find(number)
        row.state, row.sent_at = "sent", at
        row.message = replace(row.message, attempts=row.message.attempts + 1)

    async def mark_failed(self, number: int, *, retry_at: datetime | None, reason: str) -> None:
        self._work()
        row = self._find(number)
        if row.state != "waiting":
            return
        row.state, row.due_at, row.reason = "failed" if retry_at is None else "waiting", retry_at, reason
        row.message = replace(row.message, attempts=row.message.attempts + 1)

    def _work(self) -> None:
        if self.broken:
            raise StoreError(self.broken)

    def _row(self, event: Event, chat: str) -> Row:
        return Row(message=Message(number=len(self.outbox) + 1, chat=chat, event=event))

    def _find(self, number: int) -> Row:
        return next(row for row in self.outbox if row.message.number == number)


def _same(one: Event, other: Event) -> bool:
    return (one.kind, one.camera, one.nest, one.at) == (other.kind, other.camera, other.nest, other.at)
