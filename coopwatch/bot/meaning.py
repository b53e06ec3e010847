"""Gives an error of the Telegram library its meaning for us: wait, doubt, refuse, chat gone, or a person must act."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

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


@contextmanager
def meant() -> Iterator[None]:
    """Raise our error in the place of the library's.

    Raises:
        UserMustActError: the token is refused.
        MessengerError: see `meaning_of`.
    """
    try:
        yield
    except TelegramError as error:
        if is_token_refused(error):
            raise token_refused() from None  # the library's own error may quote the token
        raise meaning_of(error) from error


def token_refused() -> UserMustActError:
    """What a person must do about a refused token."""
    return UserMustActError(
        "the bot token was refused by the Bot API; expected the token that @BotFather gave for this bot; "
        "put it into the file or variable that chat.telegram names (token_file or token_env) and start again"
    )


def is_token_refused(error: TelegramError) -> bool:
    """Whether the Bot API itself refused the token: the refusal of some other server on the way has a cause."""
    return isinstance(error, InvalidToken) and error.__cause__ is None


def is_chat_gone(error: TelegramError) -> bool:
    """Whether nobody can be reached in this chat any more."""
    return isinstance(error, Forbidden) or (isinstance(error, BadRequest) and "chat not found" in error.message.lower())


def meaning_of(error: TelegramError) -> MessengerError:
    """What an error that came in the place of an answer means for the message.

    A connection that breaks nearly always was an idle one that the server had closed: nothing arrived. A time-out
    while waiting for the answer is the case that people see: the photo often did arrive.
    """
    text = str(error)
    if is_chat_gone(error):
        return ChatGoneError(text)
    match error:
        case RetryAfter():
            return TryLaterError(text, after=_seconds(error.retry_after))
        case ChatMigrated():
            return ChatMovedError(text, to=f"telegram:{error.new_chat_id}")
        case BadRequest():
            return RefusedError(text)
        case NetworkError() if error.__cause__ is not None:
            return _broken(error.__cause__, text)
        case _:  # a fault of the server, a token refused on the way, or what nobody foresaw
            return TryLaterError(text)


def _broken(cause: BaseException, text: str) -> MessengerError:
    """What a fault of the line means."""
    match cause:
        case httpx.ReadTimeout():
            return UnknownOutcomeError("no answer in time")
        case httpx.ReadError() | httpx.WriteError() | httpx.RemoteProtocolError():
            return BrokenOffError(text)
        case _:
            return TryLaterError(text)


def _seconds(given: float | timedelta) -> timedelta:
    """The library gives seconds or, with an environment variable of its own, a duration."""
    return given if isinstance(given, timedelta) else timedelta(seconds=given)
