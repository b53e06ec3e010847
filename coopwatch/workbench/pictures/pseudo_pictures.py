"""Adds pictures that a model labelled to a data set, marked so that they are learnt from and never measured on."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.dataset import Dataset, Reading, list_pictures


def add_pseudo(dataset: Dataset, folders: Sequence[Path], reading: Reading) -> Dataset:
    """The data set with the pictures of these folders or tables too, whoever labelled them, as a model's.

    Raises:
        DatasetError: as `list_pictures`, or a label that the data set does not have.
    """
    known = {label.name for label in dataset.labels}
    pictures = [
        replace(picture, origin="pseudo", part=None) for folder in folders for picture in list_pictures(folder, reading)
    ]
    if strangers := sorted({picture.label for picture in pictures} - known):
        options = " ".join(f"--exclude {label}" for label in strangers)
        raise DatasetError(
            f"--pseudo {', '.join(map(str, folders))}: received the labels {', '.join(strangers)}, "
            f"expected those of {dataset.name}: {', '.join(sorted(known))}; leave them out with {options}"
        )
    return replace(dataset, pictures=(*dataset.pictures, *pictures), sources=(*dataset.sources, *folders))
