"""Keeps the bot's token out of every log: the addresses of the Bot API contain it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

HIDDEN = "<bot token>"

# httpx logs each address at INFO, httpcore and telegram more at DEBUG. What telegram logs as errors it raises too, and
# we word it ourselves: its own lines carry tracebacks and what people wrote.
_QUIET = {"httpx": logging.WARNING, "httpcore": logging.WARNING, "telegram": logging.CRITICAL}


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
    """While open, no handler that the program set up writes the token, and the libraries speak up only in need."""
    hide = TokenFilter(token)
    handlers = list(logging.getLogger().handlers)
    levels = {name: logging.getLogger(name).level for name in _QUIET}
    for handler in handlers:
        handler.addFilter(hide)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(hide)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
