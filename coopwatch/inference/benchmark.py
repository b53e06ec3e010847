"""What the worker costs on this machine: a model folder in, times and memory out."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

from coopwatch.errors import ModelError
from coopwatch.inference.client import InferenceClient
from coopwatch.values import Pixels
from coopwatch.vision.card import ModelFolder
from coopwatch.vision.model_files import BACKBONE_FILE, MODEL_FILE
from coopwatch.vision.preprocess import scale_input


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFigures:
    """Medians over the rounds of one run."""

    network: str
    input: tuple[int, int, int]
    rounds: int
    bare_ms: float  # the interpreter alone, in this process, on pixels that are scaled already
    round_trip_ms: float  # classify(): to the worker, scaled, through the graph, calibrated, and back
    ratio: float
    start_ms: float  # from nothing to the first classification
    worker_mb: float | None  # resident memory after all rounds; None where /proc does not tell


async def measure_worker(folder: ModelFolder, *, rounds: int) -> WorkerFigures:
    """Classify noise, in turns through the worker and through a bare interpreter, so that both meet the same load."""
    size = folder.card.input
    crop = np.random.default_rng(0).integers(0, 256, (size.height, size.width, 3), dtype=np.uint8)
    bare = _BareInterpreter(folder)
    batch = scale_input(crop, size)[np.newaxis]
    began = time.perf_counter()
    async with InferenceClient(folder) as client:
        await client.classify(crop)
        start = time.perf_counter() - began
        bare.invoke(batch)
        times = [(_time_bare(bare, batch), await _time_round_trip(client, crop)) for _ in range(rounds)]
        memory = resident_mb(client.worker_pid)
    bare_time, round_trip = (median(column) for column in zip(*times, strict=True))
    return WorkerFigures(
        network=folder.card.network,
        input=(size.height, size.width, 3),
        rounds=rounds,
        bare_ms=1000 * bare_time,
        round_trip_ms=1000 * round_trip,
        ratio=round_trip / bare_time,
        start_ms=1000 * start,
        worker_mb=memory,
    )


def resident_mb(pid: int | None) -> float | None:
    """Resident memory of a process in MB (10^6 bytes), where the system has /proc."""
    file = Path(f"/proc/{pid}/statm")
    if not file.is_file():
        return None
    return int(file.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class _BareInterpreter:
    """LiteRT with nothing around it; one thread, as in the worker."""

    def __init__(self, folder: ModelFolder) -> None:
        if folder.card.members:
            raise ModelError(
                f"{folder.path}: received an ensemble, expected one network; measure its members one by one"
            )
        name = MODEL_FILE if MODEL_FILE in folder.card.files else BACKBONE_FILE
        self._interpreter = Interpreter(model_path=str(folder.file(name)), num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]

    def invoke(self, batch: npt.NDArray[np.float32]) -> None:
        self._interpreter.set_tensor(self._input, batch)
        self._interpreter.invoke()
        self._interpreter.get_tensor(self._output)


def _time_bare(bare: _BareInterpreter, batch: npt.NDArray[np.float32]) -> float:
    began = time.perf_counter()
    bare.invoke(batch)
    return time.perf_counter() - began


async def _time_round_trip(client: InferenceClient, crop: Pixels) -> float:
    began = time.perf_counter()
    await client.classify(crop)
    return time.perf_counter() - began
