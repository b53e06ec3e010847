"""What the workbench's tests share: drawn data sets."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.photos import draw_photos

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

Draw = Callable[..., Path]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """`draw("photos", days=2)` draws a data set below the test's folder."""
    return lambda name="photos", **sizes: draw_photos(tmp_path / name, **sizes)
