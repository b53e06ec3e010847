import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.core.event_json import event_from_json, event_to_json, event_to_line
from coopwatch.errors import UserMustActError
from coopwatch.values import Event, EventKind

TIMES = st.integers(0, 4_000_000_000_000_000).map(
    lambda micro: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micro)
)
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(EventKind),
    camera=st.none() | st.text(),
    nest=st.none() | st.text(),
    at=TIMES,
    told_at=TIMES,
    hens=st.lists(st.text()).map(tuple),
    certainty=st.floats(0, 1),
    photo=st.none() | st.text(),
    began=st.none() | TIMES,
    reason=st.text(),
)
LEAST = {"kind": "egg_laid", "nest": "left", "at": "2026-05-01T05:00:10Z", "hens": ["beauty"]}


@given(EVENTS)
def test_an_event_survives_a_line_of_json(event: Event) -> None:
    line = event_to_line(event)
    assert "\n" not in line
    assert event_from_json(json.loads(line)) == event


def test_the_object_has_the_shape_that_scripts_rely_on() -> None:
    at = datetime(2026, 5, 1, 5, 0, 10, tzinfo=UTC)
    event = Event(kind=EventKind.EGG_LAID, camera="nestcam", nest="left", at=at, told_at=at, hens=("beauty",))
    values = event_to_json(event)
    assert {key: values[key] for key in ("kind", "nest", "at", "hens", "certainty", "photo")} == {
        **LEAST,
        "certainty": 1.0,
        "photo": None,
    }


def test_what_may_be_left_out_has_a_default_and_more_keys_are_passed_over() -> None:
    event = event_from_json({**LEAST, "weather": "rain"})
    assert event.told_at == event.at
    assert (event.camera, event.certainty, event.photo, event.began) == (None, 1.0, None, None)


def test_a_time_in_another_zone_becomes_utc() -> None:
    event = event_from_json({**LEAST, "at": "2026-05-01T07:00:10+02:00"})
    assert event.at == datetime(2026, 5, 1, 5, 0, 10, tzinfo=UTC)
    assert event.at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "egg_hatched"},
        {"at": "today"},
        {"at": 5},
        {"at": "2026-05-01T05:00:10"},
        {"at": "0001-01-01T00:00:00+14:00"},
        {"nest": 5},
        {"hens": None},
        {"hens": "beauty"},
        {"certainty": "sure"},
        {"certainty": 1.5},
        {"certainty": float("nan")},
        {"began": "2026"},
    ],
)
def test_a_value_that_cannot_be_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UserMustActError, match="expected an event"):
        event_from_json({**LEAST, **change})


@pytest.mark.parametrize("key", LEAST)
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(UserMustActError, match=f"no '{key}'"):
        event_from_json({name: value for name, value in LEAST.items() if name != key})
