"""Where what was learnt lies, and which model is used: the configured folder and the data folder in, a version out."""

import json
import logging
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from coopwatch.config.settings import Settings
from coopwatch.errors import CannotLearnError, ModelError
from coopwatch.vision.card import ACTIVE_FILE, ModelFolder, load_model_folder
from coopwatch.vision.model_files import BACKBONE_FILE, FEATURES_FILE, HEAD_FILE
from coopwatch.vision.whole_file import write_whole

log = logging.getLogger(__name__)

FOLDER = "learnt"  # below the data folder: a model folder of its own, since the configured one may be read-only
_ATTEMPT_FILE = "attempt.json"


class Verdict(StrEnum):
    """What came of an attempt to learn."""

    LEARNT = "learnt"
    NO_GAIN = "no_gain"  # with it, no more of what people named is named right
    WORSE = "worse"  # with it, something else is named worse


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The last attempt; it is not made again until there is a new word or another model."""

    word: int  # the newest that it knew
    base: str  # hash of the card of the model that was trained
    verdict: Verdict


def learnt_model(data_dir: Path) -> Path:
    """The model folder of what was learnt."""
    return data_dir / FOLDER


def model_of(settings: Settings) -> ModelFolder:
    """The model that these settings use: the configured one, or what was learnt onto it.

    Raises:
        ModelError: the configured model cannot be used.
    """
    return model_in_use(settings.model, settings.data_dir) if settings.learn else load_model_folder(settings.model)


def model_in_use(model: Path, data_dir: Path) -> ModelFolder:
    """The active version of what was learnt, if it was learnt onto the configured model; else that one.

    Raises:
        ModelError: the configured model cannot be used.
    """
    base, place = load_model_folder(model), learnt_model(data_dir)
    try:
        if not (place / ACTIVE_FILE).is_file():
            return base
        active = load_model_folder(place)
    except (ModelError, OSError) as error:  # a folder that another user may not enter is none to us
        log.warning("What was learnt from corrections cannot be used, the model as it was trained is: %s", error)
        return base
    return active if active.card.learnt is not None and active.card.learnt.base == base.hash else base


def require_teachable(base: ModelFolder, engine: str, data_dir: Path) -> None:
    """Refuse a model that no correction can change.

    Raises:
        CannotLearnError: it is one; the text says what can be done.
    """
    remedy = "make one that learns from corrections with `coopwatch train`, or set `learn: false`"
    missing = {BACKBONE_FILE, HEAD_FILE, FEATURES_FILE} - base.card.files.keys()
    if missing:
        raise CannotLearnError(
            f"{base.path}: received a model without {', '.join(sorted(missing))}, expected a head on features with "
            f"some of what it learnt from; {remedy}"
        )
    if engine != "litert":
        raise CannotLearnError(f"engine: received {engine}, which keeps the head in its graph, expected litert; set it")
    if base.path.resolve().is_relative_to(learnt_model(data_dir).resolve()):
        raise CannotLearnError(
            f"model: received {base.path}, which was learnt from corrections, expected a trained one; {remedy}"
        )


def read_attempt(data_dir: Path) -> Attempt | None:
    """The last attempt; None if there was none, or its file is damaged."""
    try:
        found = json.loads((learnt_model(data_dir) / _ATTEMPT_FILE).read_bytes())
        return Attempt(word=int(found["word"]), base=str(found["base"]), verdict=Verdict(found["verdict"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # it is made once more, which costs some seconds


def write_attempt(data_dir: Path, attempt: Attempt) -> None:
    """Remember an attempt; where that fails, it is made once more at the next start."""
    try:
        write_whole(learnt_model(data_dir) / _ATTEMPT_FILE, json.dumps(asdict(attempt)).encode())
    except OSError as error:
        log.warning("What was learnt from cannot be noted: %s", error.strerror)
