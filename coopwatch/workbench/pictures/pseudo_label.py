"""Unlabelled pictures and a model in; the pictures with the labels that the model is sure of out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.vision.card import ModelCard
from coopwatch.vision.probe import Predict
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.pixels import load_input, prepare_each
from coopwatch.workbench.pictures.record import read_rows, rows_bytes, write_file
from coopwatch.workbench.pictures.unlabelled import list_unlabelled
from coopwatch.workbench.progress import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class PseudoLabels:
    """What a model said of unlabelled pictures."""

    sure: tuple[Picture, ...]
    unsure: int
    unreadable: tuple[Path, ...]


def pseudo_label(
    paths: Sequence[Path], predict: Predict, card: ModelCard, *, above: float, zone: tzinfo, progress: Progress
) -> PseudoLabels:
    """Ask the model about each picture, once for the same bytes; keep the answers of at least `above`, 0..1."""
    labels = [label.name for label in card.labels]
    found = list_unlabelled(paths, zone, progress)
    sure: list[Picture] = []

    def ask(_: int, picture: Picture) -> None:
        probabilities = predict(load_input(picture, card.input))
        best = int(probabilities.argmax())
        if probabilities[best] >= above:
            probability = round(float(probabilities[best]), 4)
            sure.append(replace(picture, label=labels[best], origin="pseudo", probability=probability))

    kept, unreadable = prepare_each(found.pictures, ask, "labelling", progress)
    return PseudoLabels(sure=tuple(sure), unsure=len(kept) - len(sure), unreadable=(*unreadable, *found.nameless))


def require_place(table: Path) -> None:
    """Refuse to write where no table can be, or where one lies that must not be lost.

    Raises:
        DatasetError: not the name of a table, no such folder, or a table of labels that people gave.
    """
    if table.suffix.lower() != ".csv":
        raise DatasetError(f"--out {table}: received no name of a table, expected one ending in .csv; rename it")
    if not table.absolute().parent.is_dir():
        raise DatasetError(f"--out {table}: received a place in no folder, expected one that is there; make it first")
    if table.exists() and any(row.origin == "human" for row in read_rows(table)):
        raise DatasetError(
            f"--out {table}: received a table of labels that people gave, expected a new file or an earlier table of "
            "labels that a model gave; name another"
        )


def write_table(table: Path, pictures: Sequence[Picture]) -> None:
    """Write a table that `read_dataset` reads; paths below the table's folder are relative to it.

    Raises:
        DatasetError: it cannot be written.
    """
    folder = table.resolve().parent
    write_file(table, rows_bytes(picture.as_row(_file(picture.path.resolve(), folder)) for picture in pictures))


def _file(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
