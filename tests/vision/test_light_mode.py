from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from coopwatch.vision.light_mode import BLANKING, LightMode, LightModeFollower, chroma

DUSK = datetime(2026, 5, 1, 19, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("colour", "expected"), [((90, 90, 90), 0), ((90, 100, 80), 20), ((255, 0, 0), 255)])
def test_chroma_is_how_far_the_channels_lie_apart(colour: tuple[int, int, int], expected: float) -> None:
    assert chroma(np.full((4, 5, 3), colour, np.uint8)) == expected


@pytest.mark.parametrize(
    ("chromas", "modes"),
    [
        pytest.param([15, 7, 8, 7, 8], "cccc c", id="dusk takes the colours slowly, and nothing flickers"),
        pytest.param([15, 7, 4, 7, 8], "cciii", id="once it is infra-red, a little tint is no colour"),
        pytest.param([4, 8, 10, 8], "iicc", id="dawn"),
        pytest.param([8, 7, 15], "--c", id="what is neither is not known"),
    ],
)
def test_the_light_mode_holds_between_two_thresholds(chromas: list[float], modes: str) -> None:
    follower, seen = LightModeFollower(), ""
    for second, colours in enumerate(chromas):
        follower.follow(colours, DUSK + second * SECOND)
        seen += {None: "-", LightMode.COLOUR: "c", LightMode.INFRA_RED: "i"}[follower.mode]
    assert seen == modes.replace(" ", "")


def test_a_switch_spoils_the_picture_for_a_moment_and_the_first_picture_is_no_switch() -> None:
    follower = LightModeFollower()
    assert not follower.follow(15, DUSK)
    assert follower.follow(4, DUSK + SECOND)
    assert follower.follow(4, DUSK + BLANKING)
    assert not follower.follow(4, DUSK + SECOND + BLANKING)


def test_a_switch_within_a_long_pause_was_over_long_ago() -> None:
    follower = LightModeFollower()
    follower.follow(15, DUSK)
    assert not follower.follow(4, DUSK + timedelta(minutes=30))
