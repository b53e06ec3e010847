import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.simulator.feathers import plain
from coopwatch.simulator.solids import ellipsoid, project, render, turn

WHITE, RED = (1.0, 1.0, 1.0), (1.0, 0.0, 0.0)


def test_a_ball_is_seen_as_a_disc() -> None:
    sprite = render([ellipsoid((0, 0, 0), (1, 1, 1), plain(WHITE))], heading=0.0, scale=50)
    assert (sprite.pixels[..., 3] / 255).sum() == pytest.approx(math.pi * 50**2, rel=0.01)
    height, width = sprite.pixels.shape[:2]
    assert (sprite.left + width / 2, sprite.top + height / 2) == pytest.approx((0, 0), abs=1.5)


def test_the_nearer_solid_hides_the_farther_one_in_any_order() -> None:
    near = ellipsoid((0, -1.0, 0.4), (0.3, 0.3, 0.3), plain(RED))
    far = ellipsoid((0, 0, 0), (0.8, 0.8, 0.8), plain(WHITE))
    column, row = (round(40 * place) for place in project((0, -1.0, 0.4)))
    for solids in ([near, far], [far, near]):
        sprite = render(solids, heading=0.0, scale=40)
        red, green, _, opacity = sprite.pixels[row - sprite.top, column - sprite.left].astype(int)
        assert opacity == 255
        assert red > 5 * green


def test_a_heading_turns_the_nose_away_from_the_viewer() -> None:
    nose = ellipsoid((1, 0, 0), (0.2, 0.2, 0.2), plain(WHITE))
    right, away = (render([nose], heading=heading, scale=50) for heading in (0.0, math.pi / 2))
    assert right.left > 0
    assert away.left < 0
    assert away.top < right.top


@given(*[st.floats(-math.pi, math.pi)] * 3)
def test_a_turn_keeps_lengths_and_handedness(yaw: float, pitch: float, roll: float) -> None:
    rotation = turn(yaw=yaw, pitch=pitch, roll=roll).astype(float)
    assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-5)
    assert np.linalg.det(rotation) == pytest.approx(1, abs=1e-5)
