"""Finds what a report is made from: a model's folder, or an evaluation of it, in; a subject out."""

from datetime import datetime

from coopwatch.errors import ModelError
from coopwatch.vision.card import ModelFolder
from coopwatch.workbench.figures.evaluate import Evaluation, seen_before
from coopwatch.workbench.figures.metrics import measure
from coopwatch.workbench.learning.model_curve import read_curve
from coopwatch.workbench.pictures.dataset import Dataset
from coopwatch.workbench.report.subject import Subject
from coopwatch.workbench.run_folder import SUMMARY_FILE, Run, read_run, run_folder


def training_subject(folder: ModelFolder, made_at: datetime) -> Subject:
    """How the training of a model came out, from its record.

    Raises:
        ModelError: the training left no record.
    """
    run = read_run(run_folder(folder))
    figures = measure(run.answers, unknown_below=folder.card.unknown_below)
    return Subject(
        card=folder.card,
        evaluation=Evaluation(answers=run.answers, figures=figures, unreadable=()),
        tested_on=f"the test part of {', '.join(run.sources)}",
        made_at=made_at,
        run=run,
        layers=_layers(folder),
        learning=read_curve(run_folder(folder)),
        is_unseen=True,
    )


def evaluation_subject(folder: ModelFolder, evaluation: Evaluation, dataset: Dataset, made_at: datetime) -> Subject:
    """What the model says of a data set; how it was trained is told where it is on record."""
    return Subject(
        card=folder.card,
        evaluation=evaluation,
        tested_on=dataset.name,
        made_at=made_at,
        run=_recorded(folder),
        layers=_layers(folder),
        notes=seen_before(folder, dataset),
    )


def _recorded(folder: ModelFolder) -> Run | None:
    try:
        return read_run(run_folder(folder))
    except ModelError:
        return None  # made elsewhere, or before runs were recorded: the page says less


def _layers(folder: ModelFolder) -> str:
    try:
        return (run_folder(folder) / SUMMARY_FILE).read_text(encoding="utf-8")
    except OSError:
        return ""  # as above
