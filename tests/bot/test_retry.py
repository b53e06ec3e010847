"""Rules of what becomes of a message that was not confirmed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.bot.retry import LONGEST_PAUSE, RetryDecision, decide, pause
from coopwatch.errors import ChatGoneError, MessengerError, RefusedError, TryLaterError, UnknownOutcomeError

NOW = datetime(2026, 6, 21, 12, 0, tzinfo=UTC)


def again_in(**duration: float) -> RetryDecision:
    return RetryDecision(retry_at=NOW + timedelta(**duration))


NEVER = RetryDecision(retry_at=None)


@pytest.mark.parametrize(
    ("error", "attempts", "doubted", "expected"),
    [
        (TryLaterError("no network"), 0, False, again_in(seconds=5)),
        (TryLaterError("no network"), 2, False, again_in(seconds=20)),
        (TryLaterError("no network"), 9999, False, again_in(minutes=1)),  # never given up
        (TryLaterError("told", after=timedelta(minutes=9)), 0, False, again_in(minutes=9)),
        (TryLaterError("told", after=timedelta(seconds=1)), 2, False, again_in(seconds=20)),
        (UnknownOutcomeError("no answer"), 0, False, again_in(seconds=5)),
        (UnknownOutcomeError("no answer"), 7, False, again_in(minutes=1)),
        (UnknownOutcomeError("no answer"), 1, True, NEVER),  # a third copy would be worse
        (TryLaterError("no network"), 1, True, again_in(seconds=10)),  # the one more try surely did not arrive
        (RefusedError("bad request"), 0, False, NEVER),
        (ChatGoneError("blocked"), 0, False, RetryDecision(retry_at=None, unsubscribe=True)),
    ],
)
def test_the_meaning_of_the_error_decides(
    error: MessengerError, attempts: int, doubted: bool, expected: RetryDecision
) -> None:
    assert decide(error, attempts, NOW, doubted=doubted) == expected


@given(st.integers(0, 10**9))
def test_pauses_grow_and_have_an_end(attempts: int) -> None:
    assert timedelta(0) < pause(attempts) <= pause(attempts + 1) <= LONGEST_PAUSE
