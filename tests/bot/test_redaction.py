"""Rules of keeping the token out of every log."""

import logging
from contextlib import ExitStack

import pytest

from coopwatch.bot.redaction import HIDDEN, TokenFilter, token_kept_out_of_logs

TOKEN = "123:secret"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/getMe"


def written(message: str, *args: object, error: Exception | None = None) -> str:
    """A record as a handler with the filter writes it."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("any", logging.ERROR, "file.py", 1, message, args, exc_info)
    assert TokenFilter(TOKEN).filter(record)
    return logging.Formatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("message", "args"),
    [(ADDRESS, ()), ("asking %s", (ADDRESS,)), ("asking %s %d", (ADDRESS, 7)), ("both " + ADDRESS + " %s", (TOKEN,))],
)
def test_the_token_is_replaced_wherever_it_stands_in_a_record(message: str, args: tuple[object, ...]) -> None:
    assert TOKEN not in written(message, *args)
    assert HIDDEN in written(message, *args)


def test_the_token_is_replaced_in_a_traceback() -> None:
    try:
        raise ValueError(ADDRESS)
    except ValueError as error:
        text = written("it failed", error=error)
    assert "Traceback" in text
    assert f"bot{HIDDEN}/getMe" in text
    assert TOKEN not in text


def test_other_records_stay_as_they_are() -> None:
    assert written("%s laid %d eggs", "Psycho", 2) == "Psycho laid 2 eggs"


def test_a_bot_that_comes_before_the_old_one_goes_keeps_its_token_hidden(caplog: pytest.LogCaptureFixture) -> None:
    with ExitStack() as new:
        with token_kept_out_of_logs("1:old"):
            new.enter_context(token_kept_out_of_logs(TOKEN))
        logging.getLogger("any").error(ADDRESS)
    assert HIDDEN in caplog.text
    assert TOKEN not in caplog.text
