"""A store in memory, for tests of what stands above the Store port; it passes the same contract as the database."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from coopwatch.core.camera import CameraMemory
from coopwatch.core.memory import Memory
from coopwatch.core.visit import leave_unseen
from coopwatch.delivery import Story
from coopwatch.errors import StoreError
from coopwatch.subscriber import Invitation, Subscriber, SubscriberRole
from coopwatch.values import NOTHING, Event, EventKind, Message, NamedPhoto, StoredEvent, Told


@dataclass(slots=True, kw_only=True)
class Row:
    """A row of the outbox."""

    message: Message
    state: str = "waiting"  # or "sent", "failed", "dropped", "muted"
    due_at: datetime | None = None  # None: at once
    sent_at: datetime | None = None
    reason: str = ""
    told: Told | None = None
    is_stale: bool = False  # corrected since it was waiting


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
    invitations: dict[str, Invitation] = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)  # event -> what people say that it was
    spoken: dict[int, int] = field(default_factory=dict)  # event -> the number of that word
    file_ids: dict[str, str] = field(default_factory=dict)

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
        await self.tell(events)

    async def forget_nests(self, *, but: Collection[str]) -> None:
        self._work()
        for gone in self.nests.keys() - but:
            await self.tell(leave_unseen(self.nests.pop(gone)))

    async def tell(self, events: Sequence[Event]) -> None:
        self._work()
        for event in events:
            if not any(_same(event, other) for other in self.events):
                self.events.append(event)
                for subscriber in await self.subscribers():
                    if event.kind is not EventKind.SERVICE_TROUBLE or subscriber.role is SubscriberRole.KEEPER:
                        self.outbox.append(self._row(event, subscriber.chat))

    async def save_photo(self, jpeg: bytes) -> str:
        self._work()
        name = hashlib.sha256(jpeg).hexdigest()
        path = f"photos/{name[:2]}/{name}.jpg"
        self.photos[path] = jpeg
        return path

    async def find_damage(self) -> str | None:
        self._work()
        return None

    async def newest_events(self, count: int) -> Sequence[Event]:
        self._work()
        happened = [stored.event for stored in self._history() if stored.happened]
        return sorted(happened, key=lambda event: event.at)[::-1][:count]

    async def events_between(self, begin: datetime, end: datetime) -> Sequence[StoredEvent]:
        self._work()
        between = [stored for stored in self._history() if begin <= stored.event.at < end]
        return sorted(between, key=lambda stored: (stored.event.at, stored.number))

    async def find_event(self, number: int) -> StoredEvent | None:
        self._work()
        return next((stored for stored in self._history() if stored.number == number), None)

    async def correct(self, number: int, label: str, *, by: str, at: datetime) -> bool:
        self._work()
        if not 0 < number <= len(self.events) or self.words.get(number) == label:
            return False
        self.words[number] = label
        self.spoken[number] = max(self.spoken.values(), default=0) + 1
        self._retell(number)
        return True

    async def named_photos(self, limit: int) -> Sequence[NamedPhoto]:
        self._work()
        named = []
        for one in reversed(self._history()):
            place = one.number if one.number in self.words else one.visit or 0
            if one.event.kind in ("hen_nesting", "hen_left", "unknown_visitor") and one.event.photo and one.correction:
                visit = one.visit or one.number
                word = self.spoken[place]
                named.append(NamedPhoto(photo=one.event.photo, label=one.correction, visit=visit, word=word))
        return named[:limit]

    async def subscribe(self, subscriber: Subscriber) -> None:
        self._work()
        known = self.everyone.get(subscriber.chat, subscriber)
        self.everyone[subscriber.chat] = replace(known, name=subscriber.name, thread=subscriber.thread)
        self.suspended.discard(subscriber.chat)

    async def set_preferences(self, subscriber: Subscriber) -> None:
        self._work()
        if known := self.everyone.get(subscriber.chat):
            self.everyone[subscriber.chat] = replace(subscriber, since=known.since)
            for row in self.outbox:
                if row.message.chat == subscriber.chat and row.state == "waiting" and row.message.is_held:
                    row.due_at = None

    async def find_subscriber(self, chat: str) -> Subscriber | None:
        self._work()
        return self._with_state(self.everyone[chat]) if chat in self.everyone else None

    async def forget(self, chat: str) -> bool:
        self._work()
        self.outbox = [row for row in self.outbox if row.message.chat != chat]
        self.suspended.discard(chat)
        return self.everyone.pop(chat, None) is not None

    async def move_chat(self, old: str, new: str) -> None:
        self._work()
        known = self.everyone.get(old)
        if known is None or old == new:
            return
        del self.everyone[old]
        if new not in self.everyone:
            self.everyone[new] = replace(known, chat=new)
            self.suspended |= {new} if old in self.suspended else set()
        self.suspended.discard(old)
        for row in self.outbox:
            if row.message.chat == old:
                row.message = replace(row.message, chat=new)

    async def invite(self, invitation: Invitation) -> None:
        self._work()
        self.invitations[invitation.code_hash] = invitation

    async def redeem(self, code_hash: str, subscriber: Subscriber) -> Subscriber | None:
        self._work()
        invitation = self.invitations.get(code_hash)
        if invitation is None or invitation.expires_at <= subscriber.since:
            return None
        del self.invitations[code_hash]
        await self.subscribe(subscriber)
        if invitation.role is SubscriberRole.KEEPER:
            self.everyone[subscriber.chat] = replace(self.everyone[subscriber.chat], role=SubscriberRole.KEEPER)
        return self.everyone[subscriber.chat]

    async def unsubscribe(self, chat: str) -> None:
        self._work()
        self.suspended |= {chat} & self.everyone.keys()
        for row in self.outbox:
            if row.message.chat == chat and row.state == "waiting":
                row.state = "dropped"

    async def subscribers(self, *, suspended: bool = False) -> Sequence[Subscriber]:
        self._work()
        everyone = map(self._with_state, self.everyone.values())
        chosen = [one for one in everyone if suspended or one.is_active]
        return sorted(chosen, key=lambda one: (one.since, one.chat))

    async def unsent(self, now: datetime, limit: int, *, without: Collection[str] = ()) -> Sequence[Message]:
        self._work()
        return [self._read(row) for row in self._due(now) if row.message.chat not in without][:limit]

    async def due_chats(self, now: datetime, *, without: Collection[str] = ()) -> Sequence[str]:
        self._work()
        chats = dict.fromkeys(row.message.chat for row in self._due(now))
        return [chat for chat in chats if chat not in without]

    async def unsent_of(self, chat: str, now: datetime, limit: int) -> Sequence[Message]:
        self._work()
        doubted = [row for row in self.outbox if row.state == "waiting" and row.message.sent_after is not None]
        due = [row for row in self._due(now) if row.message.sent_after is None]
        return [self._read(row) for row in (*doubted, *due) if row.message.chat == chat][:limit]

    async def story(self, visit: int, chat: str) -> Story:
        self._work()
        events = tuple(stored for stored in self._history() if stored.visit == visit)
        told = (
            row.told
            for row in self.outbox
            if row.message.chat == chat
            and row.told
            and not row.told.is_digest
            and row.message.event.kind in (EventKind.HEN_NESTING, EventKind.HEN_LEFT)
            and self._read(row).visit == visit
        )
        return Story(events=events, told=next(iter([*told][::-1]), None))

    async def mark_sending(self, *numbers: int, after: int | None) -> None:
        self._work()
        for row in self._find(numbers, waiting=True):
            row.message = replace(row.message, sent_after=after)

    async def mark_sent(self, *numbers: int, at: datetime, told: Told | None = None) -> None:
        self._work()
        for row in self._find(numbers):
            row.state = "waiting" if row.is_stale and told and not told.is_digest else "sent"
            row.is_stale, row.sent_at, row.told = False, row.sent_at or at, told or row.told
            row.message = replace(row.message, attempts=row.message.attempts + 1, sent_after=None)

    async def mark_muted(self, *numbers: int) -> None:
        self._work()
        for row in self._find(numbers):
            row.state = "muted"

    async def hold(self, *numbers: int, until: datetime) -> None:
        self._work()
        for row in self._find(numbers, waiting=True):
            row.due_at = until
            row.message = replace(row.message, is_held=True)

    async def release(self) -> None:
        self._work()
        for row in self.outbox:
            row.due_at = None

    async def mark_failed(
        self, *numbers: int, retry_at: datetime | None, reason: str, may_have_arrived: bool = False
    ) -> None:
        self._work()
        for row in self._find(numbers, waiting=True):
            row.state, row.due_at, row.reason = "failed" if retry_at is None else "waiting", retry_at, reason
            after = row.message.sent_after if may_have_arrived else None
            row.message = replace(row.message, attempts=row.message.attempts + 1, sent_after=after)

    async def newest_told(self, limit: int) -> Sequence[tuple[str, int]]:
        self._work()
        told = {(row.message.chat, row.told.message_id) for row in self.outbox if row.told}
        return sorted(told, key=lambda one: one[1], reverse=True)[:limit]

    async def shown_since(self, begin: datetime) -> Sequence[tuple[str, datetime | None]]:
        self._work()
        first: dict[tuple[str, int], datetime] = {}
        for row in self.outbox:
            if row.told and row.sent_at:
                key = row.message.chat, row.told.message_id
                first[key] = min(row.sent_at, first.get(key, row.sent_at))
        doubted = {
            row.message.chat for row in self.outbox if row.state == "waiting" and row.message.sent_after is not None
        }
        shown = [(chat, at) for (chat, _), at in first.items() if at > begin]
        return [*shown, *((chat, None) for chat in doubted)]

    async def file_id(self, photo: str) -> str | None:
        self._work()
        return self.file_ids.get(photo)

    async def keep_file_id(self, photo: str, file_id: str) -> None:
        self._work()
        self.file_ids[photo] = file_id

    def _with_state(self, one: Subscriber) -> Subscriber:
        return replace(one, is_active=one.chat not in self.suspended)

    def _work(self) -> None:
        if self.broken:
            raise StoreError(self.broken)

    def _row(self, event: Event, chat: str) -> Row:
        number = max((row.message.number for row in self.outbox), default=0) + 1
        return Row(message=Message(number=number, chat=chat, event=event, event_number=len(self.events)))

    def _due(self, now: datetime) -> Iterator[Row]:
        return (row for row in self.outbox if row.state == "waiting" and (row.due_at is None or row.due_at <= now))

    def _read(self, row: Row) -> Message:
        stored = self._history()[row.message.event_number - 1]
        told = row.told if row.told and not row.told.is_digest else None
        values = {"event": stored.event, "visit": stored.visit, "correction": stored.correction, "told": told}
        return replace(row.message, **values)

    def _retell(self, number: int) -> None:
        visit = self._history()[number - 1].visit
        for row in self.outbox:
            about = row.message.event_number == number or (visit is not None and self._read(row).visit == visit)
            if about and row.state == "waiting":
                row.is_stale = True
            elif about and self._read(row).told and row.message.chat not in self.suspended:
                row.state, row.due_at, row.reason = "waiting", None, ""
                row.message = replace(row.message, attempts=0)

    def _find(self, numbers: Collection[int], *, waiting: bool = False) -> Sequence[Row]:
        chosen = [row for row in self.outbox if row.message.number in numbers]
        return [row for row in chosen if row.state == "waiting"] if waiting else chosen

    def _history(self) -> Sequence[StoredEvent]:
        """All events, in the order they were saved, as people left them."""
        history: list[StoredEvent] = []
        for number, event in enumerate(self.events, 1):
            visit = self._visit(number, event)
            word = self.words.get(number) or self.words.get(visit or 0)
            named = event if word in (None, NOTHING) else replace(event, hens=(word,), certainty=1.0)
            history.append(StoredEvent(number=number, event=named, visit=visit, correction=word))
        return history

    def _visit(self, number: int, event: Event) -> int | None:
        if event.kind is EventKind.HEN_NESTING:
            return number
        before = [
            (other.at, place)
            for place, other in enumerate(self.events[: number - 1], 1)
            if other.kind is EventKind.HEN_NESTING and (other.camera, other.nest) == (event.camera, event.nest)
        ]
        if event.kind is EventKind.HEN_LEFT and event.began is not None:
            begun = [place for at, place in before if at == event.began]
        elif event.kind is EventKind.EGG_LAID and len(event.hens) == 1:
            begun = [place for _, place in sorted((at, place) for at, place in before if at < event.at)]
        else:
            return None
        return begun[-1] if begun and self.events[begun[-1] - 1].hens == event.hens else None


def _same(one: Event, other: Event) -> bool:
    return (one.kind, one.camera, one.nest, one.at) == (other.kind, other.camera, other.nest, other.at)
