"""Logs on standard error: plain sentences for people, JSON for machines, priorities for the journal of systemd."""

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum

QUIET = {
    "alembic": logging.WARNING,
    "apscheduler": logging.CRITICAL,  # it warns of every look that a slow machine skips; a look's error ends the daemon
    "httpcore": logging.WARNING,  # its lines hold addresses, and these hold tokens
    "httpx": logging.WARNING,
    "telegram": logging.CRITICAL,  # it raises its errors too, and we word them; its lines quote what people wrote
}
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PRIORITIES = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))  # of syslog(3)


class LogForm(StrEnum):
    """How a line looks."""

    AUTO = "auto"  # journal, where standard error is one, else plain
    PLAIN = "plain"
    JSON = "json"
    JOURNAL = "journal"


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at, level, logger, message, the fields of the call, the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields = {name: value for name, value in vars(record).items() if name not in _OWN}
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **fields,
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class JournalFormatter(logging.Formatter):
    """`<4>The message`, each line of it: the journal has the time itself, and takes the number as the priority."""

    def format(self, record: logging.LogRecord) -> str:
        """The lines."""
        number = next((number for level, number in _PRIORITIES if record.levelno >= level), 7)
        return "\n".join(f"<{number}>{line}" for line in super().format(record).splitlines())


def set_up_logs(level: int = logging.INFO, form: LogForm = LogForm.AUTO) -> None:
    """Send coopwatch's logs to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(form if form is not LogForm.AUTO else _natural_form()))
    logging.basicConfig(level=level, handlers=[handler])
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(least)


def _formatter(form: LogForm) -> logging.Formatter:
    match form:
        case LogForm.JSON:
            return JsonFormatter()
        case LogForm.JOURNAL:
            return JournalFormatter("%(message)s")
    return logging.Formatter("%(asctime)s %(levelname)-7s %(message)s", datefmt="%H:%M:%S")


def _natural_form(environment: Mapping[str, str] = os.environ) -> LogForm:
    """systemd says in JOURNAL_STREAM which file is the journal; standard error may have been led elsewhere since."""
    try:
        stat = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # closed, or no file
        return LogForm.PLAIN
    is_journal = environment.get("JOURNAL_STREAM") == f"{stat.st_dev}:{stat.st_ino}"
    return LogForm.JOURNAL if is_journal else LogForm.PLAIN
