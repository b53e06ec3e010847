"""A drawn data set: a plain colour a label with a little noise, so that even a tiny network tells them apart."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

COLOURS: Mapping[str, tuple[int, int, int]] = {
    "red_twin": (200, 60, 40),
    "egg": (230, 220, 200),
    "empty": (120, 110, 60),
}


def draw_photos(
    folder: Path, *, days: int = 4, pictures: int = 3, labels: tuple[str, ...] = tuple(COLOURS), size: int = 24
) -> Path:
    """Write `pictures` pictures of each label to each of the days, as folder/<label>/<time>.jpg."""
    rng = np.random.default_rng(len(folder.name))
    for label in labels:
        (folder / label).mkdir(parents=True)
        for day in range(days):
            for hour in range(pictures):
                noise = rng.normal(0, 12, (size, size, 3))
                pixels = np.clip(np.array(COLOURS[label]) + noise, 0, 255).astype(np.uint8)
                time = f"2026-05-{day + 1:02d}_{6 + 2 * hour:02d}00"
                Image.fromarray(pixels).save(folder / label / f"{time}.jpg")
    return folder
