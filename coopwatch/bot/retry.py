"""Decides what becomes of a message that was not confirmed: an error in, a decision out; nothing is done here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from coopwatch.errors import (
    BrokenOffError,
    ChatGoneError,
    ChatMovedError,
    MessengerError,
    RefusedError,
    TryLaterError,
    UnknownOutcomeError,
)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryDecision:
    """What to do with the message; `retry_at` None means never again."""

    retry_at: datetime | None
    look_first: bool = False  # it may have arrived: only what is not found is sent again
    unsubscribe: bool = False
    move_to: str | None = None  # the chat's new name


def decide(error: MessengerError, attempts: int, now: datetime) -> RetryDecision:
    """Decide by the error's meaning.

    Args:
        error: why the message was not confirmed.
        attempts: how often it had been tried before this failure.
        now: the present moment.
    """
    match error:
        case ChatGoneError():
            return RetryDecision(retry_at=None, unsubscribe=True)
        case ChatMovedError(to=new):
            return RetryDecision(retry_at=now, move_to=new)
        case RefusedError():
            return RetryDecision(retry_at=None)
        case BrokenOffError() | UnknownOutcomeError():
            return RetryDecision(retry_at=now + pause(attempts), look_first=True)
        case TryLaterError(after=told_to_wait):
            return RetryDecision(retry_at=now + max(told_to_wait, pause(attempts)))
        case _:
            return RetryDecision(retry_at=now + pause(attempts))


def pause(attempts: int) -> timedelta:
    """How long to wait after so many earlier attempts: doubling, never longer than a minute."""
    doublings = min(attempts, 10)  # a bound, so that a year of attempts does not overflow
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
