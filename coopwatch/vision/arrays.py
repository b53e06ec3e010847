"""Named arrays of a `.npz` file that a stranger may have made: a path in, arrays of bounded size out."""

import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

MOST_MEGABYTES = 64  # 1280 features and a thousand labels are 5


def read_arrays(path: Path, *names: str) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays of these names; nothing in the file is run.

    Raises:
        OSError: the file cannot be read.
        ValueError: damaged, too large, or one of the names is missing; says what was found.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            megabytes = sum(file.file_size for file in packed.infolist()) / 1e6
        if megabytes > MOST_MEGABYTES:
            raise ValueError(f"{megabytes:.0f} MB of numbers, expected at most {MOST_MEGABYTES}")
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except (KeyError, EOFError, MemoryError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
