"""All that the simulator can draw on one sheet, for people to look at: a seed in, one picture out."""

import math
from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np

from coopwatch.simulator.hen_body import Carriage, Pose
from coopwatch.simulator.hens import HENS
from coopwatch.simulator.light import light_up
from coopwatch.simulator.nest_box import HEIGHT, NEST_COLUMNS, NEST_WIDTH
from coopwatch.simulator.scene import Hand, Scene, Visitor, draw_picture
from coopwatch.values import Pixels
from coopwatch.vision.sheet import draw_sheet as draw_cells

_DAY = datetime(2026, 5, 1, 8, 30, tzinfo=UTC)
_DUSK = datetime(2026, 5, 1, 4, 10, tzinfo=UTC)
_NIGHT = datetime(2026, 5, 1, 22, tzinfo=UTC)
_CELL = (128, 134)  # width, height

_FROM_LEFT = Pose(heading=math.radians(205))
_FROM_BEHIND = Pose(heading=math.radians(65), carriage=Carriage.LEFT)
_ASLEEP = Pose(heading=math.radians(335), carriage=Carriage.TUCKED)


def draw_sheet(seed: int) -> Pixels:
    """Each hen from two sides by day and once by infra-red light, then a row of what else there is."""
    cells = [cell for hen in HENS for cell in _cells_of(hen)]
    cells += [(title, scene, at) for title, (scene, at) in _others().items()]
    return draw_cells([(title, _draw_cell(seed, scene, at)) for title, scene, at in cells], cell=_CELL)


def _cells_of(hen: str) -> list[tuple[str, Scene, datetime]]:
    lone = _scene()
    return [
        (hen, replace(lone, visitors=(_visitor(hen, _FROM_LEFT),)), _DAY),
        ("", replace(lone, visitors=(_visitor(hen, _FROM_BEHIND),)), _DAY),
        ("", replace(lone, visitors=(_visitor(hen, _ASLEEP),)), _NIGHT),
    ]


def _others() -> dict[str, tuple[Scene, datetime]]:
    eggs = _scene("back_spot", "red_twin", "beauty")
    two = (_visitor("beauty", _FROM_LEFT, right=-46), _visitor("psycho", _FROM_BEHIND, right=46, down=14))
    half_in = _visitor("red_star", Pose(heading=math.radians(100)), down=95)
    return {
        "empty": (_scene(), _DAY),
        "one egg": (_scene("red_twin"), _DAY),
        "eggs": (eggs, _DAY),
        "eggs at night": (eggs, _NIGHT),
        "at dawn": (replace(eggs, visitors=(_visitor("ordinary", _FROM_LEFT),)), _DUSK),
        "asleep": (_scene(visitors=(_visitor("red_twin", _ASLEEP),)), _DAY),
        "half in": (_scene(visitors=(half_in,)), _DAY),
        "two hens": (_scene(visitors=two), _DAY),
        "keeper's hand": (replace(eggs, hand=Hand(right=10, down=0, layer="beauty")), _DAY),
    }


def _scene(*layers: str, visitors: tuple[Visitor, ...] = ()) -> Scene:
    return Scene(nest="left", layers=layers, visitors=visitors)


def _visitor(hen: str, pose: Pose, *, right: float = 0.0, down: float = 0.0) -> Visitor:
    return Visitor(hen=hen, pose=pose, right=right, down=down)


def _draw_cell(seed: int, scene: Scene, at: datetime) -> Pixels:
    picture = light_up(draw_picture(seed, at.date(), [scene]), seed=seed, at=at)
    left = NEST_COLUMNS[scene.nest]
    nest = picture[:HEIGHT, left : left + NEST_WIDTH]
    return np.asarray(cv2.resize(nest, _CELL, interpolation=cv2.INTER_AREA), np.uint8)
