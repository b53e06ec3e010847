"""A data set's folders in; the pictures and one glance at each out, for the commands that need them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coopwatch.workbench.pictures.dataset import Reading
    from coopwatch.workbench.pictures.lint import Inspection
    from coopwatch.workbench.progress import Progress


def look_into(datasets: Sequence[Path], reading: "Reading", progress: "Progress") -> "Inspection":
    """The data set, even if it has a single label, and one glance at every picture.

    Raises:
        UserMustActError: the extra for training is missing.
        DatasetError: it cannot be read.
    """
    from coopwatch.workbench.extra import training_extra
    from coopwatch.workbench.pictures.dataset import read_dataset

    with training_extra("dataset"):
        from coopwatch.workbench.pictures.lint import Inspection
        from coopwatch.workbench.pictures.looks import look_at
    dataset = read_dataset(datasets, reading, fewest=1)
    return Inspection(labels=dataset.labels, pictures=dataset.pictures, glance=look_at(dataset.pictures, progress))
