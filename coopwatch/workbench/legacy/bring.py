"""A `model.json`, its weights and labels in; a published model that answers as that network did out."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
from PIL import Image

from coopwatch.clock import Clock
from coopwatch.errors import ModelError
from coopwatch.vision.card import Input, Label, ModelCard, ModelFolder, file_hash
from coopwatch.vision.model_files import KERAS_FILE
from coopwatch.vision.preprocess import to_input
from coopwatch.vision.probe import Serve
from coopwatch.vision.publish import publish_model, version_at
from coopwatch.workbench.export.checked_export import check_export
from coopwatch.workbench.export.parity import ask
from coopwatch.workbench.export.to_litert import keras_bytes, litert_forms
from coopwatch.workbench.figures.evaluate import evaluate_model, require_known_labels
from coopwatch.workbench.legacy.model_json import read_architecture
from coopwatch.workbench.legacy.rebuild import rebuild
from coopwatch.workbench.legacy.weights import read_weights
from coopwatch.workbench.pictures.dataset import Dataset, Picture
from coopwatch.workbench.progress import Progress

_DRAWN = 60
_GRAINS = (3, 12, 48)  # how many patches of a drawn picture lie side by side


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two files of a Keras 1 or 2 model, and what its outputs mean."""

    model_json: Path
    weights: Path
    labels: tuple[Label, ...]


def bring_model(
    pair: Pair, out: Path, pictures: Dataset | None, *, serve: Serve, clock: Clock, progress: Progress
) -> ModelFolder:
    """Rebuild the network, export it, hold the export against it, and publish it as `out/<version>/`, active at once.

    With `pictures` the two forms are compared on them, and the card has the figures; without, on drawn patches.

    Raises:
        ModelError: the files are no such model, or do not belong together, or the export answers otherwise.
        DatasetError: the pictures have labels that the network does not know.
    """
    began = clock.now()
    architecture = read_architecture(pair.model_json)
    model = rebuild(architecture, read_weights(pair.weights), [label.name for label in pair.labels])
    height, width, _ = architecture.input_shape
    card = ModelCard(
        name=out.resolve().name,
        version=version_at(began),
        network="imported",
        created=began,
        labels=pair.labels,
        input=Input(height=height, width=width, offset=0.0, scale=1.0),  # RGB 0..255 as it is
        files={},
        training={
            "way": "imported",
            "name": architecture.name,
            "keras_version": architecture.keras_version,
            "parameters": int(model.count_params()),
            "sha256": {path.name: file_hash(path) for path in (pair.model_json, pair.weights)},
        },
    )
    if pictures is not None:
        require_known_labels(pictures, card)
    _require_probabilities(model, card.input)
    files, metrics = _measured(model, card, pictures, serve, progress)
    files = {**files, KERAS_FILE: keras_bytes(model)}
    return publish_model(out, card.model_copy(update={"metrics": metrics}), files, serve=serve)


def _require_probabilities(model: keras.Model, form: Input) -> None:
    """One picture is enough to see whether the last layer is a softmax."""
    answer = ask(model, np.full((1, form.height, form.width, 3), 127, dtype=np.float32))[0]
    if not np.isfinite(answer).all() or answer.min() < 0 or abs(answer.sum() - 1) > 1e-3:
        raise ModelError(
            f"model.json: received a network that answers {np.round(answer, 3).tolist()[:5]} (sum {answer.sum():.3f}), "
            "expected probabilities that sum to 1; import one whose last layer is a softmax, with its own weights"
        )


def _measured(
    model: keras.Model, card: ModelCard, dataset: Dataset | None, serve: Serve, progress: Progress
) -> tuple[Mapping[str, bytes], dict[str, Any]]:
    """(the files that serve, their parity with the network and, on labelled pictures, the figures)."""
    kind = "drawn patches" if dataset is None else "pictures"
    with TemporaryDirectory() as folder:
        with _pictures(dataset, card.input) as pictures:
            export = check_export(
                model,
                litert_forms(model),
                card,
                pictures,
                folder=Path(folder),
                serve=serve,
                progress=progress,
                kind=kind,
            )
        described = {"parity": {**export.parity.as_json(), "on": kind}}
        if dataset is None:
            return export.files, described
        figures = evaluate_model(export.predict, card, dataset.pictures, progress).figures
        return export.files, {**figures.as_json(), **described}


@contextmanager
def _pictures(dataset: Dataset | None, form: Input) -> Iterator[Sequence[Picture]]:
    """The data set's pictures, or drawn ones that last as long as this."""
    if dataset is not None:
        yield dataset.pictures
        return
    with TemporaryDirectory() as folder:
        yield [_draw(Path(folder) / f"{number}.png", number, form) for number in range(_DRAWN)]


def _draw(path: Path, seed: int, form: Input) -> Picture:
    """Patches of random colours and brightness, coarse ones on fine ones."""
    rng = np.random.default_rng(seed)
    layers = [
        to_input(rng.integers(0, 256, (grain, grain, 3), dtype=np.uint8), form).astype(np.float32) for grain in _GRAINS
    ]
    mixed = np.einsum("k,khwc->hwc", rng.dirichlet(np.ones(len(layers))), np.stack(layers)) * rng.uniform(0.3, 1.2)
    Image.fromarray(mixed.clip(0, 255).astype(np.uint8)).save(path)
    return Picture(path=path, label="", sha256="", taken_at=None, day=None)
