"""One network on one backend in a comparison: what it came to, or why it came to nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from coopwatch.workbench.answer import Answer

Backend = Literal["tensorflow", "torch"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """What takes part."""

    network: str
    backend: Backend

    @property
    def name(self) -> str:
        """For people and folders."""
        return f"{self.network}-{self.backend}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a trained contender is worth, and what it cost."""

    way: str
    parameters: int
    trainable: int
    epochs: int  # 0: it learns without epochs
    epoch_seconds: float | None
    learning_seconds: float  # all of it: reading the pictures, computing features, epochs
    right: int
    count: int
    peak_mb: float | None  # resident memory of its process until it had learnt; None where /proc does not tell
    exported_bytes: int  # what the service loads
    latency_ms: float  # median for a picture, LiteRT on one thread
    answers: tuple[Answer, ...]  # to the test pictures
    model: Path  # the version's folder

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return self.right / self.count if self.count else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the comparison: a result, or the reason why there is none."""

    contender: Contender
    result: Result | None = None
    reason: str = ""

    def as_json(self) -> Mapping[str, Any]:
        """For scripts; without the single answers."""
        described: dict[str, Any] = {"network": self.contender.network, "backend": self.contender.backend}
        result = self.result
        if result is None:
            return {**described, "failed": self.reason}
        return {
            **described,
            "way": result.way,
            "parameters": result.parameters,
            "trainable": result.trainable,
            "epochs": result.epochs,
            "epoch_seconds": result.epoch_seconds,
            "learning_seconds": result.learning_seconds,
            "accuracy": round(result.accuracy, 4),
            "right": result.right,
            "count": result.count,
            "peak_mb": result.peak_mb,
            "exported_bytes": result.exported_bytes,
            "latency_ms": result.latency_ms,
        }
