from datetime import UTC, datetime

import pytest

from coopwatch.config.simulated import SimulatedSource
from coopwatch.errors import UserMustActError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("simulated:", SimulatedSource()),
        ("simulated:?seed=3", SimulatedSource(seed=3)),
        ("simulated:?seed=7&speed=600", SimulatedSource(seed=7, speed=600)),
        (
            "simulated:?start=2026-05-01T05:00:00Z&speed=0.5",
            SimulatedSource(speed=0.5, start=datetime(2026, 5, 1, 5, tzinfo=UTC)),
        ),
        ("simulated:?start=2026-05-01T05:00:00%2B02:00", SimulatedSource(start=datetime(2026, 5, 1, 3, tzinfo=UTC))),
        ("simulated:?start=2026-05-01T05:00:00+02:00", SimulatedSource(start=datetime(2026, 5, 1, 3, tzinfo=UTC))),
        ("rtsp://camera/stream", None),
        ("pictures/simulated:", None),
    ],
)
def test_a_source_is_read_into_its_parts(text: str, expected: SimulatedSource | None) -> None:
    assert SimulatedSource.parse(text) == expected


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ("sead=7", "sead"),
        ("seed=seven", "seed=seven"),
        ("seed=-1", "seed=-1"),
        ("seed=²", "seed=²"),
        ("seed=1&seed=2", "a part twice"),
        ("seed=", "seed="),
        ("speed=0", "speed=0"),
        ("speed=nan", "speed=nan"),
        ("speed=fast", "speed=fast"),
        ("start=yesterday", "start=yesterday"),
        ("start=2026-05-01T05:00:00", "start=2026-05-01T05:00:00"),  # no zone
        ("start=1969-12-31T05:00:00Z", "start=1969"),
    ],
)
def test_a_wrong_part_is_refused_by_name(parts: str, named: str) -> None:
    with pytest.raises(UserMustActError) as caught:
        SimulatedSource.parse(f"simulated:?{parts}")
    assert f"received {named}" in str(caught.value)
    assert ", expected " in str(caught.value)
