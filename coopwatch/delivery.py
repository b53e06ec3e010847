"""What goes to a chat as one message: rows of the outbox, with the story of the visit that they tell."""

from collections.abc import Mapping
from dataclasses import dataclass

from coopwatch.subscriber import Subscriber
from coopwatch.values import EventKind, Message, StoredEvent, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A visit so far, and where a chat reads of it."""

    events: tuple[StoredEvent, ...]  # nesting, left, eggs: in the order they were stored
    told: Told | None = None  # None: the chat has no message of it yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What goes to a chat as one message."""

    messages: tuple[Message, ...]  # rows of the outbox; of one visit unless it is a digest
    subscriber: Subscriber
    stories: Mapping[int, Story]  # of the visits that the messages belong to
    is_digest: bool = False
    is_silent: bool = True

    @property
    def numbers(self) -> tuple[int, ...]:
        """Its rows."""
        return tuple(message.number for message in self.messages)

    @property
    def story(self) -> Story | None:
        """The visit that it tells; where that was told already, its message changes."""
        first = self.messages[0]
        tells_visit = first.event.kind in (EventKind.HEN_NESTING, EventKind.HEN_LEFT) and not self.is_digest
        return self.stories.get(first.visit or 0) if tells_visit else None

    @property
    def told(self) -> Told | None:
        """The message in the chat that changes; None: it becomes a new one."""
        if self.story is not None:
            return self.story.told
        return None if self.is_digest else self.messages[0].told

    @property
    def is_retold(self) -> bool:
        """Whether the chat read all of it before, and a person corrected it since."""
        return all(message.told is not None for message in self.messages)
