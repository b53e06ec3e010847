"""The learning curve of a model with a frozen backbone: the model and the pictures it was made from in, points out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from coopwatch.errors import ModelError
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.model_files import BACKBONE_FILE
from coopwatch.vision.whole_file import write_whole
from coopwatch.workbench.figures.learning_curve import Labelled, LearningPoint, learning_curve
from coopwatch.workbench.learning.features import CACHE_FOLDER, compute_features
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.pixels import Prepared
from coopwatch.workbench.pictures.split import SplitRule, split_pictures
from coopwatch.workbench.progress import Progress

CURVE_FILE = "learning_curve.json"
_POINTS = TypeAdapter(tuple[LearningPoint, ...])


def curve_of_model(
    folder: ModelFolder, pictures: Sequence[Picture], rule: SplitRule, progress: Progress
) -> tuple[LearningPoint, ...]:
    """Divide the pictures as the training did, and learn from ever more of them; known features are kept."""
    backbone = folder.file(BACKBONE_FILE).read_bytes()
    cache = folder.path.parent / CACHE_FOLDER
    prepared = compute_features(pictures, backbone, folder.card.input, cache, progress)
    split = split_pictures(prepared.pictures, rule)
    labels = [label.name for label in folder.card.labels]
    learnt = _labelled(prepared, [*split.train, *split.validation], labels)
    return learning_curve(
        learnt, _labelled(prepared, split.test, labels), len(labels), seed=rule.seed, progress=progress
    )


def write_curve(folder: Path, points: Sequence[LearningPoint]) -> None:
    """Keep the curve beside the record of the training.

    Raises:
        ModelError: the folder cannot be written.
    """
    try:
        write_whole(folder / CURVE_FILE, _POINTS.dump_json(tuple(points), indent=1))
    except OSError as error:
        raise ModelError(
            f"{folder}: received {error.strerror}, expected room for the learning curve; free space; "
            "the model itself is published"
        ) from error


def read_curve(folder: Path) -> tuple[LearningPoint, ...]:
    """What `write_curve` wrote; empty where nobody asked for it.

    Raises:
        ModelError: damaged.
    """
    path = folder / CURVE_FILE
    if not path.is_file():
        return ()
    try:
        return _POINTS.validate_json(path.read_bytes())
    except ValidationError as error:
        raise ModelError(f"{path}: received {error.errors()[0]['msg']}, expected points; remove the file") from error


def _labelled(prepared: Prepared, pictures: Sequence[Picture], labels: Sequence[str]) -> Labelled:
    # What a model labelled would tell of that model.
    known = [picture for picture in pictures if picture.label in labels and picture.origin == "human"]
    return Labelled(
        features=prepared.values[prepared.rows(known)].astype(np.float32, copy=False),
        true=np.array([labels.index(picture.label) for picture in known], dtype=np.intp),
    )
