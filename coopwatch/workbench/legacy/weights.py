"""A weights file of Keras 1 or 2 in; its arrays layer by layer, read by a process that may die of it, out."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from coopwatch.errors import ModelError, UserMustActError
from coopwatch.workbench.legacy.refusal import refused

_MOST_SECONDS = 120  # VGG16, 550 MB, takes three

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weights:
    """The arrays of each layer that has any, in the file's order."""

    path: Path
    layers: Mapping[str, Sequence[Array]]

    def shapes(self, layer: str) -> list[tuple[int, ...]]:
        """The shapes of a layer's arrays, in Keras' order."""
        return [array.shape for array in self.layers[layer]]

    def refused(self, received: str, expected: str, remedy: str) -> ModelError:
        """The error about this file."""
        return refused(self.path, received, expected, remedy)


def read_weights(path: Path) -> Weights:
    """Read a weights file, or a whole model's.

    Raises:
        ModelError: no such file, no HDF5, damaged, or not laid out as Keras 1 and 2 do.
    """
    with TemporaryDirectory() as folder:
        out = Path(folder) / "weights.npz"
        _run_reader(path, out)
        with np.load(out, allow_pickle=False) as arrays:
            layers: dict[str, list[Array]] = {}
            names, *rest = (arrays[key] for key in arrays.files)
            for name, array in zip(names.tolist(), rest, strict=True):
                layers.setdefault(name, []).append(array)
    return Weights(path=path, layers=layers)


def _run_reader(path: Path, out: Path) -> None:
    command = [sys.executable, "-m", "coopwatch.workbench.legacy.weights_h5", str(path), str(out)]
    try:
        child = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=_MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        received = f"a file that is not read in {_MOST_SECONDS} s"
        raise refused(path, received, "a sound HDF5 file", "copy it again") from error
    if child.returncode == UserMustActError.exit_code:
        raise ModelError(child.stderr.strip())
    if child.returncode or not out.is_file():
        said = (child.stderr.strip().splitlines() or [f"signal {-child.returncode}"])[-1]
        raise refused(path, f"a file that the HDF5 library fails on ({said})", "a sound one", "copy it again")
