"""A folder of models in; what versions there are, how good each was and which is in use out."""

from dataclasses import dataclass
from pathlib import Path

from coopwatch.errors import ModelError
from coopwatch.vision.card import ACTIVE_FILE, CARD_FILE, ModelCard, load_model_folder, version_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a model; without a card it cannot be used, and `fault` says why."""

    path: Path
    is_active: bool
    card: ModelCard | None
    fault: str | None = None


def list_versions(place: Path) -> tuple[Version, ...]:
    """The versions of the model folder `place`, or of every model folder in it; those of one model by age.

    Raises:
        ModelError: no model is there.
    """
    models = (
        [place] if (place / ACTIVE_FILE).is_file() else sorted(file.parent for file in place.glob(f"*/{ACTIVE_FILE}"))
    )
    found = [version for model in models for version in _of_model(model)]
    if not found:
        raise ModelError(
            f"{place}: received a folder without a model, expected a model's folder or one that holds models; "
            "name another, or make one with `coopwatch train`"
        )
    return tuple(found)


def _of_model(model: Path) -> list[Version]:
    active = version_folder(model)
    found = [_read(file.parent, is_active=file.parent == active) for file in model.glob(f"[!.]*/{CARD_FILE}")]
    return sorted(found, key=lambda version: (str(version.card and version.card.created), version.path.name))


def _read(path: Path, *, is_active: bool) -> Version:
    try:
        return Version(path=path, is_active=is_active, card=load_model_folder(path).card)
    except ModelError as error:
        return Version(path=path, is_active=is_active, card=None, fault=str(error))
