"""Logs for people: one plain sentence a line, on standard error; the libraries' chatter is kept to warnings."""

import logging

QUIET = ("apscheduler", "httpx", "httpcore", "telegram", "alembic", "PIL")


def set_up_logs(level: int = logging.INFO) -> None:
    """Send coopwatch's logs to standard error."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S")
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR if name == "apscheduler" else logging.WARNING)
