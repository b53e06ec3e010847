"""What a model learnt from, `features.npz`: some pictures as the backbone sees them, so that it can learn more.

A bounded number for each label: those to learn from, and those kept aside, which no head has learnt from. A version
that learnt from corrections also holds what people named, each with the path of its photo.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from coopwatch.errors import ModelError
from coopwatch.vision.arrays import read_arrays
from coopwatch.vision.model_files import FEATURES_FILE

LEARN_MOST, ASIDE_MOST = 48, 16  # pictures of a label: 164 KB together
_PHOTO_LENGTH = 200  # letters of a path below the data folder

Features = npt.NDArray[np.float32]
Columns = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """Pictures as features (pictures, features), with the column (pictures,) of each one's label."""

    features: Features
    columns: Columns

    @classmethod
    def spread(cls, features: Features, columns: Columns, most: int) -> Self:
        """At most so many of each label, evenly from first to last."""
        chosen = [_evenly(np.flatnonzero(columns == column), most) for column in np.unique(columns)]
        places = np.concatenate(chosen) if chosen else np.empty(0, np.intp)
        return cls(features=features[places], columns=columns[places])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """What is learnt from together with what people name, and what shows whether that made a model worse."""

    learn: Labelled
    aside: Labelled
    photos: dict[str, Features]  # named by people, by path below the data folder: known already


def _evenly(places: Columns, most: int) -> Columns:
    if len(places) <= most:
        return places
    return places[np.linspace(0, len(places) - 1, most).round().astype(np.intp)]


def examples_bytes(examples: Examples) -> bytes:
    """The bytes of `features.npz`; half precision, which moves a probability by less than 0.001."""
    rows = (examples.learn, examples.aside)
    named = np.array(list(examples.photos.values()), np.float16).reshape(-1, examples.learn.features.shape[1])
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        features=np.concatenate([*(one.features.astype(np.float16) for one in rows), named]),
        columns=np.concatenate([one.columns for one in rows]).astype(np.int16),
        learn=np.int64(len(examples.learn.columns)),
        photos=np.array(list(examples.photos), dtype=f"U{_PHOTO_LENGTH}"),
    )
    return buffer.getvalue()


def read_examples(path: Path, *, width: int, labels: int) -> Examples:
    """Read `features.npz`, which a stranger may have made.

    Args:
        path: the file.
        width: how many features a picture has.
        labels: of the model.

    Raises:
        ModelError: missing, damaged, too large, or not what such a model can learn from.
    """
    try:
        return _checked(read_arrays(path, "features", "columns", "learn", "photos"), width, labels)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"{path}: received {error}, expected the features of training pictures as `coopwatch train` writes "
            f"{FEATURES_FILE}; train the model again"
        ) from error


def _checked(found: dict[str, npt.NDArray[np.generic]], width: int, labels: int) -> Examples:
    features = found["features"].astype(np.float32)
    columns, photos = found["columns"].astype(np.intp), found["photos"]
    count, learn = len(columns), int(found["learn"])
    if (
        features.ndim != 2
        or features.shape[1] != width
        or columns.ndim != 1
        or photos.ndim != 1
        or photos.dtype.kind != "U"
    ):
        raise ValueError(f"arrays of the shapes {features.shape}, {columns.shape} and {photos.shape}")
    if len(features) != count + len(photos) or not 0 <= learn <= count:
        raise ValueError(f"{len(features)} rows for {count} labels and {len(photos)} photos")
    if not np.isfinite(features).all():
        raise ValueError("numbers that are not finite")
    known = np.unique(columns[:learn])
    if not np.array_equal(known, np.arange(labels)) or not np.isin(columns, known).all():
        raise ValueError(f"pictures of the labels {np.unique(columns).tolist()} where each of {labels} is needed")
    return Examples(
        learn=Labelled(features=features[:learn], columns=columns[:learn]),
        aside=Labelled(features=features[learn:count], columns=columns[learn:]),
        photos=dict(zip(photos.tolist(), features[count:], strict=True)),
    )
