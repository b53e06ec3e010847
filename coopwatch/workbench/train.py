"""From a folder of pictures to a published model: read, divide, learn, check, measure, publish."""

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic_core import to_jsonable_python

from coopwatch.clock import Clock
from coopwatch.errors import DatasetError
from coopwatch.vision.card import Input, Label, ModelCard, ModelFolder
from coopwatch.vision.publish import publish_model
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.dataset import Dataset, Picture
from coopwatch.workbench.environment import describe_environment, package_versions
from coopwatch.workbench.evaluate import Evaluation, Serve, evaluate_model
from coopwatch.workbench.export import keras_bytes
from coopwatch.workbench.frozen import Frozen
from coopwatch.workbench.layer_table import layer_table
from coopwatch.workbench.metrics import Figures
from coopwatch.workbench.networks.network import Network, count_trainable
from coopwatch.workbench.networks.registry import find_network
from coopwatch.workbench.parity import compare_export, require_parity
from coopwatch.workbench.pixels import Prepared
from coopwatch.workbench.progress import Progress
from coopwatch.workbench.run_folder import RUNS_FOLDER, Run, Step, write_run
from coopwatch.workbench.scratch import Scratch, ScratchSettings
from coopwatch.workbench.split import Split, SplitRule, split_pictures
from coopwatch.workbench.stopwatch import Stopwatch
from coopwatch.workbench.way import Trained, Way

DEFAULT_NETWORK = "efficientnet_lite0"
CACHE_FOLDER = "cache"
KERAS_FILE = "model.keras"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainSettings:
    """Everything that decides what comes out, beside the pictures."""

    network: str = DEFAULT_NETWORK
    size: tuple[int, int] | None = None  # height, width; None: the network's own
    split: SplitRule = field(default_factory=SplitRule)
    scratch: ScratchSettings = field(default_factory=ScratchSettings)
    keep_keras: bool = True  # `model.keras` beside the export


def train_model(
    dataset: Dataset, out: Path, settings: TrainSettings, *, serve: Serve, clock: Clock, progress: Progress
) -> tuple[ModelFolder, Figures]:
    """Train on the data set and publish the model as `out/<version>/`, active at once; (model, figures).

    How it went is written to `out/runs/<version>/`.

    Raises:
        DatasetError: the pictures cannot be used as they are.
        ModelError: the export does not answer as the trained model does, or `out` cannot be written.
    """
    began, stopwatch = clock.now(), Stopwatch()
    way = _choose_way(find_network(settings.network), settings, out, stopwatch, progress)
    prepared = way.prepare(dataset.pictures)
    split, labels, strangers = _learnable(dataset, split_pictures(prepared.pictures, settings.split))
    _tell_split(split, strangers, progress)
    trained = way.fit(prepared, split, [label.name for label in labels])
    card = ModelCard(
        name=out.resolve().name,
        version=f"{began:%Y%m%dT%H%M%SZ}",
        network=settings.network,
        created=began,
        labels=labels,
        input=way.form,
        files={},
        temperature=trained.temperature,
        unknown_below=trained.unknown_below,
        data=_data_facts(dataset, prepared, split, strangers, settings),
        training={
            **trained.facts,
            "seed": settings.scratch.seed,
            "seconds": round((clock.now() - began).total_seconds(), 1),
            "versions": {"python": platform.python_version(), **package_versions()},
        },
    )
    card, evaluation = _measured(card, trained, split, serve, stopwatch, progress)
    files = {**trained.files, **({KERAS_FILE: keras_bytes(trained.model)} if settings.keep_keras else {})}
    published = publish_model(out, card, files)
    run = _run(published.card, trained, dataset, settings, stopwatch.steps, evaluation.answers)
    write_run(out / RUNS_FOLDER / card.version, run, layer_table(trained.model))
    return published, evaluation.figures


