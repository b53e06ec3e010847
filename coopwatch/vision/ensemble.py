"""Models that know the same labels in; one more model, which answers with the mean of theirs, out."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from coopwatch.errors import ModelError
from coopwatch.vision.card import Input, Member, ModelCard, ModelFolder
from coopwatch.vision.model_files import BACKBONE_FILE, HEAD_FILE, MODEL_FILE
from coopwatch.vision.probe import Serve
from coopwatch.vision.publish import publish_model, version_at

_SERVED = (MODEL_FILE, BACKBONE_FILE, HEAD_FILE)  # what the service loads


def join_models(folders: Sequence[ModelFolder], out: Path, now: datetime, *, serve: Serve) -> ModelFolder:
    """Publish the ensemble as `out/<version>/`, active at once; its members' files are copied into it.

    The crop goes to it at the largest of their input sizes, and is stretched for each of them.

    Raises:
        ModelError: fewer than two models, one twice, other labels or roles, or `out` cannot be written.
    """
    _require_joinable(folders)
    first = folders[0].card
    names = list(first.roles)
    members, files = [], {}
    for number, folder in enumerate(folders):
        card, prefix = folder.card, f"{number}-"
        places = list(card.roles)
        order = tuple(places.index(name) for name in names)
        members.append(
            Member(
                name=card.name,
                version=card.version,
                network=card.network,
                prefix=prefix,
                input=card.input,
                temperature=card.temperature,
                order=order,
            )
        )
        served = [name for name in card.files if name in _SERVED]
        files.update({f"{prefix}{name}": (folder.path / name).read_bytes() for name in served})
    card = ModelCard(
        name=out.resolve().name,
        version=version_at(now),
        network="+".join(folder.card.network for folder in folders),
        created=now,
        labels=first.labels,
        input=Input(
            height=max(folder.card.input.height for folder in folders),
            width=max(folder.card.input.width for folder in folders),
        ),
        files={},
        unknown_below=sum(folder.card.unknown_below for folder in folders) / len(folders),
        training={"way": "ensemble", "members": [folder.hash for folder in folders]},
        members=tuple(members),
    )
    return publish_model(out, card, files, serve=serve)


def _require_joinable(folders: Sequence[ModelFolder]) -> None:
    if len(folders) < 2 or len({folder.hash for folder in folders}) < len(folders):
        raise ModelError(
            f"models ensemble: received {len({folder.hash for folder in folders})} different models, "
            "expected at least two, each once; name another"
        )
    first = folders[0]
    for folder in folders:
        if folder.card.members:
            raise ModelError(f"{folder.path}: received an ensemble, expected a single model; name its members instead")
        if folder.card.roles != first.card.roles:
            raise ModelError(
                f"{folder.path}: received the labels {_told(folder)}, expected those of {first.path}, {_told(first)}; "
                "train both on the same labels, with the same roles"
            )


def _told(folder: ModelFolder) -> str:
    return ", ".join(f"{name} ({role})" for name, role in sorted(folder.card.roles.items()))
