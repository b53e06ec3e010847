"""What every way of training gives: pictures in, the files of a model with its calibration out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import keras

from coopwatch.vision.card import Input
from coopwatch.workbench.export.checked_export import Form
from coopwatch.workbench.learning.fit import Fitted
from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.pixels import Prepared
from coopwatch.workbench.pictures.split import Split
from coopwatch.workbench.progress import Progress
from coopwatch.workbench.stopwatch import Stopwatch


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """A model that is ready to be checked and published."""

    model: keras.Model  # pixels, scaled, to probabilities that are not calibrated yet; the yardstick of the export
    forms: Sequence[Form]  # of its files, the smallest first; the first that answers as the model does is taken
    temperature: float
    unknown_below: float
    facts: Mapping[str, Any]  # for the card: how it was trained
    more: Mapping[str, bytes] = field(default_factory=dict)  # files that are published beside them
    fitted: Fitted | None = None  # None: a head, which has no epochs


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What every way of training is given beside its own settings."""

    network: Network
    form: Input
    weights: str  # imagenet, random, or a file
    seed: int
    pseudo_share: float  # of what is learnt from, where a model labelled some pictures
    stopwatch: Stopwatch
    progress: Progress


class Way(Protocol):
    """A way of training, bound to a network and settings."""

    @property
    def form(self) -> Input:
        """What the network takes."""
        ...

    def prepare(self, pictures: Sequence[Picture]) -> Prepared:
        """Read every picture once; set aside what does not decode."""
        ...

    def fit(self, prepared: Prepared, split: Split, labels: Sequence[str]) -> Trained:
        """Learn from the training part; the test part is not looked at."""
        ...


def columns(pictures: Sequence[Picture], labels: Sequence[str]) -> list[int]:
    """The column of each picture's label in the network's output."""
    places = {label: column for column, label in enumerate(labels)}
    return [places[picture.label] for picture in pictures]
