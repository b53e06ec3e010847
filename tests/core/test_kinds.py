"""Rules of the groups that people choose kinds by."""

from collections import Counter

from coopwatch.core.kinds import GROUPS, group_meant
from coopwatch.core.voice import FOR_LOGS
from coopwatch.values import EventKind


def test_every_kind_is_in_one_group() -> None:
    assert Counter(kind for group in GROUPS for kind in group.kinds) == Counter(EventKind)


def test_a_group_is_found_by_its_key_or_title() -> None:
    assert [group_meant(text, FOR_LOGS) for text in ("EGGS ", "the day in short", "hen_left", "")] == [
        GROUPS[1],
        GROUPS[-1],
        None,
        None,
    ]
