"""Decodes every picture of a data set once, at the network's input size; what does not decode is set aside."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from coopwatch.errors import PictureError
from coopwatch.values import Pixels
from coopwatch.vision.card import Input
from coopwatch.vision.picture import read_picture
from coopwatch.vision.preprocess import to_input
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.record import printable
from coopwatch.workbench.progress import Progress, listed, track

_reserve = getattr(os, "posix_fallocate", lambda file, start, size: os.ftruncate(file, start + size))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """What a way of training needs of each picture: `values[i]` (pixels or features) belongs to `pictures[i]`."""

    pictures: tuple[Picture, ...]
    values: npt.NDArray[np.generic]
    unreadable: tuple[Path, ...]

    def rows(self, pictures: Sequence[Picture]) -> npt.NDArray[np.intp]:
        """Where in `values` these pictures are."""
        places = {picture.path: row for row, picture in enumerate(self.pictures)}
        return np.array([places[picture.path] for picture in pictures], dtype=np.intp)


def load_input(picture: Picture, form: Input) -> Pixels:
    """One picture as the network takes it, still uint8; PictureError if it does not decode."""
    return to_input(read_picture(picture.path), form)


def decode_all(pictures: Sequence[Picture], form: Input, progress: Progress) -> Prepared:
    """Every picture as uint8 (height, width, 3), in a file that the system pages in as it is needed."""
    with TemporaryFile() as file:
        # Room is taken before it is used: a full disk then is an error, and not the end of the process by a signal.
        _reserve(file.fileno(), 0, max(len(pictures) * form.height * form.width * 3, 1))
        values = np.memmap(file, dtype=np.uint8, mode="r+", shape=(len(pictures), form.height, form.width, 3))

    def store(row: int, picture: Picture) -> None:
        values[row] = load_input(picture, form)

    kept, unreadable = prepare_each(pictures, store, "reading pictures", progress)
    return Prepared(pictures=kept, values=values[: len(kept)], unreadable=unreadable)


def prepare_each(
    pictures: Sequence[Picture], store: Callable[[int, Picture], None], what: str, progress: Progress
) -> tuple[tuple[Picture, ...], tuple[Path, ...]]:
    """Call `store(row, picture)` for each picture; (those that were stored, in rows 0, 1, ..., and those set aside)."""
    kept: list[Picture] = []
    unreadable: list[Path] = []
    for picture in track(progress, what, pictures):
        try:
            store(len(kept), picture)
        except PictureError as error:
            unreadable.append(picture.path)
            progress.tell(f"set aside: {printable(str(error))}")
            continue
        kept.append(picture)
    if unreadable:
        progress.tell(f"{len(unreadable)} of {len(pictures)} pictures set aside: {printable(listed(unreadable))}")
    return tuple(kept), tuple(unreadable)
