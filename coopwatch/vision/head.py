"""The last layer of a features model, `head.npz`: features in, logits out, in NumPy alone."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coopwatch.errors import ModelError
from coopwatch.vision.arrays import read_arrays
from coopwatch.vision.model_files import HEAD_FILE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Head:
    """A linear layer: `weights` (features, labels) and `bias` (labels,), both float32."""

    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or self.bias.shape != self.weights.shape[1:]:
            raise ModelError(
                f"{HEAD_FILE}: received weights {self.weights.shape} and bias {self.bias.shape}, "
                "expected (features, labels) and (labels,); train the model again"
            )

    def logits(self, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """What `calibration.softmax` turns into probabilities; `features` (..., features) -> (..., labels)."""
        return features @ self.weights + self.bias


def read_head(path: Path) -> Head:
    """Read `head.npz`, which a stranger may have made.

    Raises:
        ModelError: missing, damaged, too large, or of other shapes than a head has.
    """
    try:
        arrays = read_arrays(path, "weights", "bias")
        return Head(
            weights=np.asarray(arrays["weights"], dtype=np.float32), bias=np.asarray(arrays["bias"], dtype=np.float32)
        )
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{path}: received {error}, expected the arrays `weights` and `bias`; copy or train the model again"
        ) from error


def head_bytes(head: Head) -> bytes:
    """The bytes of `head.npz`."""
    buffer = io.BytesIO()
    np.savez(buffer, weights=head.weights, bias=head.bias)
    return buffer.getvalue()
