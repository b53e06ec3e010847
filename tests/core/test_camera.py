"""A camera is lost once, and comes back once; so is its sight."""

from typing import NamedTuple

import pytest
from small_coop import RULES, at

from coopwatch.core.camera import CameraMemory, Glance, advance_camera
from coopwatch.core.rules import Rules
from coopwatch.values import Event, EventKind, Flaw, Tick

LOST, BACK = EventKind.CAMERA_LOST, EventKind.CAMERA_BACK


class Story(NamedTuple):
    """What a row of glances left, told and said."""

    memory: CameraMemory
    told: list[Event]
    troubles: str  # "!" where the camera showed nothing


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
        memory, events = advance_camera(
            memory, Glance(at=when) if word[0] == "f" else Tick(at=when, reason="refused"), RULES
        )
        told += events
    assert [(event.kind, event.at) for event in told] == [(kind, at(minutes)) for kind, minutes in expected]


def test_lost_says_why_and_back_says_how_long() -> None:
    memory, _ = advance_camera(CameraMemory(camera="cam"), Glance(at=at(0)), RULES)
    memory, (lost,) = advance_camera(memory, Tick(at=at(7), reason="wrong password"), RULES)
    _, (back,) = advance_camera(memory, Glance(at=at(12)), RULES)
    assert (lost.reason, lost.told_at, back.duration) == ("wrong password", at(7), at(12) - at(0))


def play(glances: str, *, memory: CameraMemory | None = None, begin: int = 0, rules: Rules = RULES) -> Story:
    """A glance a minute, by its flaw: "." none, F frozen, D dark, C covered, B blurred, M moved."""
    flaws = {".": None, **{flaw.name[0]: flaw for flaw in Flaw}}
    memory, told, troubles = memory or CameraMemory(camera="cam"), [], ""
    for minute, letter in enumerate(glances, start=begin):
        memory, events = advance_camera(memory, Glance(at=at(minute), flaw=flaws[letter]), rules)
        told += events
        troubles += "!" if memory.trouble(rules) else "."
    return Story(memory, told, troubles)


@pytest.mark.parametrize(
    ("glances", "expected"),
    [
        pytest.param("..FFFF..", [], id="a moment's standstill is nothing"),
        pytest.param("..FFFFFFFFF", [(EventKind.PICTURE_FROZEN, 2)], id="frozen is told once"),
        pytest.param("..CCCCCCCCCCCCC", [(EventKind.PICTURE_POOR, 2)], id="covered is told once"),
        pytest.param("..BBBB.BBBBB.BBBBB", [], id="blurred now and then is not told"),
        pytest.param("..MMMMMMMMMMMMM..", [(EventKind.PICTURE_POOR, 2), (BACK, 15)], id="turned back"),
        pytest.param("..MMMMMMMMMMMMM.MMMM", [(EventKind.PICTURE_POOR, 2)], id="one good picture is not yet back"),
        pytest.param("..DDDDDDDDDDDDDDDD", [], id="dark on the first day: perhaps it always is at this hour"),
    ],
)
def test_a_flaw_that_lasts_is_told_once_and_its_end_once(glances: str, expected: list[tuple[EventKind, int]]) -> None:
    assert [(event.kind, event.at) for event in play(glances).told] == [(kind, at(minute)) for kind, minute in expected]


@pytest.mark.parametrize(
    ("glances", "troubles"),
    [
        pytest.param(".DD.CC.", ".!!.!!.", id="a blind camera shows nothing from the first picture on"),
        pytest.param(".BB.MM.", "..!..!.", id="a hen in front of the lens passes"),
        pytest.param(".FFFFFFF.", "......!!.", id="a picture that repeats is only a standstill when it goes on"),
    ],
)
def test_while_a_camera_shows_nothing_it_says_so(glances: str, troubles: str) -> None:
    assert play(glances).troubles == troubles


def test_a_flaw_is_told_with_what_to_do_and_its_end_with_how_long_it_took() -> None:
    poor, back = play("." + "C" * 15 + "..").told
    assert "clean it" in poor.reason
    assert (poor.told_at, back.began, back.at) == (at(11), at(1), at(16))


@pytest.mark.parametrize(
    ("light", "dark", "is_told"),
    [
        pytest.param((0, 24), (12, 13), True, id="dark at noon"),
        pytest.param((5, 20), (21, 23), False, id="night without a lamp"),
        pytest.param((5, 20), (19.5, 20.5), False, id="dusk that comes earlier than the day before"),
        pytest.param((5, 20), (4.8, 5.9), False, id="dawn that comes later"),
        pytest.param((5, 20), (17, 18.5), True, id="the lamp died in the afternoon"),
    ],
)
def test_darkness_is_told_only_where_it_was_light_the_day_before(
    light: tuple[float, float], dark: tuple[float, float], is_told: bool
) -> None:
    midnight = 960 - 60 * at(960).hour - at(960).minute  # minutes from the story's beginning to a midnight
    day = "".join("." if light[0] <= minute / 60 < light[1] else "D" for minute in range(24 * 60))
    before = play(day, begin=midnight)
    morning = "".join("." if light[0] <= minute / 60 < light[1] else "D" for minute in range(round(dark[0] * 60)))
    told = play(morning + "D" * round((dark[1] - dark[0]) * 60), memory=before.memory, begin=midnight + 24 * 60).told
    assert [event.kind for event in [*before.told, *told]] == ([EventKind.PICTURE_DARK] if is_told else [])


def test_what_is_remembered_of_a_flaw_outlasts_a_restart() -> None:
    first = play("..MMMMMM")
    again = play("MMMMMMMM..", memory=first.memory, begin=8)
    assert [event.kind for event in [*first.told, *again.told]] == [EventKind.PICTURE_POOR, BACK]
