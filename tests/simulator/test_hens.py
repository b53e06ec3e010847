from itertools import combinations

import numpy as np
import pytest

from coopwatch.simulator.hen_body import Carriage, Pose, hen_solids
from coopwatch.simulator.hens import HENS
from coopwatch.simulator.solids import Sprite, render


def draw(hen: str, pose: Pose) -> Sprite:
    return render(hen_solids(HENS[hen], pose), heading=pose.heading, scale=60)


def on_canvas(sprite: Sprite) -> np.ndarray:
    canvas = np.zeros((240, 320, 4))
    top, left = 170 + sprite.top, 160 + sprite.left
    canvas[top : top + sprite.pixels.shape[0], left : left + sprite.pixels.shape[1]] = sprite.pixels
    return canvas


@pytest.mark.parametrize("heading", [0.0, 1.6, 3.1, 4.7])
def test_no_two_hens_look_the_same_from_any_side(heading: float) -> None:
    pictures = {hen: on_canvas(draw(hen, Pose(heading=heading))) for hen in HENS}
    for one, other in combinations(HENS, 2):
        differs = np.abs(pictures[one] - pictures[other])[..., :3].max(axis=2) > 40
        seen = (pictures[one][..., 3] > 0) | (pictures[other][..., 3] > 0)
        assert differs.sum() / seen.sum() > 0.04, f"{one} and {other}"


@pytest.mark.parametrize("carriage", Carriage)
def test_a_hen_sits_on_the_ground_about_her_middle(carriage: Carriage) -> None:
    sprite = draw("ordinary", Pose(heading=0.4, carriage=carriage))
    height, width = sprite.pixels.shape[:2]
    assert sprite.left < 0 < sprite.left + width
    assert sprite.top < 0 < sprite.top + height
    opacity = sprite.pixels[..., 3]
    assert 0.3 < (opacity == 255).mean() < 0.9