def _choose_way(network: Network, settings: TrainSettings, out: Path, stopwatch: Stopwatch, progress: Progress) -> Way:
    form = network.input
    if settings.size is not None:
        height, width = settings.size
        form = Input(height=height, width=width, offset=form.offset, scale=form.scale)
    if network.way == "features":
        return Frozen(network, form, out / CACHE_FOLDER, stopwatch, progress)
    return Scratch(network, form, settings.scratch, stopwatch, progress)


def _learnable(dataset: Dataset, split: Split) -> tuple[Split, tuple[Label, ...], Counter[str]]:
    """(the split without labels that have no training picture, the labels that are learnt, what was left out)."""
    known = {picture.label for picture in split.train}
    if len(known) < 2:
        raise DatasetError(
            f"{dataset.name}: received one label to learn from ({', '.join(known)}), expected at least two; "
            "let the training part reach further"
        )
    strangers = Counter(picture.label for picture in split.test if picture.label not in known)
    validation = tuple(picture for picture in split.validation if picture.label in known)
    test = tuple(picture for picture in split.test if picture.label in known)
    labels = tuple(label for label in dataset.labels if label.name in known)
    return replace(split, validation=validation, test=test), labels, strangers


def _measured(
    card: ModelCard, trained: Trained, split: Split, serve: Serve, stopwatch: Stopwatch, progress: Progress
) -> tuple[ModelCard, Evaluation]:
    """The card with the figures of the test part, given by the very files that the service will load."""
    with TemporaryDirectory() as folder:
        predict = serve(publish_model(Path(folder), card, trained.files))
        every = (*split.test, *split.validation, *split.train)
        with stopwatch.step("parity"):
            parity = compare_export(trained.model, predict, every, card.input, card.temperature, progress)
            require_parity(parity)
        with stopwatch.step("evaluate"):
            evaluation = evaluate_model(predict, card, split.test, progress)
    progress.tell(f"the export names {parity.same} of {parity.count} pictures as the trained network does")
    metrics = {**evaluation.figures.as_json(), "parity": parity.as_json()}
    return card.model_copy(update={"metrics": metrics}), evaluation


def _run(
    card: ModelCard,
    trained: Trained,
    dataset: Dataset,
    settings: TrainSettings,
    steps: tuple[Step, ...],
    answers: tuple[Answer, ...],
) -> Run:
    fitted = trained.fitted
    return Run(
        model=card.name,
        version=card.version,
        network=card.network,
        way=trained.facts["way"],
        weights=trained.weights,
        began=card.created,
        sources=tuple(map(str, dataset.sources)),
        settings={**to_jsonable_python(settings), **trained.facts},
        seed=settings.scratch.seed,
        data=card.data,
        environment=describe_environment(),
        steps=steps,
        curves=fitted.curves if fitted else {},
        epochs=fitted.epochs if fitted else 0,
        best_epoch=fitted.best_epoch if fitted else 0,
        stopped=fitted.stopped if fitted else "",
        parameters=trained.model.count_params(),
        trainable=count_trainable(trained.model),
        answers=answers,
    )


def _tell_split(split: Split, strangers: Mapping[str, int], progress: Progress) -> None:
    progress.tell(
        f"split by {split.method}: {len(split.train)} pictures to train, {len(split.validation)} to tune, "
        f"{len(split.test)} never seen for the figures"
    )
    for note in split.notes:
        progress.tell(f"note: {note}")
    for label, count in strangers.items():
        progress.tell(f"note: {label} has no picture to learn from; its {count} test pictures are left out")


def _data_facts(
    dataset: Dataset, prepared: Prepared, split: Split, strangers: Mapping[str, int], settings: TrainSettings
) -> dict[str, Any]:
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    return {
        "hash": dataset.hash,
        "pictures": len(dataset.pictures),
        "labels": {name: _counts(pictures) for name, pictures in parts.items()},
        "split": split.method,
        "split_seed": settings.split.seed,
        "notes": list(split.notes),
        "unreadable": len(prepared.unreadable),
        "not_learnt": dict(strangers),
    }


def _counts(pictures: Sequence[Picture]) -> dict[str, int]:
    return dict(sorted(Counter(picture.label for picture in pictures).items()))
