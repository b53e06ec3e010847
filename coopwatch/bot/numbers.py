"""Which message numbers are known: those of updates and answers in; the numbers that a lost message may have out.

Telegram counts the messages of all private chats and small groups of a bot together, those of every supergroup and
channel apart. A message whose answer was lost has a number soon after the newest one known when it was sent, and none
of those known since.
"""

from collections.abc import Sequence
from itertools import islice

APART_FROM = -1_000_000_000_000  # supergroups and channels have numbers below this
MOST = 100  # numbers to look under; each costs a call
KEPT = 5_000  # numbers of one box; far more than one time-out lasts


class Numbers:
    """Remembers numbers since the program began."""

    def __init__(self) -> None:
        self._known: dict[int, dict[int, None]] = {}  # box -> numbers, in the order they became known

    def note(self, chat_id: int, number: int) -> None:
        """A message with this number is in the chat."""
        known = self._known.setdefault(_box(chat_id), {})
        known[number] = None
        if len(known) > KEPT:
            del known[next(iter(known))]

    def newest(self, chat_id: int) -> int | None:
        """The highest number known where the chat's messages are counted; None: none yet."""
        return max(self._known.get(_box(chat_id), ()), default=None)

    def unknown(self, chat_id: int, *, after: int, until: int) -> Sequence[int]:
        """The numbers above `after`, `until` at most, that are not known."""
        known = self._known.get(_box(chat_id), {})
        return list(islice((number for number in range(after + 1, until + 1) if number not in known), MOST))


def _box(chat_id: int) -> int:
    return chat_id if chat_id < APART_FROM else 0
