"""Rules of what an error of the Telegram library means for a message."""

from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from coopwatch.bot.meaning import is_token_refused, meaning_of, meant
from coopwatch.errors import (
    BrokenOffError,
    ChatGoneError,
    ChatMovedError,
    MessengerError,
    RefusedError,
    TryLaterError,
    UnknownOutcomeError,
    UserMustActError,
)


@pytest.fixture(autouse=True)
def _durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as the running bot sets it


def caused(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (Forbidden("bot was blocked by the user"), ChatGoneError),
        (BadRequest("Chat not found"), ChatGoneError),
        (ChatMigrated(-1001), ChatMovedError),
        (BadRequest("Message text is empty"), RefusedError),
        (NetworkError("Internal Server Error"), TryLaterError),
        (caused(NetworkError("httpx.ConnectError"), httpx.ConnectError("refused")), TryLaterError),
        (caused(TimedOut(), httpx.ConnectTimeout("slow")), TryLaterError),
        (caused(TimedOut(), httpx.PoolTimeout("full")), TryLaterError),
        (caused(TimedOut(), httpx.WriteTimeout("slow")), TryLaterError),  # the server never had the whole of it
        (caused(NetworkError("httpx.ReadError"), httpx.ReadError("reset")), BrokenOffError),
        (caused(NetworkError("httpx.RemoteProtocolError"), httpx.RemoteProtocolError("closed")), BrokenOffError),
        (caused(TimedOut(), httpx.ReadTimeout("slow")), UnknownOutcomeError),
        (caused(InvalidToken("Not Found"), TelegramError("no Bot API")), TryLaterError),  # some other server said 404
        (Conflict("terminated by other getUpdates request"), TryLaterError),
        (TelegramError("the answer is not of the Bot API"), TryLaterError),
    ],
    ids=repr,
)
def test_each_error_has_one_meaning(error: TelegramError, meaning: type[MessengerError]) -> None:
    assert type(meaning_of(error)) is meaning


def test_being_told_to_wait_says_for_how_long() -> None:
    told = meaning_of(RetryAfter(timedelta(seconds=7)))
    assert isinstance(told, TryLaterError)
    assert told.after == timedelta(seconds=7)


def test_a_token_refused_by_the_bot_api_is_something_a_person_must_act_on() -> None:
    quoting = InvalidToken("The token `123:secret` was rejected by the server.")
    assert is_token_refused(quoting)
    with pytest.raises(UserMustActError, match="token_file") as told, meant():
        raise quoting
    assert "secret" not in str(told.value)
    assert told.value.__suppress_context__
