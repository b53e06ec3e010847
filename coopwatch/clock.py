"""Where time comes from: the system, the system made faster, or a test's hand."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the present moment; aware, UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class HeldClock(Clock, Protocol):
    """A clock that waits when asked to."""

    def hold(self, at: datetime) -> None:
        """Let `at` be the present moment; go on from there."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The machine's present moment."""
        return datetime.now(UTC)  # noqa: TID251 (the one place where the machine's clock is read)


class ScaledClock:
    """Begins at `start` and runs `speed` times as fast as the clock it stands on."""

    def __init__(self, *, start: datetime, speed: float, real: Clock | None = None) -> None:
        self._real = real or SystemClock()
        self._origin = self._real.now()
        self._start = start
        self._speed = speed

    def now(self) -> datetime:
        """The present moment of the faster time."""
        return self._start + (self._real.now() - self._origin) * self._speed

    def hold(self, at: datetime) -> None:
        """Let `at` be the present moment; go on from there."""
        self._start, self._origin = at, self._real.now()


class ManualClock:
    """Stands still until someone moves it; for tests."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Where the clock was last moved to."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Move the time on."""
        self._at += by

    def hold(self, at: datetime) -> None:
        """Let `at` be the present moment."""
        self._at = at
