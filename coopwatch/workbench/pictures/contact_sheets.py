"""Labelled pictures in; a contact sheet for each label, as PNG files for people to look at, out."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path, PurePosixPath

from PIL import Image

from coopwatch.errors import DatasetError
from coopwatch.vision.picture import read_picture
from coopwatch.vision.sheet import Cell, draw_sheet
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.looks import Look
from coopwatch.workbench.progress import Progress, track

MOST_PICTURES = 96  # of a label: what one screen shows
_CELL = (150, 130)
_COLUMNS = 12


def write_sheets(looks: Sequence[Look], folder: Path, zone: tzinfo, progress: Progress) -> list[Path]:
    """Write `folder/<label>.png` for each label, its pictures in the order of time; many are thinned out evenly.

    Raises:
        DatasetError: the folder cannot be written.
    """
    pictures = defaultdict(list)
    for look in looks:
        pictures[look.picture.label].append(look.picture)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [
            _write(folder / f"{label}.png", label, pictures[label], zone)
            for label in track(progress, "drawing sheets", sorted(pictures))
        ]
    except OSError as error:
        raise DatasetError(
            f"--sheets {folder}: received {error.strerror}, expected a folder with room to write; name another"
        ) from error


def _write(file: Path, label: str, pictures: Sequence[Picture], zone: tzinfo) -> Path:
    ordered = sorted(pictures, key=lambda picture: (str(picture.taken_at), picture.name))
    shown = _thinned(ordered)
    thinned = f", {len(shown)} of them here" if len(shown) < len(ordered) else ""
    heading = f"{label}: {len(ordered)} picture{'s' if len(ordered) > 1 else ''}{thinned}"
    sheet = draw_sheet([_cell(picture, zone) for picture in shown], heading=heading, cell=_CELL, columns=_COLUMNS)
    Image.fromarray(sheet).save(file)
    return file


def _thinned(pictures: Sequence[Picture]) -> list[Picture]:
    step = max(1.0, len(pictures) / MOST_PICTURES)
    return [pictures[int(number * step)] for number in range(min(len(pictures), MOST_PICTURES))]


def _cell(picture: Picture, zone: tzinfo) -> Cell:
    known = picture.taken_at
    title = PurePosixPath(picture.name).stem if known is None else f"{known.astimezone(zone):%Y-%m-%d %H:%M}"
    sure = "" if picture.probability is None else f" p {picture.probability:.2f}"
    return f"{title}{sure}", read_picture(picture.path)
