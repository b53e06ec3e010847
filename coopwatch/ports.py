"""The seams of the daemon: Camera, Classifier, Store, Messenger, and what a chat may ask of the Coop."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, Self

from coopwatch.core.camera import CameraMemory
from coopwatch.core.memory import Memory
from coopwatch.core.status import CameraStatus, ServiceStatus
from coopwatch.delivery import Delivery, Story
from coopwatch.subscriber import Invitation, Subscriber
from coopwatch.values import (
    Event,
    Frame,
    Message,
    NamedPhoto,
    Pixels,
    Probabilities,
    Region,
    StoredEvent,
    Told,
)
from coopwatch.vision.card import ModelCard


class Camera(Protocol):
    """A source of frames; open between `__aenter__` and `__aexit__`."""

    @property
    def name(self) -> str:
        """The camera's name in the config."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def grab(self) -> Frame:
        """The newest frame, stamped when it was taken.

        Returns within the camera's own deadline. A live camera that is away heals itself: the next call may succeed.

        Raises:
            CameraError: no frame now; the text is the reason in plain words, without passwords.
            CameraEndedError: a recorded source has no more frames.
        """
        ...


class Classifier(Protocol):
    """Names what a crop shows."""

    @property
    def card(self) -> ModelCard:
        """The card of the model in use."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def classify(self, crop: Pixels) -> Probabilities:
        """Calibrated probabilities of one crop of any size; resizing is the classifier's work.

        Raises:
            InferenceError: no answer in time, the queue dropped it for a newer one, or the worker died.
        """
        ...


class Store(Protocol):
    """What outlives the process. Every method is one transaction, done outside the event loop.

    Raises everywhere:
        StoreError: disk full, not writable, damaged; the text says what to do.
    """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def load_memory(self, nest: str) -> Memory | None:
        """What the nest's last transition left, or None."""
        ...

    async def load_camera_memory(self, camera: str) -> CameraMemory | None:
        """What the camera's last transition left, or None."""
        ...

    async def save(self, memory: Memory | CameraMemory, events: Sequence[Event]) -> None:
        """Save a transition: the memory, its events, an outbox row for each event and active subscriber.

        An event that is stored already (same kind, camera, nest and time) is not stored or sent twice.
        """
        ...

    async def forget_nests(self, *, but: Collection[str]) -> None:
        """Nobody looks into any nests but these: forget the others, and save that who sat there has left."""
        ...

    async def save_photo(self, jpeg: bytes) -> str:
        """Write a photo under the hash of its bytes; the same bytes are written once. Returns its path below data."""
        ...

    async def find_damage(self) -> str | None:
        """What is wrong with the files of the database; None if nothing is."""
        ...

    async def newest_events(self, count: int) -> Sequence[Event]:
        """The newest events, newest first."""
        ...

    async def tell(self, events: Sequence[Event]) -> None:
        """Save events that no nest or camera remembers, such as a trouble of the service; like `save` otherwise."""
        ...

    async def events_between(self, begin: datetime, end: datetime) -> Sequence[StoredEvent]:
        """All events with begin <= at < end, oldest first, also those of which people say that they never were."""
        ...

    async def find_event(self, number: int) -> StoredEvent | None:
        """One event; None if there is none with this number."""
        ...

    async def correct(self, number: int, label: str, *, by: str, at: datetime) -> bool:
        """Take a person's word for who an event is about (a label, or NOTHING); whether it changed anything.

        It counts for the visit's other events too, unless those have a word of their own. The last word counts, the
        earlier ones are kept. False for the word that stands already, and for an event that does not exist.
        All messages about the visit become unsent again, so that they change where they arrived; digests do not.
        """
        ...

    async def named_photos(self, limit: int) -> Sequence[NamedPhoto]:
        """The photos of visitors that people named, the newest first, at most `limit`; an egg's photo shows no hen."""
        ...

    async def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber, or wake one: name and thread are as given then, everything else stays."""
        ...

    async def set_preferences(self, subscriber: Subscriber) -> None:
        """Write everything of a subscriber but `since` and `is_active`; nothing for a chat that never subscribed.

        What quiet hours or a mute held back is due again: it may be wanted now.
        """
        ...

    async def find_subscriber(self, chat: str) -> Subscriber | None:
        """One subscriber, also a suspended one."""
        ...

    async def forget(self, chat: str) -> bool:
        """Delete a subscriber with its messages; whether there was one."""
        ...

    async def move_chat(self, old: str, new: str) -> None:
        """The service numbered a chat anew: its subscriber and messages go along."""
        ...

    async def invite(self, invitation: Invitation) -> None:
        """Keep an invitation."""
        ...

    async def redeem(self, code_hash: str, subscriber: Subscriber) -> Subscriber | None:
        """Let a chat in by a code that is neither used nor over at `subscriber.since`; None if it is.

        The code gives the role; nobody loses a right by it.
        """
        ...

    async def unsubscribe(self, chat: str) -> None:
        """Suspend a subscriber; its unsent messages are dropped."""
        ...

    async def subscribers(self, *, suspended: bool = False) -> Sequence[Subscriber]:
        """The active subscribers, oldest first; with `suspended`, everyone who ever subscribed."""
        ...

    async def unsent(self, now: datetime, limit: int, *, without: Collection[str] = ()) -> Sequence[Message]:
        """Messages due now, oldest first, at most `limit`; none of the chats `without`: no chat hides others."""
        ...

    async def due_chats(self, now: datetime, *, without: Collection[str] = ()) -> Sequence[str]:
        """The chats with messages due now, the one that waits longest first."""
        ...

    async def unsent_of(self, chat: str, now: datetime, limit: int) -> Sequence[Message]:
        """Messages to one chat that may have arrived, then those due now, oldest first, at most `limit`."""
        ...

    async def story(self, visit: int, chat: str) -> Story:
        """A visit as far as it is stored, and the message by which the chat was told of it."""
        ...

    async def mark_sending(self, *numbers: int, after: int | None) -> None:
        """They go out now, as a message newer than `after` (a number of the service); None: they did not arrive."""
        ...

    async def mark_sent(self, *numbers: int, at: datetime, told: Told | None = None) -> None:
        """They arrived, all in one message; unsent again if they were corrected while they were on their way."""
        ...

    async def mark_muted(self, *numbers: int) -> None:
        """The chat does not want them; they are never sent."""
        ...

    async def hold(self, *numbers: int, until: datetime) -> None:
        """They wait through quiet hours or a mute; no attempt is counted."""
        ...

    async def release(self) -> None:
        """Nothing waits for its time any longer: all that is unsent is due."""
        ...

    async def mark_failed(
        self, *numbers: int, retry_at: datetime | None, reason: str, may_have_arrived: bool = False
    ) -> None:
        """They were not confirmed; `retry_at` None means never try again."""
        ...

    async def newest_told(self, limit: int) -> Sequence[tuple[str, int]]:
        """Chat and number of the newest messages that arrived, at most `limit`; the newest one first."""
        ...

    async def shown_since(self, begin: datetime) -> Sequence[tuple[str, datetime | None]]:
        """Chat and time of each message that arrived since; None: it was on its way, and may have arrived."""
        ...

    async def file_id(self, photo: str) -> str | None:
        """Under which name the service keeps a photo; None: it never got it."""
        ...

    async def keep_file_id(self, photo: str, file_id: str) -> None:
        """The service keeps the photo under this name now."""
        ...


class Messenger(Protocol):
    """Brings messages to chats."""

    @property
    def is_log(self) -> bool:
        """Whether every event is a line of its own, at once: no quiet hours, digests or edits."""
        ...

    async def turn(self, chat: str) -> None:
        """Wait until the service lets one more message into the chat."""
        ...

    def newest(self, chat: str) -> int | None:
        """The number of the newest message that the service is known to have given where this chat's come from."""
        ...

    async def send(self, delivery: Delivery) -> Told | None:
        """Send one message, with its photo if it has one, or change the one that tells of the visit.

        Returns:
            Where it arrived; None where nobody can say.

        Raises:
            TryLaterError, UnknownOutcomeError, RefusedError, ChatMovedError, ChatGoneError: see coopwatch.errors.
        """
        ...

    async def find(self, delivery: Delivery, *, after: int) -> Told | None:
        """Look for a message that may have arrived, newer than the message `after` (0: unknown); None: it did not.

        Raises: as `send`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenes:
    """What a film is made of."""

    files: Sequence[Path]  # pictures, oldest first
    region: Region | None  # the part of each that the film shows; None: the whole


class Coop(Protocol):
    """What a chat may ask of the running daemon; answers at once, from memory."""

    def now(self) -> datetime | None:
        """The coop's own time, which runs faster where it is simulated; None while nothing is watched."""
        ...

    def status(self) -> Sequence[CameraStatus]:
        """The state of every camera and nest."""
        ...

    def newest_photo(self, nest: str | None) -> bytes | None:
        """The newest picture as JPEG, at most 1280 px: of the nest, or of the first camera; None if there is none."""
        ...

    def service(self) -> ServiceStatus:
        """How the service itself does."""
        ...

    def model(self) -> ModelCard:
        """The card of the model that names the hens."""
        ...

    def learning(self) -> Sequence[str]:
        """What that model learnt from corrections, and why the last ones taught it nothing; texts of core.lesson."""
        ...

    def hens(self) -> Sequence[str]:
        """The labels of all hens that the model knows."""
        ...

    def scenes(self, nest: str | None, back: timedelta) -> Scenes:
        """The pictures of so much time back from now: of the nest, or of the first camera."""
        ...

    def correct(self, event: Event, label: str) -> None:
        """A person says who the event is about (a label, or NOTHING): from now on the nest's state says so too."""
        ...
