"""When the database is checked."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from coopwatch.upkeep import is_due

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("checked", "now", "due"),
    [
        ("2026-05-01 00:00", "2026-05-01 01:00", False),
        ("2026-05-01 01:00", "2026-05-01 01:29", False),  # 03:29 in Berlin
        ("2026-05-01 01:00", "2026-05-01 01:30", True),
        ("2026-05-01 01:30", "2026-05-02 01:29", False),
        ("2026-05-01 01:30", "2026-05-09 12:00", True),  # it was off for a week
        ("2026-10-24 01:30", "2026-10-25 02:29", False),  # the night when 02:00 to 03:00 comes twice
        ("2026-10-24 01:30", "2026-10-25 02:30", True),
        ("2026-03-28 02:30", "2026-03-29 01:30", True),  # the night without 02:00 to 03:00
    ],
)
def test_the_database_is_checked_once_a_night_on_the_coops_clock(checked: str, now: str, due: bool) -> None:
    before, after = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (checked, now))
    assert is_due(before, after, BERLIN) == due
