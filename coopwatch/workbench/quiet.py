"""Keeps the chatter of native libraries off the screen, and shows it when something fails."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_natives() -> Iterator[None]:
    """While it lasts, what is written to the process's standard error goes to a file; an exception brings it back.

    TensorFlow writes some lines ("Could not find cuda drivers") before any of its switches for silence is read.
    """
    sys.stderr.flush()
    screen = os.dup(2)
    with tempfile.TemporaryFile() as chatter:
        os.dup2(chatter.fileno(), 2)
        try:
            yield
        except BaseException:
            chatter.seek(0)
            os.write(screen, chatter.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
