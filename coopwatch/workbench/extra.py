"""Says what to install where a command needs more than the daemon does."""

from collections.abc import Iterator
from contextlib import contextmanager

from coopwatch.errors import UserMustActError


@contextmanager
def training_extra(command: str) -> Iterator[None]:
    """Imports inside the block that fail become an error that names the extra.

    Raises:
        UserMustActError: a library of the extra `train` is missing.
    """
    try:
        yield
    except ImportError as missing:
        raise UserMustActError(
            f"{command}: received an installation without {missing.name}, expected the extra for training; "
            "pip install 'coopwatch[train]'"
        ) from missing
