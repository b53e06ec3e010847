"""Rules of what becomes of a message that was not confirmed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.retry import LONGEST_PAUSE, RetryDecision, decide, pause
from coopwatch.errors import (
    BrokenOffError,
    ChatGoneError,
    ChatMovedError,
    MessengerError,
    RefusedError,
    TryLaterError,
    UnknownOutcomeError,
)

NOW = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


def again_in(**duration: float) -> RetryDecision:
    return RetryDecision(retry_at=NOW + timedelta(**duration))


NEVER = RetryDecision(retry_at=None)


def look_first_in(**duration: float) -> RetryDecision:
    return RetryDecision(retry_at=NOW + timedelta(**duration), look_first=True)


@pytest.mark.parametrize(
    ("error", "attempts", "expected"),
    [
        (TryLaterError("no network"), 0, again_in(seconds=5)),
        (TryLaterError("no network"), 2, again_in(seconds=20)),
        (TryLaterError("no network"), 9999, again_in(minutes=1)),  # never given up
        (TryLaterError("told", after=timedelta(minutes=9)), 0, again_in(minutes=9)),
        (TryLaterError("told", after=timedelta(seconds=1)), 2, again_in(seconds=20)),
        (UnknownOutcomeError("no answer"), 0, look_first_in(seconds=5)),
        (UnknownOutcomeError("no answer"), 7, look_first_in(minutes=1)),
        (BrokenOffError("hung up"), 1, look_first_in(seconds=10)),
        (RefusedError("bad request"), 0, NEVER),
        (ChatGoneError("blocked"), 0, RetryDecision(retry_at=None, unsubscribe=True)),
        (ChatMovedError("upgraded", to="telegram:-1001"), 3, RetryDecision(retry_at=NOW, move_to="telegram:-1001")),
    ],
)
def test_the_meaning_of_the_error_decides(error: MessengerError, attempts: int, expected: RetryDecision) -> None:
    assert decide(error, attempts, NOW) == expected


@given(st.integers(0, 10**9))
def test_pauses_grow_and_have_an_end(attempts: int) -> None:
    assert timedelta(0) < pause(attempts) <= pause(attempts + 1) <= LONGEST_PAUSE
