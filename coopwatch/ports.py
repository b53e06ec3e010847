"""The seams of the daemon: Camera, Classifier, Store, Messenger, and what a chat may ask of the Coop."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from coopwatch.core.camera import CameraMemory
from coopwatch.core.memory import Memory
from coopwatch.core.status import CameraStatus
from coopwatch.values import Event, Frame, Message, Pixels, Probabilities
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A chat that gets messages."""

    chat: str  # "terminal" or "telegram:<chat id>"
    name: str
    since: datetime


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

    async def save_photo(self, jpeg: bytes) -> str:
        """Write a photo under the hash of its bytes; the same bytes are written once. Returns its path below data."""
        ...

    async def newest_events(self, count: int) -> Sequence[Event]:
        """The newest events, newest first."""
        ...

    async def subscribe(self, subscriber: Subscriber) -> None:
        """Add a subscriber, or wake a suspended one."""
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

    async def mark_sent(self, number: int, *, at: datetime) -> None:
        """The message arrived."""
        ...

    async def mark_failed(self, number: int, *, retry_at: datetime | None, reason: str) -> None:
        """The message did not arrive; None means never try again."""
        ...


class Messenger(Protocol):
    """Brings a message to a chat."""

    async def send(self, message: Message) -> None:
        """Send one message, with its photo if it has one.

        Raises:
            TryLaterError, UnknownOutcomeError, RefusedError, ChatGoneError: see coopwatch.errors.
        """
        ...


class Coop(Protocol):
    """What a chat may ask of the running daemon; answers at once, from memory."""

    def status(self) -> Sequence[CameraStatus]:
        """The state of every camera and nest."""
        ...

    def newest_photo(self, nest: str | None) -> bytes | None:
        """The newest picture as JPEG, at most 1280 px: of the nest, or of the first camera; None if there is none."""
        ...
