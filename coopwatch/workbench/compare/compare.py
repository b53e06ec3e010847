"""Networks, backends and a data set in; every network trained alike on each backend and measured alike out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from coopwatch.errors import CoopwatchError
from coopwatch.vision.card import ModelFolder, load_model_folder
from coopwatch.vision.probe import Serve
from coopwatch.workbench.compare.entry import Contender, Entry, Result
from coopwatch.workbench.progress import Progress
from coopwatch.workbench.run_folder import Run, read_run, run_folder

TrainApart = Callable[[Contender, Sequence[str], Path, Progress], None]

_LATENCY_ROUNDS = 30
_NOT_LEARNING = {"check export", "evaluate", "export", "calibrate"}  # steps of a run


def compare_networks(
    contenders: Sequence[Contender],
    options: Sequence[str],
    out: Path,
    *,
    serve: Serve,
    train_apart: TrainApart,
    progress: Progress,
) -> list[Entry]:
    """Train one after the other with the same options, so with the same split; one that fails is an entry all the same.

    Args:
        contenders: who takes part.
        options: of `coopwatch train`, the data set among them.
        out: the models go to `out/<network>-<backend>`.
        serve: loads a model as the service does, on one thread.
        train_apart: trains in a process of its own.
        progress: where the children's lines go.
    """
    entries = []
    for number, contender in enumerate(contenders):
        progress.step("networks", number, len(contenders))
        entries.append(_enter(contender, options, out / contender.name, serve, train_apart, progress))
    progress.step("networks", len(contenders), len(contenders))
    return _require_same_test_part(entries)


def differing_parameters(entries: Sequence[Entry]) -> Iterator[str]:
    """The same network must have as many parameters on each backend; a line for each that does not."""
    for network in dict.fromkeys(entry.contender.network for entry in entries):
        counts = {
            entry.contender.backend: entry.result.parameters
            for entry in entries
            if entry.contender.network == network and entry.result is not None
        }
        if len(set(counts.values())) > 1:
            told = ", ".join(f"{count:,} on {backend}" for backend, count in counts.items())
            yield f"{network}: received {told} parameters, expected as many on each; one of them is another network"


def _enter(
    contender: Contender,
    options: Sequence[str],
    out: Path,
    serve: Serve,
    train_apart: TrainApart,
    progress: Progress,
) -> Entry:
    try:
        train_apart(contender, options, out, progress)
        folder = load_model_folder(out)
        run = read_run(run_folder(folder))
        return Entry(contender=contender, result=_result(folder, run, serve))
    except CoopwatchError as error:
        return Entry(contender=contender, reason=str(error))


def _result(folder: ModelFolder, run: Run, serve: Serve) -> Result:
    fit = sum(step.seconds for step in run.steps if step.name == "fit")
    learning = [step for step in run.steps if step.name not in _NOT_LEARNING]
    return Result(
        way=run.way,
        parameters=run.parameters,
        trainable=run.trainable,
        epochs=run.epochs,
        epoch_seconds=round(fit / run.epochs, 3) if run.epochs else None,
        learning_seconds=round(sum(step.seconds for step in learning), 3),
        right=sum(answer.is_right for answer in run.answers),
        count=len(run.answers),
        peak_mb=max((step.peak_mb for step in learning if step.peak_mb is not None), default=None),
        exported_bytes=sum(
            (folder.path / name).stat().st_size for name in folder.card.files if not name.endswith(".keras")
        ),
        latency_ms=_latency_ms(folder, serve),
        answers=run.answers,
        model=folder.path,
    )


def _latency_ms(folder: ModelFolder, serve: Serve) -> float:
    predict, form = serve(folder), folder.card.input
    picture = np.random.default_rng(0).integers(0, 256, (form.height, form.width, 3), dtype=np.uint8)
    predict(picture)
    times = []
    for _ in range(_LATENCY_ROUNDS):
        began = perf_counter()
        predict(picture)
        times.append(perf_counter() - began)
    return round(1000 * median(times), 3)


def _require_same_test_part(entries: list[Entry]) -> list[Entry]:
    """Figures of other test pictures than the first one's cannot be compared: such an entry becomes a failure."""
    parts = [{answer.file for answer in entry.result.answers} for entry in entries if entry.result is not None]
    return [
        replace(entry, result=None, reason="it was tested on other pictures than the first network")
        if entry.result is not None and {answer.file for answer in entry.result.answers} != parts[0]
        else entry
        for entry in entries
    ]
