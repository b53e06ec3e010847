"""From a folder of pictures to a published model: read, divide, learn, check, measure, publish."""

import platform
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from coopwatch.clock import Clock
from coopwatch.errors import ModelError
from coopwatch.vision.card import ModelCard, ModelFolder
from coopwatch.vision.model_files import KERAS_FILE
from coopwatch.vision.probe import Serve
from coopwatch.vision.publish import publish_model, version_at
from coopwatch.workbench.environment import package_versions
from coopwatch.workbench.export.checked_export import check_export
from coopwatch.workbench.export.to_litert import keras_bytes
from coopwatch.workbench.figures.evaluate import Evaluation, evaluate_model
from coopwatch.workbench.figures.metrics import Figures
from coopwatch.workbench.learning.descent import Descent
from coopwatch.workbench.learning.features import CACHE_FOLDER
from coopwatch.workbench.learning.head_on_features import HeadOnFeatures
from coopwatch.workbench.learning.layer_table import layer_table
from coopwatch.workbench.learning.lesson import plan_lesson
from coopwatch.workbench.learning.model_curve import curve_of_model, write_curve
from coopwatch.workbench.learning.run_record import record_run
from coopwatch.workbench.learning.train_settings import TrainSettings, settle
from coopwatch.workbench.learning.way import Task, Trained, Way
from coopwatch.workbench.networks.registry import find_network
from coopwatch.workbench.pictures.copying import require_outside
from coopwatch.workbench.pictures.dataset import Dataset
from coopwatch.workbench.pictures.split import Split
from coopwatch.workbench.progress import Progress
from coopwatch.workbench.run_folder import run_folder, write_run
from coopwatch.workbench.stopwatch import Stopwatch


def train_model(
    dataset: Dataset, out: Path, settings: TrainSettings, *, serve: Serve, clock: Clock, progress: Progress
) -> tuple[ModelFolder, Figures]:
    """Train on the data set and publish the model as `out/<version>/`, active at once; (model, figures).

    How it went is written to `out/runs/<version>/`.

    Raises:
        UserMustActError: settings that do not go together.
        DatasetError: the pictures cannot be used as they are, or `out` lies among them.
        ModelError: weights of another network, an export that does not answer as the trained model does, or `out`
            cannot be written.
    """
    require_outside(out, dataset.sources)
    try:
        return _train(dataset, out, settings, serve, clock, progress)
    except OSError as error:
        # Border: features, decoded pictures and exports are written on the way; whichever file it was, space is short.
        raise ModelError(
            f"{out}: received {error.strerror}, expected a place with room to write, and in {gettempdir()} too; "
            "free space; the model is as it was"
        ) from error


def _train(
    dataset: Dataset, out: Path, settings: TrainSettings, serve: Serve, clock: Clock, progress: Progress
) -> tuple[ModelFolder, Figures]:
    began, stopwatch, settings = clock.now(), Stopwatch(), settle(settings)
    way = _open_way(settings, out, stopwatch, progress)
    prepared = way.prepare(dataset.pictures)
    lesson = plan_lesson(dataset, prepared, settings.split)
    lesson.tell(progress)
    _require_writable(out)
    trained = way.fit(prepared, lesson.split, lesson.names)
    card = ModelCard(
        name=out.resolve().name,
        version=version_at(began),
        network=settings.network,
        created=began,
        labels=lesson.labels,
        input=way.form,
        files={},
        temperature=trained.temperature,
        unknown_below=trained.unknown_below,
        data=lesson.facts,
        training={
            "way": settings.way,
            "weights": settings.weights,
            **trained.facts,
            "parameters": trained.model.count_params(),
            "seed": settings.seed,
            "seconds": round((clock.now() - began).total_seconds(), 1),
            "versions": {"python": platform.python_version(), **package_versions()},
        },
    )
    card, files, evaluation = _measured(card, trained, lesson.split, serve, stopwatch, progress)
    files = {**files, **trained.more, **({KERAS_FILE: keras_bytes(trained.model)} if settings.keep_keras else {})}
    published = publish_model(out, card, files, serve=serve)
    run = record_run(published.card, settings, dataset, trained, stopwatch.steps, evaluation.answers, lesson.split)
    write_run(run_folder(published), run, layer_table(trained.model))
    if settings.learning_curve:
        write_curve(run_folder(published), curve_of_model(published, dataset.pictures, settings.split, progress))
    return published, evaluation.figures


def _require_writable(out: Path) -> None:
    """Fail before what may be hours of learning, not after them: OSError."""
    out.mkdir(parents=True, exist_ok=True)
    TemporaryDirectory(dir=out, prefix=".partial-").cleanup()


def _open_way(settings: TrainSettings, out: Path, stopwatch: Stopwatch, progress: Progress) -> Way:
    network = find_network(settings.network)
    form = network.at_size(settings.size)
    assert settings.way is not None
    assert settings.weights is not None
    task = Task(
        network=network,
        form=form,
        weights=settings.weights,
        seed=settings.seed,
        pseudo_share=settings.pseudo_share,
        stopwatch=stopwatch,
        progress=progress,
    )
    if settings.way == "features":
        return HeadOnFeatures(task, out / CACHE_FOLDER)
    return Descent(settings.way, task, settings.descent)


def _measured(
    card: ModelCard, trained: Trained, split: Split, serve: Serve, stopwatch: Stopwatch, progress: Progress
) -> tuple[ModelCard, Mapping[str, bytes], Evaluation]:
    """(the card with the figures of the test part, the files that gave them and will serve, all answers)."""
    every = (*split.test, *split.validation, *split.train)
    with TemporaryDirectory() as folder:
        with stopwatch.step("check export"):
            export = check_export(
                trained.model, trained.forms, card, every, folder=Path(folder), serve=serve, progress=progress
            )
        with stopwatch.step("evaluate"):
            evaluation = evaluate_model(export.predict, card, split.test, progress)
    metrics = {**evaluation.figures.as_json(), "parity": export.parity.as_json()}
    return card.model_copy(update={"metrics": metrics}), export.files, evaluation
