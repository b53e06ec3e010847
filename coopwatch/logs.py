"""Logs for people: one plain sentence a line, on standard error; the libraries' chatter is kept to warnings."""

import logging

QUIET = {
    "alembic": logging.WARNING,
    "apscheduler": logging.CRITICAL,  # it warns of every look that a slow machine skips; a look's error ends the daemon
    "httpcore": logging.WARNING,  # its lines hold addresses, and these hold tokens
    "httpx": logging.WARNING,
    "telegram": logging.WARNING,
}


def set_up_logs(level: int = logging.INFO) -> None:
    """Send coopwatch's logs to standard error."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S")
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)
