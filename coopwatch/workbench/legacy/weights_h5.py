"""A weights file of Keras 1 or 2 in; the arrays of each layer, in an `.npz` file, out.

`python -m coopwatch.workbench.legacy.weights_h5 WEIGHTS_H5 OUT_NPZ` is a process of its own, because damaged files make
the HDF5 library loop for ever, take all memory or crash. It ends with 0, or with 2 and the reason on standard error.
"""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from coopwatch.errors import ModelError
from coopwatch.workbench.legacy.refusal import refused

MOST_NUMBERS = 400_000_000  # 1.6 GB; VGG16, the largest network of the articles, has 138 million
_MOST_MEMORY = 12_000_000_000  # bytes of addresses, for the file's numbers twice and all else
_NAMES = "layer_names"
_WEIGHTS = "weight_names"


class WeightsFile:
    """An open file; `layers` are those that have weights, in the file's order."""

    def __init__(self, path: Path, file: h5py.File) -> None:
        self._path = path
        root = file["model_weights"] if _is_plain(file, "model_weights") else file  # a whole model keeps them there
        if not isinstance(root, h5py.Group) or not _has(root, _NAMES):
            raise self.refused(
                f"an HDF5 file without {_NAMES}", "what `model.save_weights()` of Keras 1 or 2 writes", "save it again"
            )
        self.layers = {name: found for name in self._texts(root, _NAMES) if (found := self._datasets(root, name))}
        count = sum(int(np.prod(one.shape, dtype=float)) for found in self.layers.values() for one in found)
        if count > MOST_NUMBERS:
            raise self.refused(f"{count:,} weights", f"at most {MOST_NUMBERS:,}", "use a smaller network")

    def write(self, out: Path) -> None:
        """For each array the layer that it belongs to, then all arrays in the file's order."""
        owners = [layer for layer, found in self.layers.items() for _ in found]
        try:
            arrays = [np.asarray(one[()], dtype=np.float32) for found in self.layers.values() for one in found]
        except (OSError, ValueError) as error:
            raise self.refused(str(error), "readable numbers", "copy the file again") from error
        np.savez(out, np.array(owners, dtype=np.str_), *arrays)

    def refused(self, received: str, expected: str, remedy: str) -> ModelError:
        """The error about this file."""
        return refused(self._path, received, expected, remedy)

    def _datasets(self, root: h5py.Group, layer: str) -> list[h5py.Dataset]:
        group = root[layer] if _is_plain(root, layer) else None
        if not isinstance(group, h5py.Group):
            raise self.refused(f"no group {layer}", f"one for each of its {_NAMES}", "copy the file again")
        found = [group[name] if _is_plain(group, name) else None for name in self._texts(group, _WEIGHTS)]
        for one in found:
            # Numbers that lie in other files are not read: a file from elsewhere must not reach into this machine.
            is_own = isinstance(one, h5py.Dataset) and not one.is_virtual and not one.external
            if one is None or not is_own or one.dtype.kind != "f":
                raise self.refused(f"layer {layer}: no numbers of its own", "floating-point arrays", "save it again")
        return found

    def _texts(self, group: h5py.Group, attribute: str) -> list[str]:
        """A list of names; Keras cuts a long one into `names0`, `names1`, ..."""
        parts = [attribute] if attribute in group.attrs else []
        while (part := f"{attribute}{len(parts)}") in group.attrs:
            parts.append(part)
        values = [value for part in parts for value in np.ravel(group.attrs[part]).tolist()]
        return [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values]


@contextmanager
def open_weights(path: Path) -> Iterator[WeightsFile]:
    """Open a weights file, or a whole model's, for reading.

    Raises:
        ModelError: no such file, no HDF5, or not laid out as Keras 1 and 2 do.
    """
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        hint = (
            "an HDF5 file; give MODEL_JSON first and WEIGHTS_H5 second"
            if path.is_file()
            else "an HDF5 file; name another"
        )
        raise ModelError(f"{path}: received {_plain_reason(path, error)}, expected {hint}") from error
    with file:
        yield WeightsFile(path, file)


def _plain_reason(path: Path, error: OSError) -> str:
    if not path.is_file():
        return error.strerror or "no such file"
    return "a file that is no HDF5, or is damaged"


def _has(group: h5py.Group, attribute: str) -> bool:
    return attribute in group.attrs or f"{attribute}0" in group.attrs


def _is_plain(group: h5py.Group, name: str) -> bool:
    """Whether the group really holds this name, each step of it: a link may lead into another file."""
    for step in name.split("/"):
        if not isinstance(group, h5py.Group) or not step or step not in group:
            return False
        if not isinstance(group.get(step, getlink=True), h5py.HardLink):
            return False
        group = group[step]
    return True


def main() -> None:
    """Read the file of the first argument, write that of the second."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    given, out = map(Path, sys.argv[1:])
    try:
        with open_weights(given) as weights:
            weights.write(out)
    except ModelError as error:
        print(error, file=sys.stderr)  # noqa: T201 (what the parent reads)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
