"""Drawn data sets: a plain colour a label, with a little noise, so that even a tiny network can tell them apart."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red_twin": (200, 60, 40),
    "egg": (230, 220, 200),
    "empty": (120, 110, 60),
}

Draw = Callable[..., Path]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """Write `pictures` pictures of each label to each of the days, as DATASET/<label>/<time>.jpg."""

    def draw_dataset(
        name: str = "photos",
        *,
        days: int = 4,
        pictures: int = 3,
        labels: tuple[str, ...] = tuple(COLOURS),
        size: int = 24,
    ) -> Path:
        rng = np.random.default_rng(len(name))
        for label in labels:
            (tmp_path / name / label).mkdir(parents=True)
            for day in range(days):
                for hour in range(pictures):
                    noise = rng.normal(0, 12, (size, size, 3))
                    pixels = np.clip(np.array(COLOURS[label]) + noise, 0, 255).astype(np.uint8)
                    time = f"2026-05-{day + 1:02d}_{6 + 2 * hour:02d}00"
                    Image.fromarray(pixels).save(tmp_path / name / label / f"{time}.jpg")
        return tmp_path / name

    return draw_dataset
