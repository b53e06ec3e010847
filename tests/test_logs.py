"""What a line of the log looks like, for whom."""

import json
import logging
import sys

import pytest

from coopwatch.logs import JournalFormatter, JsonFormatter, set_up_logs


def record(level: int = logging.WARNING, message: str = "Camera %s is lost", **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("coopwatch.watch", level, __file__, 1, message, ("nestcam",), None)
    vars(made).update(fields)
    return made


def test_machines_get_an_object_a_line_with_the_fields() -> None:
    line = JsonFormatter().format(record(camera="nestcam", restarts=3))
    assert "\n" not in line
    told = json.loads(line)
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "warning", "logger": "coopwatch.watch", "message": "Camera nestcam is lost",
        "camera": "nestcam", "restarts": 3,
    }  # fmt: skip


def test_machines_get_a_traceback_in_its_own_field() -> None:
    try:
        raise ValueError("a story")
    except ValueError:
        made = record()
        made.exc_info = sys.exc_info()
    assert "a story" in json.loads(JsonFormatter().format(made))["traceback"]


@pytest.mark.parametrize(
    ("level", "priority"),
    [(logging.DEBUG, 7), (logging.INFO, 6), (logging.WARNING, 4), (logging.ERROR, 3), (logging.CRITICAL, 2)],
)
def test_the_journal_gets_a_priority_for_each_line(level: int, priority: int) -> None:
    line = JournalFormatter("%(message)s").format(record(level, "one %s\ntwo"))
    assert line == f"<{priority}>one nestcam\n<{priority}>two"


@pytest.mark.parametrize("name", ["httpx", "httpcore.http11", "telegram.Bot"])
def test_libraries_whose_lines_hold_addresses_or_what_people_wrote_are_quiet(name: str) -> None:
    set_up_logs(logging.DEBUG)
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
