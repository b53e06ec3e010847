"""Keeps the bot's token out of every log: the addresses of the Bot API contain it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

HIDDEN = "<bot token>"


class TokenFilter(logging.Filter):
    """Replaces the token in a record's text and traceback."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without the token."""
        text = record.getMessage()
        if self._token in text:
            record.msg, record.args = text.replace(self._token, HIDDEN), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)  # handlers use it as it stands
        if record.exc_text:
            record.exc_text = record.exc_text.replace(self._token, HIDDEN)
        return True


@contextmanager
def token_kept_out_of_logs(token: str) -> Iterator[None]:
    """While open, no handler that the program set up writes the token."""
    hide = TokenFilter(token)
    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(hide)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(hide)
