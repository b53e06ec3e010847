"""Looks at the photos that people named as the model's backbone does: words and a data folder in, features out."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from coopwatch.errors import PictureError
from coopwatch.inference.engines.litert import Backbone
from coopwatch.inference.plan import Plan
from coopwatch.learning.teach import Named
from coopwatch.values import NOTHING, NamedPhoto, Role
from coopwatch.vision.card import ModelCard, ModelFolder
from coopwatch.vision.examples import Features
from coopwatch.vision.photo import read_photo
from coopwatch.vision.preprocess import crop, to_input

log = logging.getLogger(__name__)

Step = Callable[[int, int], None]
"""Called with how many of how many photos were looked at."""


def look_at(
    photos: Sequence[str], base: ModelFolder, data_dir: Path, known: Mapping[str, Features], step: Step
) -> dict[str, Features]:
    """The features of each photo's nest; without those that are gone, damaged, or from before nests were noted.

    Raises:
        ModelError: the backbone cannot be used.
    """
    backbone: Backbone | None = None
    seen: dict[str, Features] = {}
    for done, photo in enumerate(photos):
        step(done, len(photos))
        if photo in known:
            seen[photo] = known[photo]
            continue
        backbone = backbone or Backbone(Plan.of(base, "litert"))
        try:
            kept = read_photo(data_dir / photo)
        except PictureError as error:
            log.info("A photo that a person named cannot be learnt from: %s", error)
            continue
        if kept.region is not None:
            seen[photo] = backbone.features(to_input(crop(kept.pixels, kept.region), base.card.input))
    step(len(photos), len(photos))
    return seen


def to_named(photos: Sequence[NamedPhoto], seen: Mapping[str, Features], card: ModelCard) -> tuple[Named, list[str]]:
    """What people named, for `teach`, with the label of each; without labels that the model does not know."""
    names = [label.name for label in card.labels]
    nothing = [label.role in (Role.EMPTY, Role.EGG) for label in card.labels]
    kept, accepted = [], []
    for photo in photos:
        mask = nothing if photo.label == NOTHING else [name == photo.label for name in names]
        if photo.photo in seen and any(mask):
            kept.append(photo)
            accepted.append(mask)
    width = len(next(iter(seen.values()), ()))
    return Named(
        features=np.array([seen[photo.photo] for photo in kept], np.float32).reshape(len(kept), width),
        accepted=np.array(accepted, np.bool_).reshape(len(kept), len(names)),
        visits=np.array([photo.visit for photo in kept], np.intp),
    ), [photo.label for photo in kept]
