"""Keeps to the Bot API's limits: who wants to call in, how long to wait out.

The limits are those of the Bot API's FAQ: about 30 messages a second in all, 20 a minute into a group, one a second
into a chat. A call is counted when it has *ended*: however long it was on its way, no minute ever has more. What a
program that was killed sent in its last minute counts too: events as they are remembered, answers as if all that may
be given had been given when this one began.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MINUTE, SECOND = 60.0, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many messages may go out."""

    all_each_second: int = 30
    group_each_minute: int = 20
    spared_each_second: int = 5  # for answers to people: events leave so many free
    spared_each_minute: int = 4  # in a group
    edits_each_second: int = 10  # that can wait: looks for a message that may have arrived, and corrections
    answers_each_minute: int = 8  # in a group; nobody writes them down, so that after a kill so many are assumed


@dataclass(slots=True)
class Window:
    """The calls of the last so many seconds, and those on their way."""

    seconds: float
    ended: deque[float] = field(default_factory=deque)
    under_way: int = 0

    def wait(self, now: float, most: int) -> float:
        """Seconds until one more is within `most`; while so many are under way, a moment."""
        while self.ended and now - self.ended[0] >= self.seconds:
            self.ended.popleft()
        over = len(self.ended) + self.under_way - most
        if over < 0:
            return 0.0
        if over >= len(self.ended):
            return _MOMENT
        return self.ended[over] + self.seconds - now


_MOMENT = 0.05


class Pace:
    """One for all calls of a bot."""

    def __init__(self, limits: Limits = Limits(), *, time: Callable[[], float] | None = None) -> None:
        self._limits = limits
        self._time = time or (lambda: asyncio.get_running_loop().time())
        self._began: float | None = None
        self._all = Window(SECOND)
        self._edits = Window(SECOND)
        self._chats: dict[int, Window] = {}

    @property
    def under_way(self) -> int:
        """How many calls that show something have no answer yet."""
        return self._all.under_way

    def remember(self, chat_id: int, seconds_ago: float) -> None:
        """A program that ran before this one sent a message into the chat."""
        window = self._window(chat_id)
        window.ended = deque(sorted([*window.ended, self._time() - max(0.0, seconds_ago)]))

    def wait(self, chat_id: int, *, spare: bool) -> float:
        """Seconds until a message may go to the chat; with `spare`, some room is left for answers to people."""
        now, limits = self._time(), self._limits
        in_all = limits.all_each_second - (limits.spared_each_second if spare else 0)
        waits = [self._all.wait(now, in_all)]
        if chat_id < 0:
            in_group = limits.group_each_minute - (limits.spared_each_minute if spare else 0)
            waits.append(self._window(chat_id).wait(now, in_group))
        elif spare:
            waits.append(self._window(chat_id).wait(now, 1))
        return max(waits)

    async def edit(self) -> None:
        """Wait until one more edit that can wait may be made; all chats take turns, messages go on meanwhile."""
        while (wait := self._edits.wait(self._time(), self._limits.edits_each_second)) > 0:  # noqa: ASYNC110 (as below)
            await asyncio.sleep(wait)
        self._edits.ended.append(self._time())

    async def turn(self, chat_id: int) -> None:
        """Wait until an event's message may go to the chat."""
        await self._until_free(chat_id, spare=True)

    @asynccontextmanager
    async def call(self, chat_id: int) -> AsyncIterator[None]:
        """Within the limits, one call that shows something in the chat."""
        await self._until_free(chat_id, spare=False)
        windows = (self._all, self._window(chat_id))
        for window in windows:
            window.under_way += 1
        try:
            yield
        finally:
            for window in windows:
                window.under_way -= 1
                window.ended.append(self._time())

    async def _until_free(self, chat_id: int, *, spare: bool) -> None:
        while (wait := self.wait(chat_id, spare=spare)) > 0:  # noqa: ASYNC110 (it waits for time to pass)
            await asyncio.sleep(wait)

    def _window(self, chat_id: int) -> Window:
        if chat_id not in self._chats:
            self._forget_quiet_chats()
            self._chats[chat_id] = self._new_window(chat_id)
        return self._chats[chat_id]

    def _new_window(self, chat_id: int) -> Window:
        now = self._time()
        self._began = now if self._began is None else self._began
        if chat_id > 0:
            return Window(SECOND)
        assumed = self._limits.answers_each_minute if now - self._began < MINUTE else 0
        return Window(MINUTE, deque([self._began] * assumed))

    def _forget_quiet_chats(self) -> None:
        """Strangers come and go for years; a chat without a call in its window needs no window."""
        now = self._time()
        self._chats = {
            chat_id: window
            for chat_id, window in self._chats.items()
            if window.under_way or (window.ended and now - window.ended[-1] < window.seconds)
        }
