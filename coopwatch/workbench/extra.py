"""Says what to install where a command needs more than the daemon does, and imports it quietly."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from coopwatch.errors import UserMustActError
from coopwatch.workbench.quiet import quiet_natives


@contextmanager
def training_extra(command: str) -> Iterator[None]:
    """Imports inside the block that fail become an error that names the extra; TensorFlow's chatter is not shown.

    Raises:
        UserMustActError: a library of the extra `train` is missing.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when TensorFlow is imported
    try:
        with quiet_natives():
            yield
    except ImportError as missing:
        raise UserMustActError(
            f"{command}: received an installation without {missing.name}, expected the extra for training; "
            "pip install 'coopwatch[train]'"
        ) from missing
