"""What a training leaves beside its model: how it went, as a folder that a report is made from."""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coopwatch.errors import ModelError
from coopwatch.vision.card import ModelFolder
from coopwatch.workbench.answer import Answer

RUNS_FOLDER = "runs"  # runs/<version>/ below the model's folder
RUN_FILE = "run.json"
SUMMARY_FILE = "summary.txt"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Step(_Part):
    """One part of the work and what it took."""

    name: str
    seconds: float = Field(ge=0)
    peak_mb: float | None = None  # the process's resident memory at its highest until then; None: not told here


class Run(_Part):
    """How a model came about."""

    format: Literal[1] = 1
    model: str  # the name of its folder
    version: str
    network: str
    way: str
    weights: str  # what the network knew before: imagenet, random, or a file
    began: datetime
    sources: tuple[str, ...]  # the data set's folders
    settings: Mapping[str, Any]  # every setting, as it was used
    seed: int
    data: Mapping[str, Any]  # as in the card: hash, label counts of each part, split, notes
    environment: Mapping[str, Any]  # python, platform, processor, cores, memory_gb, versions of packages
    steps: tuple[Step, ...]  # in the order in which they were done
    curves: Mapping[str, tuple[float, ...]] = {}  # loss, accuracy, val_loss, val_accuracy by epoch; none for a head
    epochs: int = 0
    best_epoch: int = 0  # counted from 1; 0: there were no epochs
    stopped: str = ""  # why no further epoch was run
    parameters: int
    trainable: int  # of them, were learnt
    answers: tuple[Answer, ...] = ()  # one for each picture of the test part
    learnt: tuple[str, ...] = ()  # the sha256 of each picture that was learnt from or tuned on; none: not on record


def run_folder(folder: ModelFolder) -> Path:
    """Where the record of this version's training lies, if there is one."""
    return folder.path.parent / RUNS_FOLDER / folder.card.version


def learnt_by(folder: ModelFolder) -> frozenset[str] | None:
    """The sha256 of each picture that the model learnt from or was tuned on; None: not on record.

    What an ensemble's members learnt from is known where they lie beside it.
    """
    models = folder.path.resolve().parent.parent
    runs = [models / member.name / RUNS_FOLDER / member.version for member in folder.card.members]
    try:
        learnt = [read_run(run).learnt for run in runs or [run_folder(folder)]]
    except ModelError:
        return None  # made elsewhere, or before runs were recorded
    return frozenset(chain.from_iterable(learnt)) if all(learnt) else None


def write_run(folder: Path, run: Run, summary: str) -> None:
    """Write `run.json` and the table of layers, whole or not at all.

    Raises:
        ModelError: the folder exists already or cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".partial-", ignore_cleanup_errors=True) as partial:
            (Path(partial) / RUN_FILE).write_text(run.model_dump_json(indent=1), encoding="utf-8")
            (Path(partial) / SUMMARY_FILE).write_text(summary, encoding="utf-8")
            Path(partial).chmod(0o755)  # a temporary folder is its maker's alone
            Path(partial).rename(folder)
    except OSError as error:
        raise ModelError(
            f"{folder}: received {error.strerror}, expected a new folder for how the training went; free space; "
            "the model itself is published"
        ) from error


def read_run(folder: Path) -> Run:
    """Read what `write_run` wrote.

    Raises:
        ModelError: no such run, or not one of format 1.
    """
    path = folder / RUN_FILE
    try:
        return Run.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ModelError(
            f"{path}: received {error.strerror}, expected the run of a training; "
            f"name a folder such as models/nest/{RUNS_FOLDER}/<version>, or train anew"
        ) from error
    except ValidationError as error:
        mistakes = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ModelError(f"{path}: {mistakes}; expected a run of format 1; train the model anew") from error
