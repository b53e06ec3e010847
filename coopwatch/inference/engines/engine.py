"""What every engine is: a plan in, a graph with a fixed input shape built once; a crop in, probabilities out."""

import importlib
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from coopwatch.errors import ModelError
from coopwatch.inference.plan import EngineName, Plan
from coopwatch.values import Pixels

_HOMES: dict[EngineName, tuple[str, str]] = {
    "litert": ("coopwatch.inference.engines.litert", "LiteRTEngine"),
    "tensorflow": ("coopwatch.inference.engines.tensorflow", "TensorFlowEngine"),
}


class Engine(Protocol):
    """A built graph; not safe for threads, so one process owns it."""

    def predict(self, crop: Pixels) -> npt.NDArray[np.float32]:
        """Calibrated probabilities, float32 (labels,), of a uint8 crop of the plan's input shape."""
        ...


def build_engine(plan: Plan) -> Engine:
    """Build the plan's graph; only the engine asked for is imported.

    Raises:
        ModelError: the files are damaged, or the graph does not fit the card.
    """
    if plan.members:
        # Here, and only now: it needs OpenCV, which other models' workers do without.
        ensemble = importlib.import_module("coopwatch.inference.engines.ensemble")
        built: Engine = ensemble.EnsembleEngine(plan, [build_engine(member) for member in plan.members])
        return built
    home, name = _HOMES[plan.engine]
    engine: Engine = getattr(importlib.import_module(home), name)(plan)
    return engine


def require_shape(plan: Plan, what: str, received: Sequence[int | None], expected: Sequence[int]) -> None:
    """ModelError unless a tensor of the graph has the shape that the card implies."""
    if tuple(received) != tuple(expected):
        raise ModelError(
            f"{plan.folder}: {what}: received shape {tuple(received)}, expected {tuple(expected)} by card.json; "
            "the card belongs to another model: export the model again"
        )
