"""A camera is lost once, and comes back once."""

import pytest
from small_coop import RULES, at

from coopwatch.core.camera import CameraMemory, advance_camera
from coopwatch.values import EventKind, Tick

LOST, BACK = EventKind.CAMERA_LOST, EventKind.CAMERA_BACK


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param("f1 f2 f3", [], id="frames tell nothing"),
        pytest.param("f1 -2 f3", [], id="one missed frame tells nothing"),
        pytest.param("f1 -2 -3 -4", [(LOST, 1)], id="lost once, dated to the last frame"),
        pytest.param("-1 -2 -3", [(LOST, 1)], id="a camera that never came is lost too"),
        pytest.param("f1 -3 -9 f10 f11", [(LOST, 1), (BACK, 10)], id="back once"),
        pytest.param("f1 -3 f4 -5 -6", [(LOST, 1), (BACK, 4), (LOST, 4)], id="lost again"),
    ],
)
def test_a_camera_is_told_lost_and_back(seen: str, expected: list[tuple[EventKind, int]]) -> None:
    memory, told = CameraMemory(camera="cam"), []
    for word in seen.split():
        when = at(int(word[1:]))
        memory, events = advance_camera(memory, when if word[0] == "f" else Tick(at=when, reason="refused"), RULES)
        told += events
    assert [(event.kind, event.at) for event in told] == [(kind, at(minutes)) for kind, minutes in expected]


def test_lost_says_why_and_back_says_how_long() -> None:
    memory, _ = advance_camera(CameraMemory(camera="cam"), at(0), RULES)
    memory, (lost,) = advance_camera(memory, Tick(at=at(7), reason="wrong password"), RULES)
    _, (back,) = advance_camera(memory, at(12), RULES)
    assert (lost.reason, lost.told_at, back.duration) == ("wrong password", at(7), at(12) - at(0))
