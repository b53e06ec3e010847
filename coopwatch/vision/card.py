"""A model folder's `card.json`: what the model is, what it takes, what its outputs mean; hashes checked on loading."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from coopwatch.errors import ModelError
from coopwatch.values import Role

CARD_FILE = "card.json"
ACTIVE_FILE = "active"
MOST_BYTES = 16_000_000  # of a card; that of twelve labels with their figures has 6,000


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Part):
    """One output of the network."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$", max_length=64)]
    role: Role


class Input(_Part):
    """What the network takes: a crop stretched to `height` x `width` RGB, each value `(pixel - offset) / scale`."""

    height: Annotated[int, Field(ge=1, le=4096)]
    width: Annotated[int, Field(ge=1, le=4096)]
    offset: float = 0.0
    scale: Annotated[float, Field(gt=0)] = 255.0


class Member(_Part):
    """One model of an ensemble; its files lie in the same folder, their names begin with `prefix`."""

    name: str
    version: str
    network: str
    prefix: Annotated[str, Field(pattern=r"^[0-9]+-$")]
    input: Input
    temperature: Annotated[float, Field(gt=0)]
    order: tuple[int, ...]  # for each label of the ensemble, the place in this network's output


class Learnt(_Part):
    """What a version learnt from people's words, beyond the model that was trained."""

    base: str  # hash of that model's card
    version: str  # of that model
    word: Annotated[int, Field(ge=0)]  # the newest word that it knew
    labels: Mapping[str, int]  # photos that people gave this label
    photos: Annotated[int, Field(ge=0)]
    judged: Annotated[int, Field(ge=0)]  # of them, by a head that had not seen their visit
    right: Annotated[int, Field(ge=0)]
    before: Annotated[int, Field(ge=0)]  # right by the model that was trained


class ModelCard(_Part):
    """Everything the service needs to know of a model, and how good it was when it was made."""

    format: Literal[1] = 1
    name: str
    version: str
    network: str
    created: datetime
    labels: Annotated[tuple[Label, ...], Field(min_length=2)]  # in the order of the network's outputs
    input: Input
    files: Mapping[str, str]  # file name -> sha256 of its bytes
    temperature: Annotated[float, Field(gt=0)] = 1.0  # calibration: logits are divided by it
    unknown_below: Annotated[float, Field(ge=0, le=1)] = 0.0  # a best probability below this is "unknown"
    metrics: Mapping[str, Any] = {}  # figures on pictures never seen in training
    data: Mapping[str, Any] = {}  # hash, counts and split of the data set
    training: Mapping[str, Any] = {}  # seed, epochs, seconds, versions
    members: tuple[Member, ...] = ()  # an ensemble: it answers with the mean of theirs
    learnt: Learnt | None = None  # None: it is as it was trained
    probe_answers: tuple[tuple[float, ...], ...] = ()  # where it was made, to the pictures of vision/probe.py

    @property
    def roles(self) -> dict[str, Role]:
        """Label -> role."""
        return {label.name: label.role for label in self.labels}

    @model_validator(mode="after")
    def _fits_its_labels(self) -> "ModelCard":
        if len({label.name for label in self.labels}) < len(self.labels):
            raise ValueError("received a label twice, expected each label once")
        if any(len(answer) != len(self.labels) for answer in self.probe_answers):
            raise ValueError("received an answer with another number of probabilities, expected one a label")
        places = list(range(len(self.labels)))
        if any(sorted(member.order) != places for member in self.members):
            raise ValueError("received a member with another order, expected each label's place once")
        return self


class ModelFolder(_Part):
    """One version of a model on disk whose files are what its card says."""

    path: Path
    card: ModelCard
    hash: str  # of the card, which holds the hashes of the other files

    def file(self, name: str) -> Path:
        """The path of one of the model's files; ModelError if the card does not list it."""
        if name not in self.card.files:
            raise ModelError(f"{self.path / CARD_FILE}: received no {name}, expected it under `files`; export again")
        return self.path / name


def version_folder(model: Path) -> Path:
    """The folder of a model's active version; a version's own folder is taken as it is.

    Raises:
        ModelError: neither a `card.json` nor an `active` file that names a version.
    """
    if (model / CARD_FILE).is_file():
        return model
    active = model / ACTIVE_FILE
    named = active.read_text(encoding="utf-8").partition("\n")[0].strip() if active.is_file() else ""  # below: earlier
    if not (model / named / CARD_FILE).is_file() and (versions := version_names(model)):
        raise ModelError(
            f"{model}: received {named or 'no version'} as the active one, expected one of {', '.join(versions)}; "
            f"`coopwatch models activate {model} VERSION` makes it so"
        )
    if not active.is_file():
        raise ModelError(
            f"{model}: received a folder without {CARD_FILE} or {ACTIVE_FILE}, expected a model folder; "
            "name one, or make one with `coopwatch train`"
        )
    return model / named


def version_names(model: Path) -> list[str]:
    """What the versions in a model folder are called, damaged ones too."""
    return sorted(path.parent.name for path in model.glob(f"[!.]*/{CARD_FILE}"))


def load_model_folder(model: Path) -> ModelFolder:
    """Read and check the active version of a model folder.

    Raises:
        ModelError: missing, unreadable, of another format, or a file is not the one that the card names.
    """
    folder = version_folder(model)
    path = folder / CARD_FILE
    try:
        text = _read_bounded(path)
        card = ModelCard.model_validate_json(text)
    except OSError as error:
        raise ModelError(f"{path}: received {error.strerror}, expected a readable card; export it again") from error
    except ValidationError as error:
        mistakes = "; ".join(_mistake(details["loc"], details["msg"]) for details in error.errors())
        raise ModelError(f"{path}: {mistakes}; expected a card of format 1; export the model again") from error
    for name, expected in card.files.items():
        _check_file(folder, name, expected)
    return ModelFolder(path=folder, card=card, hash=hashlib.sha256(text).hexdigest())


def _mistake(place: tuple[int | str, ...], words: str) -> str:
    """pydantic's words, after the place where there is one."""
    return ": ".join([*([".".join(map(str, place))] if place else []), words.removeprefix("Value error, ")])


def _read_bounded(path: Path) -> bytes:
    """The bytes of a file that a stranger may have made; ModelError if it is no card by its size alone."""
    with path.open("rb") as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise ModelError(
            f"{path}: received {path.stat().st_size / 1e6:.1f} MB, expected a card of at most {MOST_BYTES / 1e6:.0f}; "
            "export the model again"
        )
    return text


def file_hash(path: Path) -> str:
    """The sha256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_file(folder: Path, name: str, expected: str) -> None:
    if Path(name).name != name:
        raise ModelError(f"{folder / CARD_FILE}: files: received {name!r}, expected a plain file name; export again")
    path = folder / name
    if not path.is_file():
        raise ModelError(f"{path}: received no such file, expected what {CARD_FILE} lists; copy the whole folder")
    received = file_hash(path)
    if received != expected:
        raise ModelError(
            f"{path}: received sha256 {received[:12]}..., expected {expected[:12]}...; "
            "the file was changed or damaged: copy the folder again or export the model again"
        )
