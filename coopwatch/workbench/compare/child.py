"""A contender and options of `coopwatch train` in; a model trained in a process of its own out.

The backend of Keras is chosen when it is imported, and memory is told for whole processes: so each has its own.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from coopwatch.errors import CoopwatchError
from coopwatch.workbench.compare.entry import Contender
from coopwatch.workbench.progress import Progress


def train_apart(contender: Contender, options: Sequence[str], out: Path, progress: Progress) -> None:
    """Train to the model folder `out`.

    Raises:
        CoopwatchError: it failed; the text is what the child said last.
    """
    command = [sys.executable, "-m", "coopwatch", "train", *options, "--network", contender.network, "--out", str(out)]
    environment = {**os.environ, "KERAS_BACKEND": contender.backend, "PYTHONUNBUFFERED": "1"}
    last = "nothing"
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as child:
        assert child.stderr is not None
        try:
            for line in child.stderr:
                last = line.strip() or last
                progress.tell(f"{contender.name}: {line.rstrip()}")
        finally:
            if child.poll() is None and sys.exc_info()[0] is not None:
                child.kill()  # Ctrl-C, say: no child goes on alone
    if child.returncode:
        raise CoopwatchError(last if child.returncode > 0 else f"ended by signal {-child.returncode}; {last}")
